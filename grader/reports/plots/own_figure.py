"""A student's own figure, made safe to show: decoded, measured, drawn anew.

The bytes come from a worker that ran the student's code, so they may be no PNG at all, a
decompression bomb, or carry text and profiles besides the picture. What a page shows is a fresh
PNG of the pixels alone.
"""

from __future__ import annotations

import base64
import io
import warnings

from PIL import Image, UnidentifiedImageError

MOST_BYTES = 8 * 2**20
MOST_PIXELS = 12_000_000
LARGEST_SIDE = 1400  # pixels shown; more only makes the page heavy


def data_uri(png: bytes) -> str | None:
    """Give the picture as a data URI; None where it is no PNG, or too large to be looked at."""
    picture = decode(png)
    if picture is None:
        return None
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=6)
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode("ascii")


def decode(png: bytes) -> Image.Image | None:
    """Decode to at most `LARGEST_SIDE` pixels a side, RGB, on white, without any metadata."""
    if not 0 < len(png) <= MOST_BYTES:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(png), formats=["PNG"]) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    return None
                return _flatten(opened)
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
        OSError,
        SyntaxError,  # Pillow's own word for a broken PNG chunk
        ValueError,
        MemoryError,
    ):
        return None


def _flatten(opened: Image.Image) -> Image.Image:
    rgba = opened.convert("RGBA")
    rgba.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    flat = Image.new("RGB", rgba.size, "white")
    flat.paste(rgba, mask=rgba.getchannel("A"))
    return flat
