"""Words that nobody writes on purpose: nearly, but not quite, a word of the class.

A Latin word is a slip where it is close to a word that many use; four Chinese characters are one
where changing a single character gives four that many use ("反向传波" for "反向传播").
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

WORD = re.compile(r"[a-z]{6,30}")
CHINESE = re.compile(r"[一-鿿]{4,}")
WINDOW = 4
CLOSE = (
    0.86  # difflib's ratio: "backpropogation" is 0.93 from its word, "weighted" 0.86 from "weights"
)
ENDINGS = re.compile(r"(?:s|es|ed|d|ing|ly|er|or|ion|ions|al|ized?|ised?)$")
PLACE = "　"
MANY = 3  # texts that have a word make it one


class Vocabulary:
    """Words and runs of characters that a class uses."""

    def __init__(self, given: Iterable[str]) -> None:
        self._given: set[str] = {word for text in given for word in words(text)}
        self._counts: Counter[str] = Counter()
        self._patterns: set[str] | None = None

    def add(self, text: str) -> None:
        """One person's text."""
        self._counts.update(set(words(text)))

    def is_slip(self, word: str) -> bool:
        if word in self._common():
            return False
        if word.isascii():
            return any(
                ENDINGS.sub("", near) != ENDINGS.sub("", word)
                for near in get_close_matches(word, self._alike(word), 3, CLOSE)
            )
        return any(pattern in self._wildcards() for pattern in _patterns(word))

    def _common(self) -> set[str]:
        if self._patterns is None:
            self._given |= {word for word, count in self._counts.items() if count >= MANY}
        return self._given

    def _alike(self, word: str) -> list[str]:
        return [each for each in self._common() if each.isascii() and each[0] == word[0]]

    def _wildcards(self) -> set[str]:
        if self._patterns is None:
            chinese = (each for each in self._common() if not each.isascii())
            self._patterns = {pattern for each in chinese for pattern in _patterns(each)}
        return self._patterns


def words(text: str) -> Iterator[str]:
    """Latin words, and every four Chinese characters in a row."""
    lower = text.casefold()
    yield from WORD.findall(lower)
    for run in CHINESE.findall(lower):
        yield from (run[at : at + WINDOW] for at in range(len(run) - WINDOW + 1))


def _patterns(four: str) -> Iterator[str]:
    return (four[:at] + PLACE + four[at + 1 :] for at in range(WINDOW))
