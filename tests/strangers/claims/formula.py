"""Read a formula as a diagnosis writes it: "1 - h_t^2", "s(z_t) * (1 - s(z_t))", "W_hh.T"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from tests.strangers.bases import Array

FUNCTIONS = {
    "tanh": np.tanh, "sin": np.sin, "exp": np.exp, "cos": np.cos, "sinh": np.sinh, "cosh": np.cosh, "abs": np.abs, "arctan": np.arctan,
    "s": lambda z: 0.5 + 0.5 * np.tanh(z / 2), "sigmoid": lambda z: 0.5 + 0.5 * np.tanh(z / 2),
    "relu": lambda z: np.maximum(z, 0.0), "ReLU": lambda z: np.maximum(z, 0.0),
    "softmax": lambda z: np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True),
    "identity": lambda z: z, "softsign": lambda z: z / (1 + np.abs(z)),
}  # fmt: skip


def value(text: str, names: Mapping[str, Any]) -> Array | None:
    """The number or array that a formula means; None where it cannot be read."""
    code = text.replace("^", "**").replace("⊙", "*")
    code = re.sub(r"\|([^|]+)\|", r"abs(\1)", code)
    code = re.sub(
        r"(\w)_\((t)([+-])1\)", lambda m: f"{m[1]}_{'next' if m[3] == '+' else 'before'}", code
    )
    try:
        found = eval(code, {"__builtins__": {}}, {**FUNCTIONS, **names})
    except Exception:  # noqa: BLE001  # not a formula
        return None
    return np.asarray(found, dtype=float)
