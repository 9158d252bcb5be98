"""Shapes of a student's arrays in letters: (B, H) for (5, 4), where two runs of other sizes agree."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from grader.checks.states import Sizes

RNN_RUNS = (Sizes(T=6, B=5, I=3, H=4, O=2), Sizes(T=8, B=3, I=2, H=5, O=4))
CELL_RUNS = ((5, 3, 4), (4, 2, 7))  # batch, inputs, hidden units

Shape = tuple[int, ...]
Look = Callable[[list[str], int], Mapping[str, Shape]]  # shapes of expressions in one of the runs


@dataclass(frozen=True, slots=True)
class LetterShape:
    """One array's shape in the first run, and each axis in letters."""

    numbers: Shape
    letters: tuple[str, ...]

    @property
    def text(self) -> str:
        return f"({', '.join(self.letters)}{',' if len(self.letters) == 1 else ''})"


def lettered(
    texts: Sequence[str], look: Look, meanings: Sequence[Mapping[str, int]]
) -> dict[str, LetterShape]:
    """The shapes of expressions that are arrays, of those that both runs explain alike."""
    seen = [look(list(texts), number) for number in range(len(meanings))]
    found = {}
    for text in texts:
        shapes = [one.get(text, ()) for one in seen]
        if not shapes[0] or len({len(shape) for shape in shapes}) > 1 or min(map(min, shapes)) < 0:
            continue
        letters = [_letter(axes, meanings) for axes in zip(*shapes, strict=True)]
        if all(letters):
            found[text] = LetterShape(shapes[0], tuple(letters))
    return found


def _letter(axis: Sequence[int], meanings: Sequence[Mapping[str, int]]) -> str:
    """The first name for an axis that holds in every run; "" where there is none."""
    return next(
        (
            name
            for name in meanings[0]
            if all(size == meaning[name] for size, meaning in zip(axis, meanings, strict=True))
        ),
        "",
    )


def rnn_meanings(sizes: Sizes) -> dict[str, int]:
    """What an axis of an RNN's array may be, the simplest first."""
    T, B, I, H, O = sizes  # noqa: E741  # sizes as in the equations
    return {
        "T": T, "B": B, "I": I, "H": H, "O": O, "1": 1, "T+1": T + 1,
        "T·B": T * B, "I+H": I + H, "I+H+1": I + H + 1,
    }  # fmt: skip


def cell_meanings(sizes: tuple[int, int, int]) -> dict[str, int]:
    """What an axis of a cell's array may be, the simplest first."""
    B, I, H = sizes  # noqa: E741  # sizes as in the equations
    return {
        "B": B,
        "I": I,
        "H": H,
        "1": 1,
        "I+H": I + H,
        "I+H+1": I + H + 1,
        "4H": 4 * H,
        "3H": 3 * H,
    }
