"""Pictures by what they show, so that a file saved anew, scaled or recompressed is still the same.

Plots of one layout are alike but for a thin line, which the usual 64 bits of a perceptual hash do
not see: a difference hash put figures of other data nearer than one figure scaled by two thirds
(docs/similarity.md). So a picture is its mean grey in 48 by 48 tiles, and two are the same where no
tile differs by much. Files of the very same bytes are found by their hash alone.
"""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SIDE = 48
SAME = 18  # of 255 levels of grey, in the tile that differs most; measured in docs/similarity.md
LEAST_INK = 1.0  # standard deviation of the tiles; less: a blank page
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
MOST_BYTES = 16 * 2**20
MOST_PIXELS = 40_000_000

Tiles = NDArray[np.int16]


def of_file(path: Path) -> Tiles | None:
    """The picture's tiles (SIDE, SIDE); None where it cannot be opened, or shows hardly anything."""
    try:
        return of_bytes(path.read_bytes()) if path.stat().st_size <= MOST_BYTES else None
    except OSError:
        return None


def of_bytes(data: bytes) -> Tiles | None:
    from PIL import Image  # noqa: PLC0415  # for `similar` only

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # measured below
            with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    return None
                opened.draft("L", (8 * SIDE, 8 * SIDE))  # JPEG: decode small at once
                grey = opened.convert("RGBA")
                flat = Image.new("RGBA", grey.size, "white")
                flat.alpha_composite(grey)
                small = flat.convert("L").resize((SIDE, SIDE), Image.Resampling.BOX)
    except Exception:  # noqa: BLE001  # broken files make Pillow raise nearly anything
        return None
    tiles: Tiles = np.asarray(small, dtype=np.int16)
    return tiles if tiles.std() >= LEAST_INK else None


def same(one: Tiles, others: NDArray[np.int16]) -> NDArray[np.bool_]:
    """Which of the others (N, SIDE, SIDE) show the same: (N,)."""
    apart: NDArray[np.int16] = np.abs(others - one).max(axis=(1, 2))
    return apart <= SAME
