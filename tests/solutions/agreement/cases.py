"""Networks with parameters drawn at random, biases included, and sequences for them."""

from __future__ import annotations

from typing import TypeVar

import numpy as np

Model = TypeVar("Model")


def randomised(model: Model, rng: np.random.Generator) -> Model:
    for value in vars(model).values():
        if isinstance(value, np.ndarray):
            value[...] = rng.standard_normal(value.shape) / np.sqrt(value.shape[-1])
    return model


def sizes(rng: np.random.Generator) -> tuple[int, ...]:
    """T, B, I, H, O."""
    return tuple(int(rng.integers(1, most)) for most in (15, 6, 7, 12, 5))


def stacked(model: object, prefix: str, letters: str) -> np.ndarray:
    """The parameters of these gates side by side: (I, 3H), (H, 3H) or (3H,)."""
    return np.concatenate([getattr(model, f"{prefix}_{letter}") for letter in letters], axis=-1)
