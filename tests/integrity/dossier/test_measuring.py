"""What is measured, held against the equations worked out by hand or by another way."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from grader.integrity.dossier.asking import ask_flow, ask_shapes
from grader.integrity.dossier.asking.found_roles import FoundRoles
from grader.integrity.dossier.measuring import textbook
from grader.integrity.dossier.measuring.laboratory import Laboratory
from grader.integrity.dossier.measuring.line_values import line_values
from grader.integrity.dossier.measuring.mutations import ChangeKind, mutations
from grader.integrity.dossier.measuring.rnn_lab import RnnLab, relative
from grader.integrity.dossier.measuring.textbook import Held
from grader.integrity.dossier.own_program import OwnProgram
from tests.integrity.dossier.programs import laboratory

Opened = tuple[OwnProgram, Laboratory]


@pytest.fixture(scope="module")
def coursera() -> Iterator[Opened]:
    with laboratory("variants/coursera") as both:
        yield both


def rnn(lab: Laboratory) -> RnnLab:
    assert lab.rnn is not None
    return lab.rnn


def change(own: OwnProgram, topic: str, kind: ChangeKind, line: int, after: str = ""):
    (found,) = [
        one
        for unit in own.functions[topic]
        for one in mutations(own.program, unit)
        if one.kind is kind and one.lines[0] == line and after in "".join(one.after)
    ]
    return found


def test_every_role_of_a_program_in_columns(coursera: Opened) -> None:
    own, lab = coursera
    found = {(one.role, one.value.lines[0]) for one in FoundRoles.of(own, lab).roles}
    assert found == {
        ("forward/h_0", 43), ("forward/y", 46), ("forward/h", 28), ("forward/y", 29),
        ("backward/first carry", 54), ("backward/dy", 56), ("backward/dW_hy", 57),
        ("backward/db_y", 58), ("backward/carry", 62), ("backward/da", 33),
        ("cell/f", 92), ("cell/i", 93), ("cell/g", 94), ("cell/o", 95), ("cell/c", 96),
        ("cell/h", 97),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "roles"),
    [
        ("wrong/dhnext-never-added", {"forward/h", "forward/h_0", "cell/c", "cell/h"}),
        ("wrong/gates-swapped", {"forward/h", "backward/carry", "backward/da"}),
    ],
)
def test_no_role_is_told_of_what_is_wrong(name: str, roles: set[str]) -> None:
    """Of a wrong backward and a wrong cell nothing; of what is right beside them all the same."""
    with laboratory(name) as (own, lab):
        found = {one.role for one in FoundRoles.of(own, lab).roles}
    assert roles <= found
    wrong = "backward/" if name.endswith("added") else "cell/"
    assert not {role for role in found if role.startswith(wrong)} - roles


def test_the_way_back_cut_gives_what_the_equations_give_without_it(coursera: Opened) -> None:
    own, lab = coursera
    cut = change(own, "backward", ChangeKind.DROP, 62)
    (given,) = rnn(lab).given([(cut.edit,)])
    hidden = given.seen.hidden
    without = textbook.backward(
        rnn(lab).used, rnn(lab).x, hidden, rnn(lab).d_outputs, Held("carry", 0.0)
    )
    assert rnn(lab).is_right
    for name, expected in without.items():
        assert relative(given.gradients[0][name], expected) < 1e-9, name
    assert set(rnn(lab).wrong(given, 0)) == {"W_xh", "W_hh", "b_h"}
    assert not rnn(lab).wrong(given, 1)
    assert set(rnn(lab).wrong(given, 2)) == {"W_xh", "W_hh", "b_h"} - {"W_hh"}  # h_0 is 0


def test_a_training_without_the_way_back_learns_less(coursera: Opened) -> None:
    own, lab = coursera
    cut = change(own, "backward", ChangeKind.DROP, 62)
    assert lab.loss is not None
    after = lab.after((cut.edit,)).loss
    assert after is not None
    assert after.first == lab.loss.first
    assert lab.loss.last < 0.02
    assert after.last > 0.2


def test_uphill_grows_without_bound_and_no_step_changes_nothing(coursera: Opened) -> None:
    own, lab = coursera
    uphill = change(own, "update", ChangeKind.SIGN, 69)
    (given,) = rnn(lab).given([(uphill.edit,)])
    for name, step in given.step.items():
        assert relative(-step, rnn(lab).base.step[name]) < 1e-9
    assert lab.after((uphill.edit,)).loss.last == np.inf
    still = change(own, "update", ChangeKind.DROP, 69)
    loss = lab.after((still.edit,)).loss
    assert loss.last == pytest.approx(loss.first)


def test_a_changed_forward_is_judged_by_its_own_differences(coursera: Opened) -> None:
    own, lab = coursera
    minus = change(own, "forward", ChangeKind.SIGN, 29)  # y = W h - b
    truth, base = lab.after((minus.edit,)).truth, rnn(lab).truths[0]
    assert relative(truth["b_y"], -base["b_y"]) < 1e-6
    assert all(relative(truth[name], base[name]) < 1e-6 for name in base if name != "b_y")


def test_a_gate_held_gives_the_cell_without_it(coursera: Opened) -> None:
    own, lab = coursera
    (unit,) = [u for u in own.functions["cell"] if u.name == "forward"]
    (forget,) = [one for one in line_values(own.program, unit) if one.text == "ft"]
    (given,) = lab.cell.given([(forget.zero,)])
    x, h, _ = lab.cell.inputs[0]
    p = lab.cell.used
    i = 1 / (1 + np.exp(-(x @ p["W_i"] + h @ p["U_i"] + p["b_i"])))
    g = np.tanh(x @ p["W_c"] + h @ p["U_c"] + p["b_c"])
    assert np.allclose(given.rounds[0][1], i * g)


@pytest.mark.parametrize(
    ("name", "line", "answer"),
    [
        ("variants/coursera", 62, "To steps 3, 2 and 1, through"),
        ("wrong/dhnext-never-added", 34, "in this program it reaches 3."),
        ("wrong/tutorial-transpose", 46, "not as much as it should"),
        ("strangers/torchish_not_reversed", 52, "in this program it reaches 1, 2, 3, 4."),
        ("strangers/karpathy_carries_state", 46, "To steps 3, 2 and 1, through"),
    ],
)
def test_where_the_gradient_of_step_3_flows(name: str, line: int, answer: str) -> None:
    with laboratory(name) as (own, lab):
        (draft,) = ask_flow.drafts(own, lab, FoundRoles.of(own, lab))
        question = draft.make()
    assert draft.lines == (line, line)
    assert answer in str(question.answer)


def test_shapes_are_told_in_letters(coursera: Opened) -> None:
    own, lab = coursera
    told = {
        (draft.kind, draft.lines[0], str(draft.make().answer))
        for draft in ask_shapes.drafts(own, lab)
    }
    assert ("shape", 91, "(I+H, B); in this run (7, 5).") in told
    assert ("shape", 33, "(H, B); in this run (4, 5).") in told
    assert ("product", 57, "(O, B) times (B, H) gives (O, H): the sum runs over B.") in told
    # A helper that other lines call as well has other shapes there.
    assert not {line for _, line, _ in told if line in (11, 12)}


def test_arrays_made_by_the_first_forward_are_no_hindrance() -> None:
    with laboratory("wrong/uphill") as (own, lab):
        assert rnn(lab).is_right
        assert lab.cell is not None
        assert {"backward/carry"} <= {one.role for one in FoundRoles.of(own, lab).roles}
