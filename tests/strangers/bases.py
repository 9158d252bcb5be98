"""The right programs that strangers are made from, and where each keeps its parameters.

Roles are stated here by hand, so that nothing of the kit's own search for them is relied on.
Arrays are views in row form: W_xh (I, H), W_hh (H, H), b_h (H,), W_hy (H, O), b_y (O,).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests import BASES, PROGRAMS

Array = NDArray[np.float64]
Views = dict[str, Array]
RNN = ("W_xh", "W_hh", "b_h", "W_hy", "b_y")
GATES = "fico"
CELL = tuple(f"{kind}_{gate}" for gate in GATES for kind in "WUb")
STRANGERS = PROGRAMS / "strangers"


@dataclass(frozen=True)
class Base:
    """A right program: its source, and how to read its arrays by role."""

    name: str
    path: Path
    rnn: Callable[[Any], Views]
    gradients: Callable[[Any], Views]  # of what backward returned
    cell: Callable[[Any], Views]

    @property
    def binds_cell(self) -> bool:
        """Whether its cell has the documented names, which say whose an array is."""
        return self.cell is PLAIN_CELL or self.name == "dictparams"

    @property
    def source(self) -> str:
        return self.path.read_text(encoding="utf-8")


def _row(array: Any, role: str, *, transposed: bool = False) -> Array:
    """A view in row form; a bias in any of its shapes becomes a vector."""
    array = np.asarray(array)
    if role.startswith("b_"):
        return array.reshape(-1) if array.ndim and array.size == max(array.shape) else array
    return array.T if transposed else array


def _attributes(net: Any, names: Mapping[str, str], *, transposed: bool = False) -> Views:
    return {
        role: _row(getattr(net, name), role, transposed=transposed) for role, name in names.items()
    }


def _items(
    found: Any, names: Mapping[str, Any] | None = None, *, transposed: bool = False
) -> Views:
    return {
        role: _row(found[name], role, transposed=transposed)
        for role, name in (names or {r: r for r in RNN}).items()
    }


def _same(roles: tuple[str, ...]) -> dict[str, str]:
    return {role: role for role in roles}


PLAIN_RNN = partial(_attributes, names=_same(RNN))
PLAIN_CELL = partial(_attributes, names=_same(CELL))
PLAIN_GRADIENTS = partial(_items, names=None)


def _named(*names: str) -> dict[str, str]:
    return dict(zip(RNN, names, strict=True))


def _gates(kinds: str, letters: str, *, pattern: str = "{kind}{letter}") -> dict[str, str]:
    """Attribute names of a cell's arrays; `letters` in the order f, i, c, o."""
    return {
        f"{role}_{gate}": pattern.format(kind=kind, letter=letter)
        for gate, letter in zip(GATES, letters, strict=True)
        for role, kind in zip("WUb", kinds, strict=True)
    }


def _blocks(order: str, W: Array, U: Array, b: Array) -> Views:
    """Views of a cell's fused matrices, row form, gates along the last axis in this order."""
    H = len(U)
    found = {}
    for k, gate in enumerate(order):
        part = slice(k * H, (k + 1) * H)
        found |= {f"W_{gate}": W[:, part], f"U_{gate}": U[:, part], f"b_{gate}": b[part]}
    return found


def _fused_cell(cell: Any) -> Views:
    I = len(cell.W) - cell.W.shape[1] // len(GATES)  # noqa: E741  # sizes as in the equations
    return _blocks("fioc", cell.W[:I], cell.W[I:], cell.b)


def _torch_cell(cell: Any) -> Views:
    return _blocks("ifco", cell.weight_ih.T, cell.weight_hh.T, cell.bias)


def _karpathy_cell(cell: Any) -> Views:
    W = cell.WLSTM
    I = len(W) - 1 - W.shape[1] // len(GATES)  # noqa: E741  # as above
    return _blocks("ifoc", W[1 : 1 + I], W[1 + I :], W[0])


def _einsum_cell(cell: Any) -> Views:
    return {
        f"{kind}_{gate}": getattr(cell, kind)[k] for k, gate in enumerate(GATES) for kind in "WUb"
    }


def _hx_cell(cell: Any) -> Views:
    n = cell.w.shape[1] // len(GATES)
    return _blocks("ifoc", cell.w[n:], cell.w[:n], cell.b.reshape(-1))


def _hx_rnn(net: Any) -> Views:
    n = net.nh
    return {
        "W_xh": net.cell_w[n:],
        "W_hh": net.cell_w[:n],
        "b_h": net.cell_b.reshape(-1),
        "W_hy": net.head_w,
        "b_y": net.head_b.reshape(-1),
    }


def _hx_gradients(found: Any) -> Views:
    w = found["cell"]["w"]
    n = w.shape[1]
    return {
        "W_xh": w[n:],
        "W_hh": w[:n],
        "b_h": found["cell"]["b"].reshape(-1),
        "W_hy": found["head"]["w"],
        "b_y": found["head"]["b"].reshape(-1),
    }


def _column_cell(cell: Any) -> Views:
    found: Views = {}
    for gate, letter in zip(GATES, "fugo", strict=True):
        W = getattr(cell, f"W{letter}").T
        found |= {
            f"W_{gate}": W[W.shape[1] :],
            f"U_{gate}": W[: W.shape[1]],
            f"b_{gate}": getattr(cell, f"b{letter}").reshape(-1),
        }
    return found


def _own(
    name: str, rnn: Any = PLAIN_RNN, gradients: Any = PLAIN_GRADIENTS, cell: Any = PLAIN_CELL
) -> Base:
    return Base(name, STRANGERS / name / "rnn.py", rnn, gradients, cell)


def _turned(*names: str) -> tuple[Any, Any]:
    """Reader of attributes and of returned gradients, both in column form."""
    table = _named(*names)
    return (
        partial(_attributes, names=table, transposed=True),
        partial(_items, names=table, transposed=True),
    )


KERAS = _named("kernel", "recurrent_kernel", "bias", "dense_kernel", "dense_bias")
LONG = {"W": "kernel_", "U": "recurrent_kernel_", "b": "bias_"}

ALL: tuple[Base, ...] = (
    _own("assistant"),
    _own("batchfirst", partial(_attributes, names=KERAS), cell=partial(
        _attributes, names={f"{kind}_{gate}": LONG[kind] + gate for gate in GATES for kind in "WUb"})),
    _own("chinese"),
    _own("columns", *_turned("U", "W", "b", "V", "c"), cell=partial(
        _attributes, names=_gates("WUb", "figo"), transposed=True)),
    _own("dictparams", lambda net: _items(net.params), cell=lambda cell: _items(cell.params, _same(CELL))),
    _own("double"),
    _own("einsum", cell=_einsum_cell),
    _own("functional", lambda net: _attributes(net.theta, _same(RNN))),
    _own("fused", cell=_fused_cell),
    _own("golf"),
    _own("javaish"),
    _own("karpathy", *_turned("Wxh", "Whh", "bh", "Why", "by"), cell=_karpathy_cell),
    _own("layers"),
    _own("matlabish", *_turned("Wx", "Wh", "bh", "Wy", "by"), cell=partial(
        _attributes, names=_gates("WRb", "fico"), transposed=True)),
    _own("notebookish"),
    _own("onesample"),
    _own("precomputed"),
    _own("recursive"),
    _own("tape"),
    _own("torchish", *_turned("weight_ih", "weight_hh", "bias_h", "fc_weight", "fc_bias"), cell=_torch_cell),
    Base("row", BASES / "row.py", PLAIN_RNN, partial(_items, names={r: f"d{r}" for r in RNN}), PLAIN_CELL),
    Base("column", BASES / "column.py",
         lambda net: _items(net.p, _named("Wx", "Wh", "bh", "Wy", "by"), transposed=True),
         partial(_items, names=dict(zip(RNN, range(5), strict=True)), transposed=True), _column_cell),
    Base("joined", BASES / "fused.py", _hx_rnn, _hx_gradients, _hx_cell),
)  # fmt: skip
