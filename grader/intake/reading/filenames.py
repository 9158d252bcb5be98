"""Names of files as text: normalised, cut into stem and suffix, made fit to show or to store."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from pathlib import PurePosixPath

_DASHES = (
    dict.fromkeys(map(ord, "‐‑‒–—―−─━ー﹘﹣"), "-")
    | {ord("。"): "."}
    | dict.fromkeys(map(ord, "・•‧∙⋅"), "·")
)
LONGEST = 300  # characters of a clue to a name that are looked at
COPY_WORDS = "副本|复件|複本|复制|複製|拷贝|拷貝|コピ[-ー]"
COPIES = re.compile(
    rf"(?:\s*[-_ ]?\s*的?(?:{COPY_WORDS}|(?<=[-_ ])copy)(?:\s*\(?(?P<nth>\d{{1,3}})\)?)?|\s*[(\[](?P<n>\d{{1,3}})[)\]])$",
    re.IGNORECASE,
)
COPY_OF = re.compile(rf"^(?:copy of|{COPY_WORDS})\s*[-_ ]*\s*", re.IGNORECASE)
# What a file is called while it is on its way: by browsers, Baidu's and Xunlei's clients, iCloud.
_ON_ITS_WAY = re.compile(
    r"(?:\.baiduyun(?:\.p)?)?\.(?:downloading|crdownload|opdownload|part|partial|filepart|xltd|td|icloud)$",
    re.IGNORECASE,
)
_QUOTED_COPY = re.compile(rf"[“\"](.+)[”\"]的(?:{COPY_WORDS})")  # as Drive in Chinese names one


def normalise(text: str) -> str:
    """NFKC, one kind of dash and of blank, nothing invisible."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_DASHES)
    if not text.isprintable():  # looking at every mark is slow, and names seldom hide any
        text = "".join(
            mark for mark in text if unicodedata.category(mark) not in ("Cf", "Cs", "Cn")
        )
    return re.sub(r"\s+", " ", text).strip()


def is_placeholder(name: str) -> bool:
    """Whether it is what macOS leaves of a file that is in iCloud only: .NAME.icloud."""
    return name.startswith(".") and name.casefold().endswith(".icloud")


def split_suffix(name: str, known: Callable[[str], bool]) -> tuple[str, str]:
    """Stem and lower-case suffix of a file name, through copy marks and doubled suffixes.

    `x.py(1)` and `x.py.txt` (Windows hides the second) are Python files; `known` says which
    suffixes are worth looking for.
    """
    whole = _QUOTED_COPY.sub(r"\1", normalise(name)).replace("/", "_")
    whole = _ON_ITS_WAY.sub("", whole)
    path = PurePosixPath((whole[1:] if is_placeholder(name) else whole).rstrip(". "))
    outer = COPIES.sub("", path.name)
    if not known(path.suffix.lower()) and known(PurePosixPath(outer).suffix.lower()):
        path = PurePosixPath(outer)
    inner = PurePosixPath(path.stem.rstrip())
    browsers = ".json" if inner.suffix.lower() == ".ipynb" else ".download"
    hiding = (".txt", ".bin", ".dat", ".download", browsers, inner.suffix.lower())
    if path.suffix.lower() in hiding and known(inner.suffix.lower()):
        return inner.stem.rstrip(), inner.suffix.lower()
    return path.stem.rstrip(), path.suffix.lower()


def copy_number(name: str) -> int:
    """0 for an original, n for `name(n)`, 1 for a copy without a number."""
    stem = PurePosixPath(normalise(name)).stem
    for text in (normalise(name), stem):
        if found := COPIES.search(text):
            return int(found["nth"] or found["n"] or 1)
    return 1 if COPY_OF.match(stem) else 0


def clean_path(text: str) -> str:
    """A name fit to be shown and stored: no control or direction marks, no way up or out."""
    text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    marks = (
        "\ufffd" if unicodedata.category(mark) in ("Cc", "Cf", "Cs", "Zl", "Zp") else mark
        for mark in unicodedata.normalize("NFC", text)
    )
    parts = re.split(r"[/\\]+", "".join(marks))
    return "/".join(part for part in parts if part not in ("", ".", "..")) or "unnamed"
