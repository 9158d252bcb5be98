"""What is wrong with a program, by numbers that owe nothing to the kit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import permutations, product
from types import ModuleType
from typing import Any

import numpy as np

from tests.strangers.bases import GATES, Array, Base, Views
from tests.strangers.program import (
    KeptThere,
    Net,
    OtherNames,
    Sizes,
    by_hand,
    cell_shapes,
    drawn,
    executed,
    rnn_shapes,
    textbook,
    textbook_cell,
)

States = tuple[Array, Array]
CLOSE = 1e-4  # relative: float32 passes, a mistake does not
POINTS: tuple[Sizes, ...] = (
    (6, 4, 3, 5, 2), (4, 2, 2, 6, 3), (24, 3, 3, 4, 2),
    (1, 3, 2, 4, 3), (5, 1, 2, 4, 3), (4, 3, 1, 5, 2), (4, 3, 2, 1, 2), (4, 3, 2, 5, 1),
)  # fmt: skip
FEW = POINTS[:2]
CELLS = ((4, 3, 5), (1, 2, 4), (3, 1, 2), (3, 4, 1))
GAINS = (0.05, 4.0)  # of a layer, standard deviation times the root of its inputs
SPREAD = (1e-3, 3.0)  # standard deviations of initial weights that nobody disputes


@dataclass
class Truth:
    """Questions that a program gets wrong, each with what is wrong; and those left undecided."""

    wrong: dict[str, list[str]] = field(default_factory=dict)
    undecided: set[str] = field(default_factory=set)
    broken: bool = False  # it cannot even be executed

    def add(self, question: str, what: str) -> None:
        told = self.wrong.setdefault(question, [])
        if what not in told:
            told.append(what)


def close(got: Any, expected: Array, scale: float | None = None) -> bool:
    """Same shape, and the same numbers as far as float32 can tell."""
    got = np.asarray(got)
    if got.shape != expected.shape or got.dtype == object:
        return False
    size = max(float(np.abs(expected).max(initial=0.0)), 1e-12) if scale is None else scale
    return bool(
        np.all(np.isfinite(got)) and np.abs(got - expected).max(initial=0.0) <= CLOSE * size
    )


def judge(source: str, base: Base) -> Truth:
    """The whole program. Nothing that it raises leaves this function, save a deadline."""
    truth = Truth()
    with np.errstate(all="ignore"):
        try:
            module = executed(source)
        except Exception:  # noqa: BLE001  # a stranger's
            truth.broken = True
            return truth
        for question, check in CHECKS.items():
            try:
                check(module, base, truth)
            except (KeptThere, OtherNames):
                truth.undecided.add(question)
            except Exception as error:  # noqa: BLE001  # as above
                truth.add(question, f"raises {type(error).__name__}")
    return truth


def _initial(module: ModuleType, base: Base, truth: Truth) -> None:
    for sizes in POINTS[:1] + POINTS[3:]:
        one, two = (base.rnn(module.SimpleRNN(*sizes[2:])) for _ in range(2))
        _start("q4_1", one, two, rnn_shapes(sizes), truth)
    _scale("q4_1", base.rnn(module.SimpleRNN(8, 100, 4)), truth)


def _initial_cell(module: ModuleType, base: Base, truth: Truth) -> None:
    for I, H in ((3, 5), (2, 4), (1, 3), (4, 1)):  # noqa: E741  # sizes as in the equations
        one, two = (base.cell(module.LSTMCell(I, H)) for _ in range(2))
        _start("q4_5", one, two, cell_shapes(I, H), truth)
    _scale("q4_5", base.cell(module.LSTMCell(8, 100)), truth)


def _scale(question: str, start: Views, truth: Truth) -> None:
    """Whether somebody may call the weights of a large layer too small or too large."""
    gains = [one.std() * np.sqrt(len(one)) for one in start.values() if one.ndim > 1]
    if any(not GAINS[0] < gain < GAINS[1] for gain in gains):
        truth.undecided.add(question)


def _start(
    question: str, one: Views, two: Views, shapes: dict[str, tuple[int, ...]], truth: Truth
) -> None:
    """Initial parameters of two objects: shapes, numbers, independence."""
    for name, shape in shapes.items():
        value = np.asarray(one[name])
        if value.shape != shape:
            truth.add(question, f"{name} has shape {value.shape}")
        elif not np.all(np.isfinite(value)):
            truth.add(question, f"{name} is not finite")
        elif not name.startswith("b_") and not value.any():
            truth.add(question, f"{name} is zero")
        elif not name.startswith("b_") and value.size > 1 and not np.ptp(value):
            if question == "q4_1":
                truth.add(question, f"{name} is constant")
            truth.undecided.add(question)  # of a cell the gates' other weights may differ
        elif (
            not name.startswith("b_") and value.size > 1 and not SPREAD[0] < value.std() < SPREAD[1]
        ) or (name.startswith("b_") and np.abs(value).max(initial=0.0) > 1.0):
            truth.undecided.add(question)
        if np.shares_memory(one[name], two[name]):
            truth.add(question, "two objects share their arrays")
    names = list(shapes)
    if any(
        np.shares_memory(one[a], one[b])
        for a in names
        for b in names
        if a < b and one[a].shape == one[b].shape
    ):
        truth.add(question, "two parameters are one array")


def _forward(module: ModuleType, base: Base, truth: Truth) -> None:
    for k, sizes in enumerate(POINTS):
        _forward_at(module, base, sizes, np.random.default_rng(100 + k), truth)


def _forward_at(
    module: ModuleType, base: Base, sizes: Sizes, rng: np.random.Generator, truth: Truth
) -> None:
    values = drawn(rnn_shapes(sizes), rng)
    net = Net.make(module, base, sizes, values)
    x = rng.normal(size=sizes[:3])
    kept = x.copy()
    y, h = textbook(values, x)
    for again in (False, True):
        outputs, hidden = net.forward(x)
        if not close(outputs, y) or not close(hidden, h):
            truth.add("q4_2", "repeated" if again and "q4_2" not in truth.wrong else "values")
        net.forward(rng.normal(size=sizes[:3]))
    if not np.array_equal(x, kept):
        truth.add("q4_2", "inputs changed")
    large = net.forward(1e4 * np.sign(kept))
    if not all(np.all(np.isfinite(part)) for part in large):
        truth.add("q4_2", "not finite")


def _backward(module: ModuleType, base: Base, truth: Truth) -> None:
    for k, sizes in enumerate(POINTS):
        _backward_at(module, base, sizes, np.random.default_rng(200 + k), truth)


def _backward_at(
    module: ModuleType, base: Base, sizes: Sizes, rng: np.random.Generator, truth: Truth
) -> None:
    values = drawn(rnn_shapes(sizes), rng)
    net = Net.make(module, base, sizes, values)
    forward_wrong = "q4_2" in truth.wrong
    for again in (False, True):
        x, d = rng.normal(size=sizes[:3]), 1e-3 * rng.normal(size=(*sizes[:2], sizes[4]))
        kept = d.copy()
        if again:
            net.forward(rng.normal(size=(sizes[0] + 2, *sizes[1:3])))
        _, hidden = net.forward(x)
        found = net.gradients(d)
        if not np.array_equal(d, kept):
            truth.add("q4_3", "d_outputs changed")
        if any(not np.array_equal(net.now()[name], values[name]) for name in values):
            truth.add("q4_3", "parameters changed")
        off = _off(found, by_hand(values, x, hidden, kept))
        if off and forward_wrong:
            off = min(off, _off(found, net.numerical(x, kept)), key=len)
        for name in off:
            truth.add("q4_3", f"d{name}")


def _off(found: Views, expected: Views) -> list[str]:
    largest = max(float(np.abs(value).max()) for value in expected.values())
    return [
        name
        for name, value in expected.items()
        if not close(found[name], value, max(float(np.abs(value).max()), 1e-6 * largest))
    ]


def _update(module: ModuleType, base: Base, truth: Truth) -> None:
    """Its own gradients, times the rate; or the right ones, where what backward returned is wrong."""
    for k, sizes in enumerate(FEW):
        rng = np.random.default_rng(300 + k)
        net = Net.make(module, base, sizes, drawn(rnn_shapes(sizes), rng))
        for rate in (0.5, 0.125, 0.125):
            x, d = rng.normal(size=sizes[:3]), 1e-2 * rng.normal(size=(*sizes[:2], sizes[4]))
            _, hidden = net.forward(x)
            given, before = net.gradients(d), net.now()
            net.rnn.update_parameters(rate)
            after = net.now()
            right = by_hand(before, x, hidden, d)
            for name in right:
                moved = after[name] - before[name]
                if not any(_steps_along(moved, rate * one[name]) for one in (given, right)):
                    truth.add("q4_4", name)


def _steps_along(moved: Array, step: Array) -> bool:
    return close(moved, -step, 1e-9 + float(np.abs(step).max(initial=0.0)))


def _cell(module: ModuleType, base: Base, truth: Truth) -> None:
    for k, (B, I, H) in enumerate(CELLS):  # noqa: E741  # as above
        rng = np.random.default_rng(400 + k)
        values = drawn(cell_shapes(I, H), rng)
        cell = module.LSTMCell(I, H)
        for name, view in base.cell(cell).items():
            view[...] = values[name]
        for scale in (1.0, 1.0, 1e3):
            given = (
                scale * rng.normal(size=(B, I)),
                rng.uniform(-1, 1, (B, H)),
                2 * rng.normal(size=(B, H)),
            )
            kept = [one.copy() for one in given]
            got = cell.forward(*given)
            expected = textbook_cell(values, *kept)
            if _is_any(got, _otherwise_stored(base, values, kept)):
                continue
            for what, one, right in zip(("hidden", "cell"), got, expected, strict=True):
                if not close(np.asarray(one, float), right):
                    truth.add("q4_6", what if scale == 1.0 else f"{what}, large inputs")
            if not all(np.array_equal(a, b) for a, b in zip(given, kept, strict=True)):
                truth.add("q4_6", "inputs changed")


def _otherwise_stored(base: Base, values: Views, given: list[Array]) -> Iterator[States]:
    """What the textbook gives with its arrays kept otherwise: it is the same cell.

    Some U may lie the other way round, the units of a gate in another order, and where no
    documented name says whose the arrays are, the gates as well. All of them begin with random
    numbers, so that nothing that a cell does tells the one from the other.
    """
    orders = [tuple(GATES)] if base.binds_cell else permutations(GATES)
    turns = list(product((False, True), repeat=len(GATES)))
    for order in orders:
        named = {
            f"{kind}_{gate}": values[f"{kind}_{was}"]
            for gate, was in zip(GATES, order, strict=True)
            for kind in "WUb"
        }
        for chosen in turns:
            turned = {f"U_{gate}" for gate, turn in zip(GATES, chosen, strict=True) if turn}
            yield textbook_cell(
                {name: v.T if name in turned else v for name, v in named.items()}, *given
            )
    for chosen in turns[1:]:
        rolled = {gate for gate, turn in zip(GATES, chosen, strict=True) if turn}
        for by in (1, -1):
            moved = {
                name: np.roll(v, by, axis=-1) if name[-1] in rolled else v
                for name, v in values.items()
            }
            yield textbook_cell(moved, *given)


def _is_any(got: Any, known: Iterator[States]) -> bool:
    return any(
        all(close(np.asarray(one, float), two) for one, two in zip(got, each, strict=True))
        for each in known
    )


def _data(module: ModuleType, _base: Base, truth: Truth) -> None:
    make = module.generate_sequence_data
    for length in (1, 2, 3, 10, 95, 300, 1000):
        exact = [0, 1]
        while len(exact) < length + 1:
            exact.append(exact[-1] + exact[-2])
        got = make("fibonacci", length)
        starts = (exact[:length], exact[1 : length + 1])
        if not any(_is_series(got, np.array([float(v) for v in start])) for start in starts):
            truth.add("q5_1", "fibonacci")
        sine = make("sine", length)
        if (
            getattr(sine, "dtype", None) != np.float64
            or sine.shape != (length,)
            or not np.all(np.isfinite(sine))
        ):
            truth.add("q5_1", "sine")
    if not _is_series(make(), make("fibonacci", 1000)):
        truth.add("q5_1", "defaults")
    _sine(np.asarray(make("sine", 600), float), truth)
    for arguments in (("no such sequence", 10), ("fibonacci", 0), ("sine", -3), ("fibonacci", -1)):
        _refused(make, arguments, truth)


def _is_series(got: Any, expected: Array) -> bool:
    return (
        isinstance(got, np.ndarray)
        and got.dtype == np.float64
        and got.shape == expected.shape
        and bool(np.all(np.abs(got - expected) <= 1e-9 * np.abs(expected)))
    )


def _sine(x: Array, truth: Truth) -> None:
    """x_(n+1) + x_(n-1) is a constant times x_n where x is a sine around zero, of any phase."""
    inner, both = x[1:-1], x[2:] + x[:-2]
    factor = float(inner @ both) / max(float(inner @ inner), 1e-300)
    rest = np.abs(both - factor * inner).max()
    if x.std() < 1e-3 or abs(factor) > 2:
        truth.add("q5_1", "sine")
    elif rest > 1e-6 * np.abs(x).max() or x.std() > 10 or abs(factor) > 1.9999:
        truth.undecided.add("q5_1")


def _refused(make: Callable[..., Any], arguments: tuple[str, int], truth: Truth) -> None:
    try:
        make(*arguments)
    except ValueError:
        return
    except Exception:  # noqa: BLE001  # any other is wrong
        pass
    truth.add("q5_1", "no ValueError")


CHECKS = {
    "q4_1": _initial,
    "q4_2": _forward,
    "q4_3": _backward,
    "q4_4": _update,
    "q4_5": _initial_cell,
    "q4_6": _cell,
    "q5_1": _data,
}
