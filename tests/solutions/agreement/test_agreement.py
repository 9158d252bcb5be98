"""The optional part's reference agrees with PyTorch, Keras and ONNX Runtime."""

from __future__ import annotations

import pytest

from tests.solutions.agreement import ALLOWED, SEEDS, comparisons, error


def disagreements(framework: str) -> dict[str, float]:
    """What differs by more than rounding, and by how much."""
    found = {
        f"{name}, seed {seed}": error(comparison, seed)
        for name, comparison in comparisons(framework).items()
        for seed in SEEDS
    }
    assert found
    return {name: each for name, each in found.items() if not each <= ALLOWED[framework]}


@pytest.mark.needs("torch")
def test_pytorch_agrees_in_float64() -> None:
    assert disagreements("torch") == {}


@pytest.mark.slow
@pytest.mark.needs("torch", "keras")
def test_keras_agrees_in_float32() -> None:
    assert disagreements("keras") == {}


@pytest.mark.needs("onnxruntime")
def test_onnx_runtime_agrees_in_float32() -> None:
    assert disagreements("onnxruntime") == {}
