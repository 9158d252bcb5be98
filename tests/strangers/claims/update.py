"""Claims about update_parameters, against its own gradients in three rounds."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import numpy as np

from tests.strangers.bases import Array, Base, Views
from tests.strangers.claims import Claim, Facts, Verdicts, formula, plain
from tests.strangers.program import Net, Sizes, drawn, rnn_shapes

SIZES: Sizes = (4, 5, 3, 6, 7)
CLOSE = 1e-3
RATE = 0.5


def verdicts(module: ModuleType, base: Base, claims: list[Claim]) -> Verdicts:
    try:
        rounds = _rounds(module, base, RATE, SIZES)
        half = _rounds(module, base, RATE / 2, SIZES)
    except Exception:  # noqa: BLE001  # a stranger's
        return [None for _ in claims]
    return [_verdict(kind, facts, rounds, half) for kind, facts in claims]


Round = tuple[Views, Views, Views]  # parameters before, gradients, moves


def _rounds(module: ModuleType, base: Base, rate: float, sizes: Sizes) -> list[Round]:
    rng = np.random.default_rng(950)
    net = Net.make(module, base, sizes, drawn(rnn_shapes(sizes), rng))
    found = []
    for _ in range(3):
        net.forward(rng.normal(size=sizes[:3]))
        given = net.gradients(1e-2 * rng.normal(size=(*sizes[:2], sizes[4])))
        before = net.now()
        net.rnn.update_parameters(rate)
        after = net.now()
        found.append((before, given, {name: after[name] - before[name] for name in before}))
    return found


def _verdict(kind: str, facts: Facts, rounds: list[Round], half: list[Round]) -> bool | None:
    names = [plain(name) for name in facts.get("arrays", ())] or list(rounds[0][0])
    if kind in {"moves_nothing", "moves_elsewhere"}:
        return not any(one.any() for _, _, moves in rounds for one in moves.values())
    if kind in {"rate_ignored", "rate_power"}:
        same = [_near(half[0][2][n], rounds[0][2][n]) for n in names]
        halved = [_near(half[0][2][n], rounds[0][2][n] / 2) for n in names]
        return all(same) if kind == "rate_ignored" else not any(halved)
    rule = RULES.get(kind)
    return None if rule is None else all(rule(facts, n, rounds) for n in names)


def _near(one: Array, other: Array) -> bool:
    size = max(float(np.abs(other).max(initial=0.0)), 1e-15)
    return bool(np.abs(one - other).max(initial=0.0) <= CLOSE * size)


def _times(facts: Facts, n: str, rounds: list[Round]) -> bool:
    _, given, moves = rounds[0]
    return _near(moves[n], -float(facts["number"]) * RATE * given[n])


def _later(facts: Facts, n: str, rounds: list[Round]) -> bool:
    return _near(rounds[1][2][n], -float(facts["number"]) * RATE * rounds[1][1][n])


def _late_gradient(_facts: Facts, n: str, rounds: list[Round]) -> bool:
    return _near(rounds[1][2][n], -RATE * rounds[0][1][n])


def _momentum(facts: Facts, n: str, rounds: list[Round]) -> bool:
    along = float(facts["number"]) * rounds[0][2][n]
    own = [rounds[1][2][n] - along, rounds[0][2][n]]
    first = float(np.vdot(own[1], -rounds[0][1][n]) / np.vdot(rounds[0][1][n], rounds[0][1][n]))
    return _near(own[0], -first * rounds[1][1][n])


def _decay(facts: Facts, n: str, rounds: list[Round]) -> bool:
    before, given, moves = rounds[0]
    rest = moves[n] + RATE * given[n]
    number = float(facts["number"])
    return any(_near(rest, -number * scale * before[n]) for scale in (1.0, RATE))


def _same_size(_facts: Facts, n: str, rounds: list[Round]) -> bool:
    sizes = np.abs(rounds[0][2][n])
    return bool(sizes.max() > 0 and np.ptp(sizes) <= 0.1 * sizes.max())


def _off(_facts: Facts, n: str, rounds: list[Round]) -> bool:
    return not _near(rounds[0][2][n], -RATE * rounds[0][1][n])


def _other_gradient(facts: Facts, n: str, rounds: list[Round]) -> bool:
    _, given, moves = rounds[0]
    return _near(moves[n], np.broadcast_to(-RATE * given[facts["used"]], moves[n].shape))


def _step_form(facts: Facts, n: str, rounds: list[Round]) -> bool:
    before, given, moves = rounds[0]
    names = {"W": before[n], "dW": given[n], "learning_rate": np.asarray(RATE)}
    wanted = formula.value(facts["form"], names)
    return wanted is not None and _near(before[n] + moves[n], wanted)


def _divided(facts: Facts, n: str, rounds: list[Round]) -> bool:
    _, given, moves = rounds[0]
    by = formula.value(facts["of"], {"T": SIZES[0], "B": SIZES[1], "sqrt": np.sqrt})
    return by is not None and _near(moves[n], -RATE * given[n] / by)


def _step_of(facts: Facts, n: str, rounds: list[Round]) -> bool:
    """The step is learning_rate times what the formula makes of the gradient."""
    _, given, moves = rounds[0]
    names = {
        "dW": given[n],
        "mean": lambda v, axis=None: v.mean(axis=axis, keepdims=True),
        "sum": lambda v, axis=None: v.sum(axis=axis, keepdims=True),
        "norm": np.linalg.norm,
    }
    made = formula.value(facts["form"], names)
    return made is not None and _near(moves[n], np.broadcast_to(-RATE * made, moves[n].shape))


def _from_another(facts: Facts, n: str, rounds: list[Round]) -> bool:
    """What comes of it is the other's old value less the own step, spread out if that is a bias."""
    before, given, moves = rounds[0]
    value, start = before[facts["used"]], before[n] + moves[n] + RATE * given[n]
    ways = [one for one in (value, value[..., None]) if _spreads(one, start)]
    return any(_near(start, np.broadcast_to(one, start.shape)) for one in ways)


def _spreads(value: Array, over: Array) -> bool:
    sizes = zip(value.shape[::-1], over.shape[::-1], strict=False)
    return value.ndim <= over.ndim and all(mine in (1, its) for mine, its in sizes)


RULES: dict[str, Callable[[Facts, str, list[Round]], bool]] = {
    "times": _times,
    "later_times": _later,
    "late_gradient": _late_gradient,
    "momentum": _momentum,
    "adds_calls": lambda _f, n, r: _near(r[1][2][n], -RATE * (r[0][1][n] + r[1][1][n])),
    "decay": _decay,
    "same_size": _same_size,
    "still": lambda _f, n, r: not r[0][2][n].any() and bool(r[0][1][n].any()),
    "only_first": lambda _f, n, r: r[0][2][n].any() and not r[1][2][n].any(),
    "replaced": lambda _f, n, r: _near(r[0][0][n] + r[0][2][n], -RATE * r[0][1][n]),
    "one_number": lambda _f, n, r: (
        float(np.ptp(r[0][2][n])) <= 1e-9 < float(np.abs(r[0][2][n]).max())
    ),
    "divided": _divided,
    "step_off": _off,
    "absolute": lambda _f, n, r: _near(
        r[0][2][n] * np.abs(r[0][1][n]).max(),
        np.abs(r[0][1][n]) * r[0][2][n].flat[np.abs(r[0][1][n]).argmax()],
    ),
    "step_clipped": lambda f, n, r: (
        float(np.abs(r[0][2][n]).max()) <= RATE * float(f["number"]) * 1.01
    ),
    "other_gradient": _other_gradient,
    "step_of": _step_of,
    "from_another": _from_another,
    "step_reordered": lambda f, n, r: (
        _off(f, n, r) and _near(np.sort(r[0][2][n], None), np.sort(-RATE * r[0][1][n], None))
    ),
    "also_gradient": lambda f, n, r: _near(
        r[0][2][n] + RATE * r[0][1][n],
        np.broadcast_to(-RATE * r[0][1][f["used"]], r[0][2][n].shape),
    ),
    "step_form": _step_form,
}
