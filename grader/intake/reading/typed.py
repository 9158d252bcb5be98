"""Text that a student typed into a platform's page, which its download holds as HTML."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from grader.language import Message, say

# Moodle: NAME_NUMBER_assignsubmission_onlinetext(_)/onlinetext.html, or all of it in the name.
# Canvas: name_number_text.html.
_MOODLE = re.compile(r"_assignsubmission_onlinetext(?:_|$)")
_CANVAS = re.compile(r"_\d+_text\.html$")
_CANVAS_LINK = re.compile(r"_\d+_link\.html$")
_BREAKS = frozenset(
    [
        "p",
        "div",
        "br",
        "li",
        "tr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "pre",
        "blockquote",
        "table",
        "ul",
        "ol",
        "hr",
        "section",
        "article",
    ]
)
_SILENT = frozenset({"script", "style", "head", "title"})


def is_typed(name: str, folder: str) -> bool:
    """Whether a file of this name in this folder is such a text."""
    return bool(_CANVAS.search(name) or _MOODLE.search(name) or _MOODLE.search(folder))


def is_address(name: str) -> bool:
    """Whether it is Canvas' page for a web address that was handed in."""
    return _CANVAS_LINK.search(name) is not None


def addresses(html: str) -> list[str]:
    """Where its links lead to."""
    return re.findall(
        r"<a\b[^<>]{0,500}?\bhref\s*=\s*[\"']?(https?://[^\"'<>\s]{1,1000})", html, re.IGNORECASE
    )


def typed_program() -> Message:
    return say("The program was typed into the platform's page; it should be a .py file.")


def typed_report() -> Message:
    return say("The report was typed into the platform's page; it should be a .md file.")


def plain_text(html: str) -> str:
    """The words of a page, a line for each block."""
    reader = _Words()
    reader.feed(html)
    reader.close()
    return re.sub(r"\n{3,}", "\n\n", "".join(reader.parts)).strip() + "\n"


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0
        self._as_typed = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        del attrs
        self._silent += tag in _SILENT
        self._as_typed += tag == "pre"
        if tag in _BREAKS and not self._at_start():
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in _SILENT and self._silent > 0
        self._as_typed -= tag == "pre" and self._as_typed > 0
        if tag in _BREAKS and tag != "br" and not self._at_start():
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            text = data if self._as_typed else re.sub(r"[ \t\r\n]+", " ", data)
            self.parts.append(text.replace("\xa0", " "))

    def _at_start(self) -> bool:
        return not self.parts or self.parts[-1].endswith("\n\n")
