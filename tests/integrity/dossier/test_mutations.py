"""Which changes are made of a function, and which are not."""

from __future__ import annotations

from grader.diagnosis.repair.program import Program
from grader.integrity.dossier.measuring.mutations import ChangeKind, mutations

SOURCE = '''
class SimpleRNN:
    def backward(self, d):
        """Nothing is asked about this."""
        out = np.empty(3)
        out[0] = 1
        for t in reversed(range(5)):
            dh = d[t] @ self.W_hy.T + dh_next
            da = dh * (1 - h ** 2)
            self.dW += da
        return sigmoid(self.dW)
'''


def changes(source: str) -> set[tuple[str, int, str]]:
    program = Program(source)
    (unit,) = program.units
    return {
        (one.kind.value, one.lines[0], "".join(one.after).strip())
        for one in mutations(program, unit)
    }


def test_every_change_of_a_small_function() -> None:
    assert changes(SOURCE) == {
        ("drop", 5, ""),
        ("order", 7, "for t in range(5):"),
        ("drop", 8, ""),
        ("sign", 8, "dh = d[t] @ self.W_hy.T - dh_next"),
        ("summand", 8, "dh = d[t] @ self.W_hy.T"),
        ("summand", 8, "dh = dh_next"),
        ("transpose", 8, "dh = d[t] @ self.W_hy + dh_next"),
        ("drop", 9, ""),
        ("factor", 9, "da = dh"),
        ("factor", 9, "da = (1 - h ** 2)"),
        ("drop", 10, ""),
        ("sign", 10, "self.dW -= da"),
        ("overwrite", 10, "self.dW = da"),
        ("squash", 11, "return np.tanh(self.dW)"),
    }


def test_what_fills_an_empty_array_is_never_left_out() -> None:
    assert ("drop", 6, "") not in changes(SOURCE)
    assert ("drop", 6, "") in changes(SOURCE.replace("np.empty", "np.zeros"))


def test_a_sum_of_three_loses_one_at_a_time() -> None:
    source = "def f(a, b, c):\n    return np.tanh(a + b + c)\n"
    kept = {after for kind, _, after in changes(source) if kind == ChangeKind.SUMMAND}
    assert kept == {
        "return np.tanh(a + b)", "return np.tanh(a + c)", "return np.tanh(b + c)"
    }  # fmt: skip


def test_a_change_over_several_lines_shows_those_lines_only() -> None:
    source = "def f(a, b):\n    c = np.tanh(\n        a @ b)\n    return c\n"
    assert ("linear", 2, "    c = (a @ b)") in {
        (kind, line, f"    {after}") for kind, line, after in changes(source)
    }


def test_a_statement_that_shares_its_line_is_not_left_out() -> None:
    assert not {kind for kind, *_ in changes("def f(a):\n    b = a; c = b\n")} & {"drop"}
    assert not {kind for kind, *_ in changes("def f(a):\n    for b in a: c = b\n")} & {"drop"}


def test_one_of_two_sequences_turned_is_no_loop_that_runs_forwards() -> None:
    assert "order" not in {kind for kind, *_ in changes("def f(a, b):\n    for c in zip(reversed(a), b):\n        g(c)\n")}  # fmt: skip
