"""What a program does at fresh points, as named arrays: to compare it with another, or with itself.

Keys are those of the kit's sentences: "outputs", "hidden", "dW_hh", "step W_xh", "hidden'", ...
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from types import ModuleType

import numpy as np

from tests.strangers.bases import CELL, RNN, Array, Base
from tests.strangers.program import Net, Sizes, cell_shapes, drawn, rnn_shapes, textbook

POINTS: tuple[Sizes, ...] = ((7, 3, 2, 5, 3), (5, 4, 3, 6, 2))
CELLS = ((4, 3, 5), (3, 2, 4))
SMALL = 1e-3
LENGTHS = (1, 2, 5, 20, 120, 500)

Record = dict[str, Array]


def recorded(module: ModuleType, base: Base) -> Record:
    """Everything at all points. What raises is left out."""
    found: Record = {}
    with np.errstate(all="ignore"):
        for part in (_network, _cells, _data):
            part(module, base, found)
    return found


def _network(module: ModuleType, base: Base, found: Record) -> None:
    for k, sizes in enumerate(POINTS):
        rng = np.random.default_rng(700 + k)
        values = drawn(rnn_shapes(sizes), rng)
        rounds = [
            (rng.normal(size=sizes[:3]), SMALL * rng.normal(size=(*sizes[:2], sizes[4])))
            for _ in range(2)
        ]
        with suppress(Exception):
            net = Net.make(module, base, sizes, values)
            for again, (x, d) in zip(("", "again "), rounds, strict=True):
                _round(net, f"{k} {again}", x, d, found)
        with suppress(Exception):
            _nothing_left_out(Net.make(module, base, sizes, values), k, *rounds[0], found)


def _round(net: Net, prefix: str, x: Array, d: Array, found: Record) -> None:
    outputs, hidden = net.forward(x)
    found |= {f"{prefix}outputs": outputs, f"{prefix}hidden": hidden}
    with suppress(Exception):
        found |= {f"{prefix}d{name}": value for name, value in net.gradients(d).items()}
        before = net.now()
        same = [np.array_equal(before[name], net.values[name]) for name in RNN]
        found[f"{prefix}kept"] = np.array(same, float)
        net.rnn.update_parameters(0.25)
        after = net.now()
        found |= {f"{prefix}step {name}": after[name] - before[name] for name in RNN}
    net.put(net.values)


def _nothing_left_out(net: Net, k: int, x: Array, d: Array, found: Record) -> None:
    """Which gradients are computed from d_outputs at all: NaN goes wherever it is used."""
    net.forward(x)
    for name, value in net.gradients(np.full_like(d, np.nan)).items():
        found[f"{k} computed {name}"] = np.array([float(np.isnan(value).any())])


def _cells(module: ModuleType, base: Base, found: Record) -> None:
    for k, (B, I, H) in enumerate(CELLS):  # noqa: E741  # sizes as in the equations
        rng = np.random.default_rng(800 + k)
        values = drawn(cell_shapes(I, H), rng)
        given = (rng.normal(size=(B, I)), rng.uniform(-1, 1, (B, H)), rng.normal(size=(B, H)))
        with suppress(Exception):
            cell = module.LSTMCell(I, H)
            for name, view in base.cell(cell).items():
                view[...] = values[name]
            for again in ("", "again "):
                one, two = cell.forward(*(part.copy() for part in given))
                found |= {
                    f"{k} {again}cell hidden": np.array(one, float),
                    f"{k} {again}cell cell": np.array(two, float),
                }


def _data(module: ModuleType, _base: Base, found: Record) -> None:
    for kind in ("fibonacci", "sine"):
        for length in LENGTHS:
            with suppress(Exception):
                made = np.asarray(module.generate_sequence_data(kind, length))
                found[f"data {kind} {length}"] = made.astype(float)
                found[f"data type {kind} {length}"] = np.frombuffer(
                    str(made.dtype).encode().ljust(8)[:8], dtype=np.uint8
                ).astype(float)
    with suppress(Exception):
        made = np.asarray(module.generate_sequence_data())
        found["data default length"] = np.array([made.size], float)
        fine = np.asarray(module.generate_sequence_data("fibonacci", made.size))
        found["data default other"] = np.array([float(not np.array_equal(made, fine))])
    with suppress(Exception):
        made = np.asarray(module.generate_sequence_data("fibonacci", 12), float)
        again = np.asarray(module.generate_sequence_data("fibonacci", 12), float)
        found["data empty"] = np.array([float(made.size == 0)])
        found["data other"] = np.array([float(not np.array_equal(made, again))])
        found["data constant"] = np.array([float(made.size > 1 and not np.ptp(made))])
    for arguments in (("nothing known", 5), ("fibonacci", 0), ("sine", 0)):
        found[f"data refused {arguments}"] = np.array([_refused(module, arguments)])


def _refused(module: ModuleType, arguments: tuple[str, int]) -> float:
    make: Callable[..., object] = module.generate_sequence_data
    try:
        make(*arguments)
    except ValueError:
        return 1.0
    except Exception:  # noqa: BLE001  # a stranger's
        return 2.0
    return 0.0


def initial(module: ModuleType, base: Base) -> Record:
    """What can be said of initial parameters without their numbers."""
    found: Record = {}
    with suppress(Exception):
        start = base.rnn(module.SimpleRNN(3, 4, 2))
        found |= {f"initial {name}": _sort(start[name]) for name in RNN}
        found |= {f"initial shape {name}": _shape(start[name]) for name in RNN}
        found |= {f"initial not finite {name}": _not_finite(start[name]) for name in RNN}
    with suppress(Exception):
        start = base.cell(module.LSTMCell(3, 4))
        found |= {f"initial cell {name}": _sort(start[name]) for name in CELL}
        found |= {f"initial shape {name}": _shape(start[name]) for name in CELL}
        found |= {f"initial not finite {name}": _not_finite(start[name]) for name in CELL}
    for name, sizes in (("SimpleRNN", (3, 4, 2)), ("LSTMCell", (3, 4))):
        with suppress(Exception):
            kept = _floats(getattr(module, name)(*sizes))
            found[f"initial numbers {name}"] = np.array([sum(kept.values())], float)
    with np.errstate(all="ignore"):
        for part in (_network_at_zero, _cell_at_zero, _scale):
            with suppress(Exception):
                found |= part(module, base)
    return found


def _floats(kept: object) -> dict[int, int]:
    """Sizes of the float arrays that an object holds, by identity."""
    if isinstance(kept, np.ndarray):
        return {id(kept): kept.size} if kept.dtype.kind == "f" else {}
    inside = kept if isinstance(kept, list | tuple) else getattr(kept, "__dict__", kept)
    parts = inside.values() if isinstance(inside, dict) else inside
    found: dict[int, int] = {}
    for part in parts if isinstance(parts, list | tuple) or isinstance(inside, dict) else ():
        found |= _floats(part)
    return found


def _network_at_zero(module: ModuleType, base: Base) -> Record:
    """Whether results are finite where all parameters are 0."""
    net = module.SimpleRNN(3, 4, 2)
    for view in base.rnn(net).values():
        view[...] = 0.0
    finite = np.all(np.isfinite(net.forward(np.ones((3, 2, 3)))[0]))
    return {"initial finite SimpleRNN": np.array([float(finite)])}


def _cell_at_zero(module: ModuleType, base: Base) -> Record:
    cell = module.LSTMCell(3, 4)
    for view in base.cell(cell).values():
        view[...] = 0.0
    given = [np.ones((2, n)) for n in (3, 4, 4)]
    finite = np.all(np.isfinite(cell.forward(*given)))
    rng, results = np.random.default_rng(810), []
    for _ in range(2):
        for view in base.cell(cell).values():
            view[...] = rng.normal(size=view.shape)
        results.append(np.array(cell.forward(*given)))
    unmoved = np.array_equal(*results)
    return {
        "initial finite LSTMCell": np.array([float(finite)]),
        "initial unmoved LSTMCell": np.array([float(unmoved)]),
    }


def _scale(module: ModuleType, base: Base) -> Record:
    """How large initial weights are against their layers, and the states (0 to 1) they make."""
    gains, heights = [], []
    for hidden in (16, 100):
        start = base.rnn(module.SimpleRNN(8, hidden, 4))
        gains += [one.std() * np.sqrt(len(one)) for one in start.values() if one.ndim > 1]
        inputs = np.random.default_rng(811).normal(size=(5, 20, 8))
        heights.append(np.median(np.abs(textbook(start, inputs)[1])))
    return {"scale gains": np.array(gains), "scale heights": np.array(heights)}


def _not_finite(value: Array) -> Array:
    return np.array([not np.all(np.isfinite(value))], float)


def _shape(value: Array) -> Array:
    return np.array(np.shape(value), float)


def _sort(value: Array) -> Array:
    return np.array([not value.any(), value.size > 1 and not np.ptp(value)], float)
