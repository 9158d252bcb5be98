"""Pictures of a report: those that it links and came, photos that lay beside it, and broken links."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import PurePosixPath
from urllib.parse import unquote

from grader.intake.reading.arrivals import Arrival
from grader.intake.reading.kinds import KIND_OF
from grader.language import Message, say
from grader.records import ReportPicture

_LINKS = re.compile(
    r"!\[[^\]]{0,500}\]\(\s*(?:<(?P<angle>[^>\n]{1,500})>|(?P<plain>[^)\n]{1,500}?))(?:\s+[\"'(][^\n]{0,200}?[\"')])?\s*\)"
    r"|<img\b[^>]{0,500}?\bsrc\s*=\s*[\"']?(?P<html>[^\"'>\n]{1,500})"
    r"|!\[\[(?P<wiki>[^\]|\n]{1,300})(?:\|[^\]\n]{0,100})?\]\]"
    r"|^\s{0,3}\[[^\]\n]{1,100}\]:\s*<?(?P<reference>[^\s>]{1,500})",
    re.IGNORECASE | re.MULTILINE,
)
# What shows nothing: comments, as the template's, and code.
_UNSEEN = re.compile(
    r"<!--.*?(?:-->|\Z)|^ {0,3}(?P<fence>`{3,}+|~{3,}+).*?(?:^ {0,3}(?P=fence)|\Z)|(?<!`)(?P<ticks>`++)[^`\n]++(?P=ticks)",
    re.DOTALL | re.MULTILINE,
)
_MARKS = ("![", "]:", "<i", "<I")  # one stands in every link; most reports have none
_MOST_LINKS = 500


@dataclass(frozen=True, slots=True)
class Album:
    """A report's pictures, what to say of them, and the links that lead nowhere."""

    pictures: tuple[ReportPicture, ...]
    broken: tuple[str, ...]

    @property
    def notes(self) -> tuple[Message, ...]:
        notes = []
        if self.pictures:
            notes.append(say("Pictures with the report: {count}.", count=len(self.pictures)))
        if self.broken:
            names = tuple(self.broken[:5])
            notes.append(say("The report shows pictures that did not come: {names}.", names=names))
        return tuple(notes)


def album(report: Arrival | None, files: Sequence[Arrival]) -> Album:
    """The pictures of one student's report; `files` are all that came with it."""
    came = [one for one in files if one.role == "picture"]
    links = [_last_part(link) for link in _links(report.report or "")] if report else []
    names = {one.name.casefold() for one in came}
    pictures = tuple(
        ReportPicture(
            one.path, one.sha256, one.size, linked=one.name.casefold() in map(str.casefold, links)
        )
        for one in {one.sha256: one for one in reversed(came)}.values()
    )
    broken = tuple(dict.fromkeys(link for link in links if link.casefold() not in names))
    return Album(tuple(sorted(pictures, key=lambda one: one.name)), broken)


@lru_cache(maxsize=1 << 12)  # asked for the choice and for what is said of it
def _links(text: str) -> tuple[str, ...]:
    """Local paths that a report shows pictures from. Pictures inside the text need no file."""
    if not any(mark in text for mark in _MARKS):
        return ()
    found = islice(_LINKS.finditer(_UNSEEN.sub(" ", text)), _MOST_LINKS)
    return tuple(filter(None, map(_local, found)))


def _local(found: re.Match[str]) -> str:
    """The path that a link names; "" where it needs no file or is no picture."""
    link = str(next(filter(None, found.groups())))
    if re.match(r"(?:https?:|data:|//)", link, re.IGNORECASE):
        return ""
    is_picture = KIND_OF.get(PurePosixPath(link).suffix.lower()) == "picture"
    return link if is_picture or found["reference"] is None else ""


def _last_part(link: str) -> str:
    """The name at the end of any system's path, percent-encoded or not."""
    path = unquote(re.sub(r"[?#].*$", "", link)).replace("\\", "/")
    return path.rstrip("/").rsplit("/", 1)[-1].strip()
