"""Which of several files sent together is the newer: what their names say of it.

`rnn_v2.py`, `rnn(1).py`, `rnn最新版.py`, `rnn_final.py` are versions of `rnn.py`; `rnn_old.py` is one
that was left behind. `rnn - 副本.py`, as a file manager names a copy, may be either: somebody went on
in it, or kept it in case.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from grader.intake.identity import stamps
from grader.intake.reading.filenames import COPY_WORDS, normalise

_DIGITS = {mark: value for value, mark in enumerate("零一二三四五六七八九十")}
_N = r"(?P<n>\d{1,3}(?:\.\d{1,2})?|[一二三四五六七八九十])"
_GAP = r"[-_.\s]*"
# One mark at the end of a stem, or at its beginning, with what it counts for.
_OLD = (
    r"old|旧版?本?|旧的?|备份|backup|bak|原版|原来的?|原始版?|初稿|草稿|draft|废弃?|作废|deprecated"
)
_LAST = (
    r"(?:最终|最后|终|正式|定|final(?:ly)?|last)(?:版本?|稿|提交|修改|version|ver|v)?"
    r"|终稿|定稿|打死不改"
)
_NEWEST = r"(?:最新|latest|newest)(?:版本?|稿|的)?"
_NEW = (
    r"(?:新|改|修改|修订|修正|更正|更新|重交|重发|补交|补充|订正|new|fix(?:ed)?|revised?|rev"
    r"|updated?|modified|corrected|resubmit(?:ted)?)(?:后|版本?|稿|过|的)?"
)
_MARKS = (
    ("old", re.compile(rf"{_GAP}(?:{_OLD}){_N}?$", re.IGNORECASE)),
    ("last", re.compile(rf"{_GAP}(?:{_LAST}){_GAP}{_N}?$", re.IGNORECASE)),
    ("newest", re.compile(rf"{_GAP}(?:{_NEWEST}){_GAP}{_N}?$", re.IGNORECASE)),
    ("new", re.compile(rf"{_GAP}(?:{_NEW}){_GAP}{_N}?$", re.IGNORECASE)),
    ("number", re.compile(rf"{_GAP}\bv(?:er(?:sion)?)?\.?{_GAP}{_N}$", re.IGNORECASE)),
    ("number", re.compile(rf"(?<=[^\W\d_])v{_N}$", re.IGNORECASE)),
    ("number", re.compile(rf"{_GAP}_v(?:er(?:sion)?)?\.?{_GAP}{_N}$", re.IGNORECASE)),
    ("number", re.compile(rf"{_GAP}(?:第{_N}(?:版|稿|次提交|次修改|次))$")),
    ("number", re.compile(rf"{_GAP}{_N}(?:稿|版)$")),
    ("spare", re.compile(rf"{_GAP}的?(?:{COPY_WORDS}|(?<=[-_\s])copy){_GAP}\(?{_N}?\)?$", re.IGNORECASE)),
    ("copy", re.compile(rf"\s*[(\[]{_N}[)\]]$")),
    ("copy", re.compile(r"(?<=[^\W_])[-_](?P<n>\d{1,2})$")),
    ("copy", re.compile(r"(?<=[a-z])(?P<n>\d)$", re.IGNORECASE)),
    ("copy", re.compile(r"(?<=\S) (?P<n>[2-9])$")),  # as macOS names copies
)  # fmt: skip
_FIRST = (
    ("old", re.compile(rf"^(?:{_OLD}){_GAP}", re.IGNORECASE)),
    ("last", re.compile(rf"^(?:{_LAST}){_GAP}", re.IGNORECASE)),
    ("newest", re.compile(rf"^(?:{_NEWEST}){_GAP}", re.IGNORECASE)),
    ("new", re.compile(r"^(?:新建?|修改后?|new|fixed|revised|updated)(?:的|版)?[-_.\s]+", re.IGNORECASE)),
    ("spare", re.compile(rf"^(?:copy(?:\s*\(\d+\))? of|{COPY_WORDS}){_GAP}", re.IGNORECASE)),
)  # fmt: skip
_ORDER = ("last", "newest", "number", "new", "copy")


@dataclass(frozen=True, slots=True)
class Version:
    """A name without its marks, and what the marks say."""

    base: str
    rank: tuple[float, ...]  # greater is newer
    spare: float = 0.0  # which copy beside the original, from 1; 0 where it is none

    @property
    def order(self) -> tuple[tuple[float, ...], float]:
        """To sort by; of copies the last, though it need not be the newest."""
        return self.rank, self.spare

    @property
    def is_marked(self) -> bool:
        return bool(self.spare) or any(self.rank)


def version_of(stem: str) -> Version:
    """What the name says of its place among the versions of one file."""
    text = normalise(stem)
    stamp = stamps.latest(text)
    text = stamps.without(text)
    counts: dict[str, float] = {}
    while found := _one_mark(text):
        kind, number, text = found
        counts[kind] = max(counts.get(kind, 0.0), number)
    rank = tuple(counts.get(kind, 0.0) for kind in _ORDER)
    rank = (-counts.get("old", 0.0), *rank, float(stamp or 0))
    return Version(text.casefold(), rank, counts.get("spare", 0.0))


def is_version(clue: str) -> bool:
    """Whether a folder's name is nothing but a version."""
    version = version_of(clue)
    return not version.base and version.is_marked


def _one_mark(text: str) -> tuple[str, float, str] | None:
    """A mark's kind, its number (1 where it has none), and the text without it."""
    for kind, pattern in (*_MARKS, *_FIRST):
        if found := pattern.search(text):
            rest = (text[: found.start()] + text[found.end() :]).strip(" -_.")
            return kind, _number(found.groupdict().get("n")), rest
    return None


def _number(text: str | None) -> float:
    if not text:
        return 1.0
    return float(_DIGITS[text]) if text in _DIGITS else float(text)
