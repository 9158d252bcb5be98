"""Python's strings told apart from its code, by the rules of every version at once.

Before 3.12 an f-string was one token; since PEP 701 it holds code, with strings in it that may use
the same quotes. This reader follows PEP 701 and notes where older versions would have stumbled, so
that it works on whatever Python runs it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_WORD = re.compile(r"\w+")
_QUOTE = re.compile(r"'''|\"\"\"|'|\"")
_PREFIXES = frozenset(
    "".join(letters)
    for letters in ("", "r", "u", "b", "f", "t", "br", "rb", "fr", "rf", "tr", "rt")
)
_OPEN, _CLOSED = frozenset("([{"), frozenset(")]}")


@dataclass
class CodeText:
    """The code of a source with strings and comments left blank, line by line as it was."""

    code: list[str] = field(default_factory=list)
    nested: list[int] = field(default_factory=list)  # lines where an f-string needs PEP 701
    templates: list[int] = field(default_factory=list)  # lines with a t-string (PEP 750)

    @property
    def lines(self) -> list[str]:
        return "".join(self.code).split("\n")


def read(source: str) -> CodeText:
    """Tell strings and comments from code; a string without an end ends with its line."""
    reader = _Reader(source)
    reader.run("")
    return reader.found


class _Reader:
    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.found = CodeText()
        self.outer: list[str] = []  # quotes of the f-strings that this place is in

    def run(self, until: str) -> None:
        """Read code up to the end, or to a character of `until` outside all brackets."""
        depth = 0
        while self.at < len(self.source):
            sign = self.source[self.at]
            if not depth and sign in until:
                return
            if word := _WORD.match(self.source, self.at):
                self._word(word[0])
                continue
            if quote := _QUOTE.match(self.source, self.at):
                self._string("", quote[0])
                continue
            if sign == "#":
                self._comment()
                continue
            depth += (sign in _OPEN) - (sign in _CLOSED)
            if sign in "\n\\":
                self._note_in_field(single_only=sign == "\n")
            self._keep(sign)

    def _word(self, word: str) -> None:
        quote = _QUOTE.match(self.source, self.at + len(word))
        if quote and word.lower() in _PREFIXES:
            self._skip(len(word))
            self._string(word.lower(), quote[0])
        else:
            self._keep(word)

    def _string(self, prefix: str, quote: str) -> None:
        if any(quote.startswith(one) if len(one) == 1 else quote == one for one in self.outer):
            self._note()
        if "t" in prefix:
            self.found.templates.append(self._line())
        self._skip(len(quote))
        while self.at < len(self.source):
            sign = self.source[self.at]
            if self.source.startswith(quote, self.at):
                self._skip(len(quote))
                return
            if sign == "\\":
                self._note_in_field(single_only=False)
                self._skip(2)
            elif sign == "\n" and len(quote) == 1:
                return
            elif sign == "{" and {"f", "t"} & set(prefix):
                self._field(quote)
            else:
                self._skip(1)

    def _field(self, quote: str) -> None:
        """{code!r:format}, or the two characters {{."""
        if self.source.startswith("{{", self.at):
            self._skip(2)
            return
        self._skip(1)
        self.outer.append(quote)
        self.run("}:!")
        while self.source.startswith("!=", self.at):
            self._keep("!=")
            self.run("}:!")
        self.outer.pop()
        while self.at < len(self.source) and self.source[self.at] not in "}\n":
            if self.source[self.at] == "{":
                self._field(quote)
            elif self.source.startswith(quote, self.at):
                return
            else:
                self._skip(1)
        if self.source.startswith("}", self.at):
            self._skip(1)

    def _comment(self) -> None:
        if self.outer:
            self._note()
        end = self.source.find("\n", self.at)
        self._skip((end if end >= 0 else len(self.source)) - self.at)

    def _note_in_field(self, *, single_only: bool) -> None:
        """A newline inside the field of a 'string', a backslash inside any, needs PEP 701."""
        if self.outer and (not single_only or len(self.outer[-1]) == 1):
            self._note()

    def _note(self) -> None:
        self.found.nested.append(self._line())

    def _line(self) -> int:
        return self.source.count("\n", 0, self.at) + 1

    def _keep(self, words: str) -> None:
        self.found.code.append(words)
        self.at += len(words)

    def _skip(self, count: int) -> None:
        """Leave out; newlines stay, so that lines keep their numbers."""
        passed = self.source[self.at : self.at + count]
        self.found.code.append("".join(sign if sign == "\n" else " " for sign in passed))
        self.at += count
