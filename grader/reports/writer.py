"""What terminal output is made with: signs that the encoding has, bars, columns.

Ships in the student's handout: rich only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rich.box import ASCII, SIMPLE_HEAD, Box
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from grader.language import Message, render
from grader.records import Verdict
from grader.reports.wording import Wording

# One Chinese character with the punctuation that may not start a line, or one word of others.
PIECES = re.compile(r"[⺀-鿿＀-￯][、-】！-／：-？”’）,.:;?!)]*\s*|[^\s⺀-鿿＀-￯]+\s*|\s+")
NARROW = 60  # columns; below, bars give way to words

STATUS_STYLES = {"full": "green", "part": "yellow", "none": "red"}
STYLES = {Verdict.PASSED: "green", Verdict.NOT_IMPLEMENTED: "dim"}


@dataclass(frozen=True, slots=True)
class TerminalWriter:
    """What every part of the output needs to know."""

    console: Console
    wording: Wording

    def say(self, message: Message) -> str:
        return render(message, self.wording.language)

    @property
    def narrow(self) -> bool:
        return self.console.width < NARROW

    def sign(self, fancy: str, plain: str) -> str:
        """`fancy` where the terminal's encoding has it (a Windows console may be GBK)."""
        try:
            fancy.encode(self.console.encoding)
        except UnicodeEncodeError:
            return plain
        return fancy

    def fold(self, text: str, indent: int = 0) -> str:
        """Break lines between Chinese characters too, where rich would only break at spaces."""
        return "\n".join(fold_line(line, self.console.width - indent) for line in text.split("\n"))

    @property
    def box(self) -> Box:
        return SIMPLE_HEAD if self.sign("─", "-") == "─" else ASCII

    def bar(self, score: float, possible: float, width: int = 12) -> Text:
        full = round(width * min(max(score / possible, 0), 1)) if possible else 0
        bar = Text(self.sign("█", "#") * full, "green" if full == width else "yellow")
        return bar.append(self.sign("░", ".") * (width - full), "dim")

    def mark(self, verdict: Verdict) -> Text:
        if verdict is Verdict.PASSED:
            return Text(self.sign("✓", "+"), "bold green")
        if verdict in STYLES:
            return Text(self.sign("○", "o"), "dim")
        return Text(self.sign("✗", "x"), "bold red")


def fold_line(line: str, width: int) -> str:
    """Insert line feeds so that no line is wider than `width` cells; wide characters may part."""
    out, used = "", 0
    for piece in PIECES.findall(line):
        if used and used + cell_len(piece.rstrip()) > width:
            out, used = out.rstrip() + "\n", 0
        out, used = out + piece, used + cell_len(piece)
    return out
