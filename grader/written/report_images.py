"""Whether a picture of a report opens, and as what.

Only headers and checksums are read (Pillow's `verify`), by a short list of formats: no decoder
ever sees what a student sent.
"""

from __future__ import annotations

import base64
import binascii
import io
import warnings
from urllib.parse import unquote_to_bytes

FORMATS = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "GIF": "image/gif",
    "WEBP": "image/webp",
    "BMP": "image/bmp",
}
MOST_BYTES = 8 * 1024 * 1024
# A tracking pixel or a bullet is no figure.
LEAST_PIXELS = 32
SVG = "image/svg+xml"


def mime_type(picture: bytes) -> str | None:
    """The picture's type by its content; None where it does not open, is huge or tiny."""
    if len(picture) > MOST_BYTES:
        return None
    return SVG if _is_svg(picture) else raster_type(picture)


def from_data_uri(uri: str) -> bytes:
    """The bytes of `data:image/png;base64,...`; empty where they cannot be decoded."""
    _, _, payload = uri.partition(",")
    if len(payload) > MOST_BYTES * 2:
        return b""
    try:
        return base64.b64decode(unquote_to_bytes(payload), validate=True)
    except (binascii.Error, ValueError):
        return b""


def as_data_uri(picture: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(picture).decode('ascii')}"


def raster_type(picture: bytes) -> str | None:
    """The type of a picture made of pixels; None where it is none, or tiny."""
    from PIL import Image  # noqa: PLC0415  # for readers of reports only

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a decompression bomb announces itself by a warning
            with Image.open(io.BytesIO(picture), formats=tuple(FORMATS)) as image:
                kind, size = str(image.format), image.size
                image.verify()
    except Exception:  # noqa: BLE001  # broken files make Pillow raise nearly anything
        return None
    return FORMATS.get(kind) if min(size) >= LEAST_PIXELS else None


def _is_svg(picture: bytes) -> bool:
    head, tail = picture[:2000].lower(), picture[-200:].lower()
    return b"<svg" in head and b"</svg>" in tail
