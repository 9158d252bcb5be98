"""Pictures that came with a report, made safe to show: decoded, measured, turned upright, drawn anew.

What the page gets is a fresh file of the pixels alone, of bounded size, whatever came in: a photo of forty
megapixels, a HEIC of a phone, a file that is no picture at all.
"""

from __future__ import annotations

import io
import re
import warnings
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from grader.records import ReportPicture

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "HEIF")
MOST_BYTES = 32 * 2**20
MOST_PIXELS = 120_000_000
LARGEST_SIDE = 2200
DIGEST = re.compile(r"[0-9a-f]{64}")


def shown(path: Path) -> bytes | None:
    """The picture as JPEG; None where it is none, or too large to be looked at."""
    from PIL import Image as images  # noqa: N813, PLC0415  # for the scoring page only
    from PIL import ImageOps  # noqa: PLC0415

    _register()
    try:
        if not 0 < path.stat().st_size <= MOST_BYTES:
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", images.DecompressionBombWarning)  # measured below
            with images.open(path, formats=FORMATS) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    return None
                opened.draft("RGB", (LARGEST_SIDE, LARGEST_SIDE))  # JPEG: decode small at once
                upright = ImageOps.exif_transpose(opened)
                upright.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
                out = io.BytesIO()
                _flat(upright).save(out, "JPEG", quality=85)
                return out.getvalue()
    except Exception:  # noqa: BLE001  # broken files make Pillow raise nearly anything
        return None


def _flat(picture: Image) -> Image:
    from PIL import Image as images  # noqa: N813, PLC0415  # as above

    rgba = picture.convert("RGBA")
    flat = images.new("RGB", rgba.size, "white")
    flat.paste(rgba, mask=rgba.getchannel("A"))
    return flat


@cache
def _register() -> None:
    import pillow_heif  # noqa: PLC0415  # phones' photos, for the scoring page only

    pillow_heif.register_heif_opener()


def by_name(pictures: tuple[ReportPicture, ...], target: str) -> str:
    """The hash of the picture that a report's link means: its last part, in any case; "" for none."""
    wanted = re.split(r"[/\\]", target.split("?", maxsplit=1)[0])[-1].casefold()
    for picture in pictures:
        if re.split(r"[/\\]", picture.name)[-1].casefold() == wanted:
            return picture.sha256
    return ""
