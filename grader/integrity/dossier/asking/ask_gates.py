"""Gates of the LSTM cell: which one is this, why a sigmoid, what if it were always open or shut."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from grader.integrity.dossier.asking.found_roles import FoundRoles
from grader.integrity.dossier.asking.measured_figures import code, share
from grader.integrity.dossier.measuring.cell_lab import CellLab
from grader.integrity.dossier.measuring.laboratory import Laboratory
from grader.integrity.dossier.measuring.line_roles import LineRole
from grader.integrity.dossier.measuring.rnn_lab import relative
from grader.integrity.dossier.oral_question import Level, OralQuestion, QuestionDraft
from grader.integrity.dossier.own_program import OwnProgram
from grader.language import Message, say

WHICH = {
    "cell/f": say("The forget gate f_t: the share of c_{{t-1}} that is kept."),
    "cell/i": say("The input gate i_t: the share of the candidate that is stored."),
    "cell/o": say("The output gate o_t: the share of tanh(c_t) that is shown as h_t."),
}
HELD = {
    ("cell/f", 1): say(
        "Nothing is forgotten: c_t = c_{{t-1}} + i_t ⊙ g_t can grow without bound over many steps."
    ),
    ("cell/f", 0): say(
        "The old cell state is lost at every step: c_t = i_t ⊙ g_t; long memory is gone."
    ),
    ("cell/i", 1): say(
        "Every candidate is stored in full: c_t = f_t ⊙ c_{{t-1}} + g_t; noise gets in as well."
    ),
    ("cell/i", 0): say("Nothing new gets in: c_t = f_t ⊙ c_{{t-1}} only fades."),
    ("cell/o", 1): say("The whole tanh(c_t) is shown: h_t = tanh(c_t); c_t itself stays as it is."),
    ("cell/o", 0): say(
        "h_t is 0 at every step; c_t of this step stays as it is, and the next step's gates see no h."
    ),
}


def drafts(own: OwnProgram, lab: Laboratory, roles: FoundRoles) -> Iterator[QuestionDraft]:
    if lab.cell is None:
        return
    for one in roles.roles:
        if one.role in WHICH and own.has_one_meaning("cell", one.value.unit):
            make = partial(_which, own, one)
            yield QuestionDraft(Level.EXPLAIN, "cell", "gate", one.value.lines, make, 2.0)
            for value in (0, 1):
                held = partial(_held, own, lab.cell, one, value)
                yield QuestionDraft(Level.PREDICT, "cell", "gate held", one.value.lines, held, 2.0)
    for one in roles.alone:
        if one.role == "cell/g":
            make = partial(_candidate, own, one)
            yield QuestionDraft(Level.EXPLAIN, "cell", "gate", one.value.lines, make, 1.0)


def _which(own: OwnProgram, one: LineRole) -> OralQuestion:
    return OralQuestion(
        Level.EXPLAIN,
        say("Which gate is {name}, and why does a gate take a sigmoid and not tanh?", name=code(one.value.text)),
        say("{which} A share lies between 0 and 1; tanh could be negative and turn the sign of what passes.", which=WHICH[one.role]),
        weak=say("Names the gate by the variable's name; “because that is how an LSTM is”."),
        strong=say("Says what 0 and what 1 do here, and why g_t takes tanh all the same."),
        excerpt=own.excerpt(one.value.lines),
        measured=(say("Tried: held at 0 and at 1, it acts as this gate does in the equations."),),
    )  # fmt: skip


def _candidate(own: OwnProgram, one: LineRole) -> OralQuestion:
    return OralQuestion(
        Level.EXPLAIN,
        say(
            "Why does {name} take tanh here, and not the sigmoid of the gates?",
            name=code(one.value.text),
        ),
        say(
            "It is the candidate g_t, a content and no share: it must be able to lower the cell state as well as raise it."
        ),
        weak=say("“tanh is usual there.”"),
        strong=say(
            "With a sigmoid c_t could only be added to; says what that does over many steps."
        ),
        excerpt=own.excerpt(one.value.lines),
        measured=(
            say("Tried: held at 0 and at 1, it acts as the candidate does in the equations."),
        ),
    )


def _held(own: OwnProgram, lab: CellLab, one: LineRole, value: int) -> OralQuestion | None:
    edit = one.value.one if value else one.value.zero
    given = lab.given([(edit,)])[0]
    if not given.complete:
        return None
    return OralQuestion(
        Level.PREDICT,
        say("If {name} were {value} everywhere, at every step: what would become of the cell state and of h?", name=code(one.value.text), value=value),
        HELD[one.role, value],
        weak=say("Says that the LSTM “does not work”, without either state."),
        strong=say("Puts the number into both equations and says what it means after many steps."),
        excerpt=own.excerpt(one.value.lines),
        measured=(cell_change(lab, given.rounds[0]),),
    )  # fmt: skip


def cell_change(lab: CellLab, states: tuple[object, object]) -> Message:
    """By how much both states differ from those of the cell as it is."""
    h, c = (relative(got, was) for got, was in zip(states, lab.base.rounds[0], strict=True))  # type: ignore[arg-type]
    return say("Tried: h_t changes by {h}, c_t by {c}.", h=share(h), c=share(c))
