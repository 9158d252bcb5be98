"""What is wrong with update_parameters: each step against the gradients that backward gave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain, product

import numpy as np

from grader.checks.known_model import Parameters
from grader.checks.states import Sizes, read_forward
from grader.diagnosis.experiments import joined_terms, reordered
from grader.diagnosis.experiments.network import Network
from grader.diagnosis.experiments.patterns import CLOSE, Reading, Readings
from grader.protocol import Array, Call, CandidateClass, Read, Step, Write

Arrays = Mapping[str, Array]  # by path

POINT = Sizes(T=4, B=5, I=3, H=6, O=7)  # every array larger than what is fitted to its step
RATE = 0.5
ROUNDED = 0.01
MOST = 0.9
FIT = 1e-5  # of a step; float32 parameters are rounded to a part of that
GRADIENT = 4e-3  # of d_outputs: gradients stay below the tightest honest clipping
LARGE = 1.0  # of d_outputs: gradients beyond ±0.1 in many elements, the bound of what is a fault
ORDER = ("W_hy", "b_y", "W_xh", "W_hh", "b_h")


# How often an array stands in a step, as c0 + c1 * rate + c2 * rate^2; the fewer terms the likelier.
SHARES = sorted(product(range(-2, 3), repeat=3), key=lambda c: (sum(map(abs, c)), -c.count(0)))
POWERS = ("1", "learning_rate", "learning_rate^2")


@dataclass(frozen=True)
class UpdateStep:
    """One update from the known parameters: by array what it was given and how it moved."""

    gradients: Parameters
    moves: Parameters
    # By parameter the path of an array in which its new value stands, and forward does not look.
    elsewhere: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Ratio:
    """A step as -(own * its gradient + last * the call before's + decay * the parameter)."""

    own: float
    last: float
    decay: float
    explained: bool


def examine(cls: CandidateClass) -> Readings:
    """What is read off update_parameters, by array. Raises StudentFault."""
    net = Network.make(cls, POINT)
    first, second = _steps(net, (RATE, RATE))
    names = [n for n in ORDER if n in first.moves and _is_given(net, n, first)]
    if not names:
        return []
    readings = {name: _of_array(net, name, first, second) for name in names}
    off = {name: reading for name, reading in readings.items() if reading is not None}
    still = [name for name, reading in off.items() if reading.kind == "still"]
    if len(still) == len(names):
        return [(_still(first, still), tuple(names))]
    if any(map(np.any, first.moves.values())) and not _moves_forward(net):
        return [(Reading("moves_unread"), tuple(names))]
    if not off:
        return _clipped(net, names)
    if first.elsewhere:
        off |= dict.fromkeys(still, _still(first, still))
    for name in [name for name, one in off.items() if one.kind == "step_off"]:
        off[name] = _reordered(name, first)
    shuffled = _shuffled(first, [name for name, one in off.items() if one.kind == "step_off"])
    off |= dict.fromkeys(shuffled, Reading("steps_shuffled"))
    added = _adding_calls(net, [name for name, one in off.items() if one.kind == "momentum"])
    off |= dict.fromkeys(added, Reading("adds_calls"))
    return _grouped(
        {
            name: _combined(net, name, first)
            if reading.kind == "combined"
            else _refined(net, name, reading, first)
            for name, reading in off.items()
        }
    )


def _is_given(net: Network, name: str, first: UpdateStep) -> bool:
    """Whether there is a gradient to hold a step against: not NaN, nor lost where it is added."""
    if name not in first.gradients:
        return False
    size = float(np.abs(first.gradients[name]).max())
    lost = FIT**3 * float(np.abs(net.used[name]).max(initial=0.0))
    return size == 0.0 or lost < size < np.inf


def _still(first: UpdateStep, names: Sequence[str]) -> Reading:
    """What a step that does not move these parameters does instead."""
    paths = [first.elsewhere[name] for name in names if name in first.elsewhere]
    if not paths:
        return Reading("moves_nothing")
    return Reading("moves_elsewhere", {"where": f"self.{paths[0]}"})


def _moves_forward(net: Network) -> bool:
    """Whether forward gives anything else after an update."""
    rng = np.random.default_rng(16)
    T, B, I, _, O = net.size  # noqa: E741  # sizes as in the equations
    trial = net.fresh()
    again = Call("forward", (rng.normal(size=(T, B, I)),))
    steps: list[Step] = [
        Write(net.layout.written(trial.parameters)),
        again,
        Call("backward", (rng.normal(size=(T, B, O)),)),
        Call("update_parameters", (RATE,)),
        again,
    ]
    _, first, *_, second = trial.rnn.replay(steps)
    one, other = (
        read_forward(each, net.size, leading=net.layout.leading) for each in (first, second)
    )
    return not np.array_equal(one.outputs, other.outputs)


def _reordered(name: str, first: UpdateStep) -> Reading:
    """A step whose numbers are the gradient's, in other places of the same array."""
    way = reordered.how([(first.moves[name], -RATE * first.gradients[name])], _near)
    return Reading("step_reordered", {"way": way}) if way else Reading("step_off")


def _near(got: Array, due: Array) -> bool:
    return bool(np.abs(got - due).max() <= FIT * np.abs(due).max())


def _shuffled(first: UpdateStep, names: Sequence[str]) -> Sequence[str]:
    """These arrays, where together they move by their gradients, in other places; else none."""
    if len(names) < 2:  # noqa: PLR2004  # one of the other
        return ()
    moved, due = (
        np.sort(np.concatenate([factor * part[name].ravel() for name in names]))
        for factor, part in ((1.0, first.moves), (-RATE, first.gradients))
    )
    return names if np.abs(moved - due).max() <= FIT * np.abs(due).max() else ()


def _clipped(net: Network, names: Sequence[str]) -> Readings:
    """Whether of large gradients no element moves its parameter further than a bound."""
    step = _steps(net, (RATE,), size=LARGE)[0]
    bounds: dict[str, Reading] = {}
    for name in names:
        used, own = -step.moves[name] / RATE, step.gradients[name]
        bound = float(np.abs(used).max())
        if np.abs(own).max() > 2 * bound > 0 and net.alike(used, np.clip(own, -bound, bound)):
            bounds[name] = Reading("step_clipped", {"number": float(f"{bound:.4g}")})
    return _grouped(bounds)


def _of_array(net: Network, name: str, first: UpdateStep, second: UpdateStep) -> Reading | None:
    gradient, move = first.gradients[name], first.moves[name]
    if not np.any(gradient):
        return None  # not to move is right then
    if not np.any(move):
        return Reading("still")
    one = _ratio(net, name, [first])
    if not one.explained:
        return _unexplained(net, name, first)
    if one.decay:
        return _with_parameter(one)
    return _in_proportion(one, _ratio(net, name, [second, first]))


def _in_proportion(one: Ratio, two: Ratio) -> Reading | None:
    """How often learning_rate * gradient two steps are; None where both are it once."""
    later = _later(one, two)
    if later is not None and later.kind == "later_times" and abs(one.own / RATE - 1) > CLOSE:
        number, then = (float(f"{ratio.own / RATE:.4g}") for ratio in (one, two))
        return Reading("times_vary", {"number": number, "later": then})
    if later is not None:
        return later
    times = one.own / RATE
    return None if abs(times - 1) <= CLOSE else Reading("times", {"number": float(f"{times:.6g}")})


def _with_parameter(one: Ratio) -> Reading:
    """A step in which the parameter itself takes part."""
    if abs(one.own / RATE - 1) > CLOSE:
        return Reading("combined")
    if abs(one.decay - 1) <= CLOSE:
        return Reading("replaced")
    return Reading("decay", {"number": float(f"{one.decay / RATE:.4g}")})


def _later(one: Ratio, two: Ratio) -> Reading | None:
    """How a second step differs from a first one."""
    if not two.explained:
        return None
    if abs(two.last) > CLOSE * abs(one.own):
        late = abs(two.own) < CLOSE * abs(two.last)
        number = 0.0 if late else float(f"{two.last / two.own:.4g}")
        return Reading("late_gradient") if late else Reading("momentum", {"number": number})
    if abs(two.own) < CLOSE * RATE:
        return Reading("only_first")
    change = two.own / one.own
    number = float(f"{change:.4g}")
    return Reading("later_times", {"number": number}) if abs(change - 1) > CLOSE else None


def _ratio(net: Network, name: str, stepped: Sequence[UpdateStep]) -> Ratio:
    """Explain the newest step, given first, by as little as possible."""
    gradients = [one.gradients[name] for one in stepped]
    parts = {"own": gradients[0], "last": gradients[-1], "decay": net.used[name]}
    move = stepped[0].moves[name]
    trials = [("own",), ("own", "decay"), ("own", "last"), ("own", "last", "decay")]
    for chosen in trials if len(stepped) > 1 else trials[:2]:
        found = _fitted(move, [parts[each] for each in chosen])
        if found is not None:
            sizes = dict(zip(chosen, found, strict=True))
            return Ratio(
                sizes["own"], sizes.get("last", 0.0), sizes.get("decay", 0.0), explained=True
            )
    return Ratio(0.0, 0.0, 0.0, explained=False)


def _fitted(move: Array, parts: Sequence[Array]) -> list[float] | None:
    """How often each part is subtracted in the move; None where they do not explain it."""
    if not all(map(np.all, map(np.isfinite, (move, *parts)))):
        return None
    scales = [float(np.linalg.norm(part)) or 1.0 for part in parts]
    rows = np.array([-part.ravel() / scale for part, scale in zip(parts, scales, strict=True)]).T
    found = np.linalg.lstsq(rows, move.ravel(), rcond=None)[0]
    if np.linalg.norm(rows @ found - move.ravel()) > FIT * np.linalg.norm(move):
        return None
    return [float(value) / scale for value, scale in zip(found, scales, strict=True)]


def _unexplained(net: Network, name: str, first: UpdateStep) -> Reading:
    """A step that is no multiple of the gradient."""
    gradient, move = first.gradients[name], first.moves[name]
    if (changed := _of_changed(gradient, move) or _of_another(name, first)) is not None:
        return changed
    if other := _from_another(net, name, first):
        return Reading("from_another", {"used": other})
    rate, before = ("learning_rate", np.array(RATE)), ("W", net.used[name])
    own = ("dW", gradient)
    steps = joined_terms.products([before], [("learning_rate * dW", RATE * gradient)])
    others = joined_terms.products([before], joined_terms.joined(rate, own))
    shrunk = [("W * (1 - learning_rate * dW)", before[1] * (1 - RATE * gradient))]
    form = joined_terms.matching(chain(steps, others, shrunk), [before[1] + move], net.alike)
    if form:
        return Reading("step_form", {"form": form})
    if np.ptp(move) <= CLOSE * np.abs(move).max() and move.size > 1:
        return Reading("one_number")
    # Where a gradient is small an adaptive step's epsilon counts.
    moved = np.abs(move[np.abs(gradient) > 1e-3 * np.abs(gradient).max()])
    middle = float(np.median(moved)) if moved.size > 1 else 0.0
    if middle and np.mean(np.abs(moved - middle) <= ROUNDED * middle) >= MOST:
        return Reading("same_size", {"number": float(f"{moved.mean() / RATE:.3g}")})
    return Reading("step_off")


def _of_changed(gradient: Array, move: Array) -> Reading | None:
    """A multiple of the gradient's transpose, or of its absolute value."""
    if gradient.ndim > 1 and move.shape == gradient.T.shape and _fitted(move, [gradient.T]):
        return Reading("step_transposed")
    if _fitted(move, [np.abs(gradient)]):
        return Reading("absolute")
    for form, changed in _changed(gradient):
        if _near(move, -RATE * changed):
            return Reading("step_of", {"form": form})
    return None


def _changed(gradient: Array) -> Iterator[tuple[str, Array]]:
    """What may be made of a gradient before it is subtracted."""
    yield "dW - mean(dW)", gradient - gradient.mean()
    yield "dW / norm(dW)", gradient / np.linalg.norm(gradient)
    if gradient.ndim > 1:
        yield "dW - mean(dW, axis=0)", gradient - gradient.mean(axis=0)
        yield "dW - mean(dW, axis=1)", gradient - gradient.mean(axis=1, keepdims=True)
        for axis in (0, 1):
            total = gradient.sum(axis=axis, keepdims=True) + np.zeros_like(gradient)
            yield f"sum(dW, axis={axis})", total
            yield f"mean(dW, axis={axis})", total / gradient.shape[axis]
    if gradient.shape == gradient.T.shape and gradient.ndim > 1:
        yield "(dW + dW.T) / 2", (gradient + gradient.T) / 2


def _from_another(net: Network, name: str, first: UpdateStep) -> str:
    """The parameter from which the step is subtracted in place of this one; "" where it is its own."""
    start = net.used[name] + first.moves[name] + RATE * first.gradients[name]
    for other, value in net.used.items():
        for form in (value, value[..., None]):  # a bias along rows, or along columns
            with suppress(ValueError):  # of another shape
                if other != name and _near(start, np.broadcast_to(form, start.shape)):
                    return other
    return ""


def _of_another(name: str, first: UpdateStep) -> Reading | None:
    """Another parameter's step, in place of its own or besides that."""
    own, move = RATE * first.gradients[name], first.moves[name]
    for kind, step in (("other_gradient", move), ("also_gradient", move + own)):
        for other, value in first.gradients.items():
            if other != name and _is_step(step, value):
                return Reading(kind, {"used": other})
    return None


def _is_step(move: Array, gradient: Array) -> bool:
    """Whether the move is this gradient's step, spread over the rows if it is a bias's."""
    if gradient.shape not in {move.shape, move.shape[-1:]}:
        return False
    return bool(np.abs(move + RATE * gradient).max() <= FIT * np.abs(move).max())


def _refined(net: Network, name: str, reading: Reading, first: UpdateStep) -> Reading:
    """What a factor depends on: the rate, the sizes, the gradient itself."""
    if reading.kind not in {"times", "same_size"}:
        return reading
    half = _steps(net, (RATE / 2,))[0]
    if net.alike(half.moves[name], first.moves[name]):
        return Reading("rate_ignored")
    if reading.kind == "same_size":
        return reading
    times = float(reading.facts["number"])  # type: ignore[arg-type]  # "times" has a number
    at_half = _ratio(net, name, [half]).own / (RATE / 2)
    if abs(at_half / times - 1) > CLOSE:
        return Reading("rate_power")
    return _by_sizes(net, name, times) or reading


def _by_sizes(net: Network, name: str, times: float) -> Reading | None:
    """What of T and B a step is divided by, or their roots; None where it depends on neither."""
    over, rest = [], times
    for what, size in (("B", POINT._replace(B=7)), ("T", POINT._replace(T=9))):
        there = _ratio(net, name, [_steps(Network(net.cls, size, net.values), (RATE,))[0]])
        here, other = getattr(POINT, what), getattr(size, what)
        for text, power in ((what, 1.0), (f"sqrt({what})", 0.5)):
            if abs(there.own / RATE / times * (other / here) ** power - 1) <= CLOSE:
                over.append(text)
                rest *= here**power
    if not over:
        return None
    text = " * ".join(over[::-1])
    return Reading("divided", {"of": text if abs(rest - 1) <= CLOSE else f"{text} / {rest:.3g}"})


def _combined(net: Network, name: str, first: UpdateStep) -> Reading:
    """So many times the parameter and so many times its gradient, at two learning rates."""
    half = _steps(net, (RATE / 2,))[0]
    found = [(rate, _ratio(net, name, [step])) for rate, step in ((RATE, first), (RATE / 2, half))]
    kept = _share("W", [(rate, 1 - one.decay) for rate, one in found])
    moved = _share("dW", [(rate, -one.own) for rate, one in found])
    if kept is None or moved is None or not kept + moved:
        return Reading("step_off")
    return Reading("step_form", {"form": " + ".join(filter(None, (kept, moved)))})


def _share(what: str, measured: Sequence[tuple[float, float]]) -> str | None:
    """What stands of an array, measured at some learning rates; None where it is nothing known."""
    for share in SHARES:
        made = [sum(c * rate**n for n, c in enumerate(share)) for rate, _ in measured]
        if all(abs(a - b) <= CLOSE for a, (_, b) in zip(made, measured, strict=True)):
            return _times_of(share, what)
    return None


def _times_of(share: Sequence[int], what: str) -> str:
    """As a formula: "(1 - learning_rate) * W"."""
    terms = [
        ("- " if c < 0 else "+ ") + (power if abs(c) == 1 else f"{abs(c)} * {power}")
        for c, power in zip(share, POWERS, strict=True)
        if c
    ]
    text = " ".join(terms).removeprefix("+ ")
    text = text.replace("- ", "-", 1) if text.startswith("- ") else text
    if text in {"", "1"}:
        return what if text else ""
    return f"({text}) * {what}" if len(terms) > 1 or text.startswith("-") else f"{text} * {what}"


def _steps(net: Network, rates: Sequence[float], *, size: float = GRADIENT) -> list[UpdateStep]:
    """Updates of one object, each from the same parameters and with other gradients."""
    rng = np.random.default_rng(14)
    T, B, I, _, O = net.size  # noqa: E741  # sizes as in the equations
    trial = net.fresh()
    written = net.layout.written(trial.parameters)
    nothing = {name: np.zeros(shape) for name, shape in net.layout.shapes.items()}
    found = []
    for rate in rates:
        x, d_outputs = rng.normal(size=(T, B, I)), size * rng.normal(size=(T, B, O))
        steps: list[Step] = [
            Write(written),
            Call("forward", (x,)),
            Call("backward", (d_outputs,)),
            Read(),
            Call("update_parameters", (rate,)),
            Read(),
        ]
        _, _, returned, before, _, after = trial.rnn.replay(steps)
        moved = net.layout.storage.vector(after) - net.layout.storage.vector(before)
        moves = {name: moved[net.layout.slots[name][0]] for name in net.names}
        given = net.bound(returned, before, nothing)
        found.append(UpdateStep(given, moves, _elsewhere(net, given, before, after)))
    return found


def _adding_calls(net: Network, names: Sequence[str]) -> Sequence[str]:
    """Those whose step takes all calls of backward together, also where no update lies between them."""
    if not names:
        return ()
    rng = np.random.default_rng(15)
    T, B, I, _, O = net.size  # noqa: E741  # sizes as in the equations
    trial = net.fresh()
    nothing = {each: np.zeros(shape) for each, shape in net.layout.shapes.items()}
    steps: list[Step] = [Write(net.layout.written(trial.parameters))]
    for _ in range(2):
        steps.append(Call("forward", (rng.normal(size=(T, B, I)),)))
        steps.append(Call("backward", (GRADIENT * rng.normal(size=(T, B, O)),)))
    steps += [Read(), Call("update_parameters", (RATE,)), Read()]
    _, _, first, _, second, before, _, after = trial.rnn.replay(steps)
    one, other = (net.bound(returned, before, nothing) for returned in (first, second))
    moved = net.layout.storage.vector(after) - net.layout.storage.vector(before)
    return [
        name
        for name in names
        if name in one and name in other
        if _is_step(moved[net.layout.slots[name][0]], one[name] + other[name])
    ]


def _elsewhere(net: Network, given: Parameters, before: Arrays, after: Arrays) -> dict[str, str]:
    """By parameter the path of an array that has made its step, and that no parameter lies in."""
    storage, slots = net.layout.storage, net.layout.slots
    lying = storage.vector(before)
    played = {storage.path_of(int(copy.flat[0])) for copies in slots.values() for copy in copies}
    others = {path: array for path, array in after.items() if path not in played}
    found = {}
    for name, gradient in given.items():
        as_parameter = lying[slots[name][0]]
        olds = {path: before[path] if path in storage.arrays else as_parameter for path in others}
        made = (path for path in others if _has_made(net, olds[path], others[path], gradient))
        if (path := next(made, None)) is not None:
            found[name] = path
    return found


def _has_made(net: Network, old: Array, new: Array, gradient: Array) -> bool:
    """Whether an array has made the step of this gradient, however it lies."""
    if not new.size == old.size == gradient.size > 1:
        return False
    moved = (new - old.reshape(new.shape)).reshape(gradient.shape)
    return net.alike(moved, -RATE * gradient)


def _grouped(readings: dict[str, Reading]) -> Readings:
    """Arrays of which the same is read, together; numbers that differ by rounding are one."""
    groups: list[tuple[Reading, list[str]]] = []
    for name, reading in readings.items():
        for known, names in groups:
            if _alike(known, reading):
                names.append(name)
                break
        else:
            groups.append((reading, [name]))
    return [(reading, tuple(names)) for reading, names in groups]


def _alike(one: Reading, other: Reading) -> bool:
    a, b = one.facts.get("number"), other.facts.get("number")
    if one.kind == other.kind and isinstance(a, float) and isinstance(b, float):
        return abs(a - b) <= ROUNDED * abs(b)
    return one == other
