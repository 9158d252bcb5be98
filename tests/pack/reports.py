"""The model answers as a student would send them: their figures saved as PNG beside them."""

from __future__ import annotations

import io
import re
from pathlib import Path

from PIL import Image

from tests import ROOT


def png(width: int = 64, height: int = 64) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "steelblue").save(out, "PNG")
    return out.getvalue()


def model_report(folder: Path) -> str:
    """The model answers' text; the pictures that it shows are put into `folder`."""
    text = (ROOT / "solutions" / "report.md").read_text(encoding="utf-8")
    text, count = re.subn(r"\((figures/[\w-]+)\.svg\)", r"(\1.png)", text)
    assert count
    for name in re.findall(r"\((figures/[\w-]+\.png)\)", text):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(png())
    return text
