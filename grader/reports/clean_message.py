"""Text that students chose, made harmless for a terminal and a page; numbers as people write them.

Names, exceptions and printed output may carry terminal escapes, bidirectional overrides, stacked
accents or a megabyte of one line. `clean` is the only door through which they come out again.
HTML needs escaping besides: the templates do that.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

from grader.language import Message, render

ELLIPSIS = "…"
# A text is cut before it is looked at, so that a hostile megabyte costs nothing.
DEFAULT_LIMIT = 2_000
# Legitimate scripts stack two marks on a letter (Vietnamese decomposed); more only hides text.
MARKS_IN_A_ROW = 2

ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor
    r"|\x1b[\]PX^_][\s\S]*?(?:\x07|\x1b\\|$)"  # OSC, DCS, SOS, PM, APC: titles, links, clipboard
    r"|\x1b[ -/]*[0-~]?"  # all others, and a lone escape
    r"|\x9b[0-?]*[ -/]*[@-~]"  # CSI in one byte
    r"|[\x90\x98\x9d-\x9f][\s\S]*?(?:\x07|\x9c|$)"  # OSC and friends in one byte
)
NEW_LINES = re.compile(r"\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


def clean(text: str, limit: int = DEFAULT_LIMIT) -> str:
    """Take out of `text` all that moves, colours, hides or reorders; at most `limit` characters.

    Line feeds stay; other line ends become one, tabs and wide spaces become spaces. Control,
    format (bidirectional, zero width), private, unassigned and surrogate characters go.
    """
    text = text[: limit * 4]
    if text.isascii() and text.isprintable():  # as most are: nothing in it is to be taken out
        return shorten(text.strip(), limit)
    plain = NEW_LINES.sub("\n", ESCAPES.sub("", text))
    kept: list[str] = []
    marks = 0
    for character in plain.replace("\t", "    "):
        if unicodedata.category(character) in ("Mn", "Me"):
            marks += 1
            if marks <= MARKS_IN_A_ROW and kept:
                kept.append(character)
            continue
        marks = 0
        if character.isprintable() or character == "\n":
            kept.append(character)
        elif character.isspace():
            kept.append(" ")
    return shorten("".join(kept).strip(), limit)


def one_line(text: str, limit: int = 80) -> str:
    """`clean`, in one line: for names, titles and table cells."""
    return shorten(" ".join(clean(text, limit * 2).split()), limit)


def shorten(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + ELLIPSIS


def words(message: Message | None, language: str, limit: int = DEFAULT_LIMIT) -> str:
    """Render a message in the reader's language, cleaned: its values may be a student's.

    A text whose fields do not fit costs itself, not the report of a class: it is shown unfilled.
    """
    if message is None:
        return ""
    try:
        return clean(render(message, language), limit)
    except (LookupError, ValueError, AttributeError):
        return clean(message.text, limit)


def points(value: float) -> str:
    """8, 7.5, 6.67: at most two decimals, none without need."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def moment(iso: str) -> str:
    """Write an ISO 8601 time to the minute, with its offset: "2024-11-20 21:15+08:00"."""
    try:
        return datetime.fromisoformat(iso).isoformat(" ", "minutes")
    except ValueError:
        return one_line(iso, 40)


def percent(share: float) -> str:
    return f"{100 * share:.0f} %"
