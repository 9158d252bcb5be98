"""Pictures beside a report become part of it, so that one file is the whole report."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote

from grader.written import report_images

# Photos of handwriting come from phones with 5 to 12 MB; beyond this they are made smaller.
SMALL_ENOUGH = 1_000_000
LONGEST_SIDE = 2_000  # pixels; an A4 page of handwriting stays readable
# Markdown pages show these as embedded data; everything else is turned into PNG.
EMBEDDABLE = ("image/png", "image/jpeg", "image/gif", "image/webp")

TARGETS = (
    re.compile(
        r"(?P<before>!\[[^\]\n]{0,300}\]\(\s*)<?(?P<target>[^()<>\n]{1,500}?)>?(?P<after>\s*(?:[\"'][^\"'\n]{0,200}[\"']\s*)?\))"
    ),
    re.compile(
        r"(?P<before><img\b[^<>]{0,500}?\bsrc\s*=\s*[\"'])(?P<target>[^\"'<>\n]{1,500})(?P<after>[\"'])",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?P<before>^ {0,3}\[[^\]\n]{1,100}\]:\s*)<?(?P<target>[^<>\s]{1,500})>?(?P<after>)",
        re.MULTILINE,
    ),
)

Opener = Callable[[str], bytes | None]


@dataclass(frozen=True, slots=True)
class Inlined:
    """The report with its pictures inside."""

    report: str
    embedded: tuple[str, ...]  # targets that were found and are inside now
    broken: tuple[str, ...]  # targets that were found and are no picture
    drawings: tuple[str, ...] = ()  # targets that are SVG, which the scoring page does not show


def inline(report: str, read: Opener) -> Inlined:
    """Replace each target that `read` knows (None for those it does not) by its data."""
    embedded: list[str] = []
    broken: list[str] = []
    drawings: list[str] = []

    def replaced(found: re.Match[str]) -> str:
        target = found["target"].strip()
        data = None if is_remote(target) else read(local_path(target))
        if target.startswith(f"data:{report_images.SVG}"):
            drawings.append(target)
        if data is None:
            return found.group()
        uri = embeddable(data)
        unfit = drawings if report_images.mime_type(data) == report_images.SVG else broken
        (embedded if uri else unfit).append(target)
        return f"{found['before']}{uri}{found['after']}" if uri else found.group()

    for pattern in TARGETS:
        report = pattern.sub(replaced, report)
    return Inlined(report, tuple(embedded), tuple(broken), tuple(drawings))


def is_remote(target: str) -> bool:
    return target.lower().startswith(("http://", "https://", "//", "data:"))


def local_path(target: str) -> str:
    r"""The path that a target means: `%20` is a blank, `img\a.png` is `img/a.png`."""
    path = unquote(target.removeprefix("file://"))
    return path.replace("\\", "/")


def embeddable(picture: bytes) -> str:
    """A data URI of the picture, made smaller where it is large; "" where it does not open."""
    kind = report_images.raster_type(picture)
    if kind is None:
        return ""
    if len(picture) <= SMALL_ENOUGH and kind in EMBEDDABLE:
        return report_images.as_data_uri(picture, kind)
    return _smaller(picture)


def _smaller(picture: bytes) -> str:
    # Decoding happens on the student's own machine, on the student's own picture.
    from PIL import Image, ImageOps  # noqa: PLC0415

    try:
        with Image.open(io.BytesIO(picture)) as image:
            upright = ImageOps.exif_transpose(image).convert("RGBA")
    except (OSError, ValueError):
        return ""
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    paper = Image.new("RGB", upright.size, "white")  # JPEG has no transparency
    paper.paste(upright, mask=upright)
    out = io.BytesIO()
    paper.save(out, "JPEG", quality=85)
    return report_images.as_data_uri(out.getvalue(), "image/jpeg")
