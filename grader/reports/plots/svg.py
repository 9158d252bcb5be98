"""A matplotlib figure as SVG that may stand inside a page.

What comes out of matplotlib is rebuilt from a list of allowed elements and attributes: no style
attribute (the page's content policy forbids them), no metadata, no date, no comment (they would
repeat a student's labels), ids made unique for the page. Text is drawn as paths, so it looks the
same on every machine; ink is `currentColor`, so that it follows light and dark.
"""

from __future__ import annotations

import io
import re
from contextlib import AbstractContextManager
from typing import Any
from xml.etree import ElementTree as ET

from matplotlib import rc_context
from matplotlib.figure import Figure

from grader.reports.plots.fonts import families

INK = "#010203"  # stands for the page's text colour; no palette has it
SVG = "http://www.w3.org/2000/svg"
XLINK = "{http://www.w3.org/1999/xlink}href"

ELEMENTS = frozenset(["svg", "g", "path", "defs", "use", "clipPath", "rect"])
GEOMETRY = frozenset(["d", "x", "y", "width", "height", "viewBox", "transform", "id", "clip-path"])
PAINT = frozenset(
    [
        "fill",
        "fill-opacity",
        "fill-rule",
        "opacity",
        "stroke",
        "stroke-dasharray",
        "stroke-dashoffset",
        "stroke-linecap",
        "stroke-linejoin",
        "stroke-opacity",
        "stroke-width",
    ]
)
LONG_NUMBER = re.compile(r"(\d+\.\d\d)\d+")

SETTINGS: dict[str, Any] = {
    "svg.fonttype": "path",
    "svg.hashsalt": "ml-6",
    "text.parse_math": False,  # a student's label may hold a "$"
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.alpha": 0.16,
    "grid.linewidth": 0.8,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "xtick.minor.size": 0,
    "ytick.minor.size": 0,
    "legend.frameon": False,
    "axes.unicode_minus": False,
    **dict.fromkeys(["text.color", "axes.labelcolor", "axes.edgecolor", "grid.color"], INK),
    **dict.fromkeys(["xtick.color", "ytick.color"], INK),
}


def settings() -> AbstractContextManager[None]:
    """Give every plot the same look; to be entered around drawing and writing."""
    rc: Any = {**SETTINGS, "font.family": list(families())}
    return rc_context(rc)


def to_svg(figure: Figure, key: str, label: str) -> str:
    """Write `figure` as an `<svg>` element for a page; `key` is unique there, `label` is read out.

    The same figure gives the same bytes.
    """
    out = io.BytesIO()
    figure.savefig(out, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    root = _rebuild(ET.fromstring(out.getvalue()), key)  # noqa: S314 -- written a line above by us
    for size in ("width", "height"):
        root.attrib.pop(size, None)
    root.attrib.update({"xmlns": SVG, "class": "plot", "role": "img", "aria-label": label})
    return ET.tostring(root, encoding="unicode")


def _rebuild(element: ET.Element, key: str) -> ET.Element:
    copy = ET.Element(element.tag.rpartition("}")[2], _attributes(element, key))
    for child in element:
        if child.tag.rpartition("}")[2] in ELEMENTS and "metadata" not in child.tag:
            copy.append(_rebuild(child, key))
    return copy


def _attributes(element: ET.Element, key: str) -> dict[str, str]:
    """Keep geometry and paint; unfold `style`; point references at this figure's own ids."""
    kept = {name: value for name, value in element.attrib.items() if name in GEOMETRY | PAINT}
    for declaration in element.attrib.get("style", "").split(";"):
        name, _, value = (part.strip() for part in declaration.partition(":"))
        if name in PAINT:
            kept[name] = value
    if "id" in kept:
        kept["id"] = f"{key}-{kept['id']}"
    if element.attrib.get(XLINK, "").startswith("#"):
        kept["href"] = f"#{key}-{element.attrib[XLINK][1:]}"
    if "clip-path" in kept:
        kept["clip-path"] = kept["clip-path"].replace("url(#", f"url(#{key}-")
    if "d" in kept:
        kept["d"] = LONG_NUMBER.sub(r"\1", kept["d"])
    return {name: value.replace(INK, "currentColor") for name, value in kept.items()}
