"""Figures as students draw them: one frame, other curves; and the same file saved anew."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
from PIL import Image


def plot(seed: int) -> bytes:
    """A loss curve: the same frame, another line."""
    from matplotlib.figure import Figure

    rng = np.random.default_rng(seed)
    figure = Figure(figsize=(6, 4))
    axes = figure.subplots()
    axes.plot(np.exp(-np.arange(200) / rng.uniform(15, 60)) + 0.05 * rng.random(200))
    axes.set(title="loss", xlabel="epoch")
    out = io.BytesIO()
    figure.savefig(out, format="png")
    return out.getvalue()


def saved_anew(data: bytes) -> bytes:
    return next(copies_of(data))


def copies_of(data: bytes) -> Iterator[bytes]:
    """Smaller as JPEG, larger as JPEG, and as it is in a low quality."""
    with Image.open(io.BytesIO(data)) as image:
        rgb = image.convert("RGB")
    width, height = rgb.size
    for share, quality in ((0.75, 70), (1.5, 80), (1.0, 50)):
        out = io.BytesIO()
        rgb.resize((int(width * share), int(height * share))).save(out, "JPEG", quality=quality)
        yield out.getvalue()
