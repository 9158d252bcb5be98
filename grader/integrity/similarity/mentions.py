"""A name or id of another student inside somebody's work."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from grader.language import Message, say

LEAST_LATIN = 5  # characters of an id or a Latin name
LEAST_CHINESE = 2
SURE_CHINESE = 3  # characters of a Chinese name that no sentence holds by chance
SURE_LATIN = 8
# A short name counts where a line says that a name follows.
SAYS_WHO = re.compile(
    r"姓名|作者|学生|同学|学号|组员|感谢|抄|来自|author|name|student|copied|thanks|by\b|@|©",
    re.IGNORECASE,
)
ID = re.compile(r"(?<![a-z0-9.])[a-z]*\d[a-z0-9]*(?![a-z0-9])")
CHINESE = re.compile(r"[㐀-鿿·]{2,}")
LATIN = re.compile(r"[^\W\d_]+")
BLANKS = re.compile(r"\s+")
LONGEST_LINE = 2_000


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Somebody who may be mentioned. `key`: as `AlikePair` names people."""

    key: str
    student_id: str
    name: str


class Mentions:
    """Everybody's names and ids, looked up word by word: a class of hundreds costs no more than one."""

    def __init__(self, people: Iterable[KnownPerson]) -> None:
        everyone = list(people)
        self._ids = _by_text((one.student_id.casefold(), one) for one in everyone)
        self._names = _by_text((_plain(one.name), one) for one in everyone)
        self._chinese = {len(name) for name in self._names if not name.isascii()}
        self._latin = {name.count(" ") + 1 for name in self._names if name.isascii()}

    def of(self, key: str, text: str) -> Iterator[tuple[str, Message]]:
        """(who is mentioned, in which words and line); never oneself, nor a name that two have."""
        for number, line in enumerate(text.split("\n"), start=1):
            for found, one in self._in(line[:LONGEST_LINE]):
                if one.key != key:
                    yield (
                        one.key,
                        say(
                            "“{text}” stands in line {line} of {who}",
                            text=found,
                            line=number,
                            who=key,
                        ),
                    )

    def _in(self, line: str) -> Iterator[tuple[str, KnownPerson]]:
        plain = unicodedata.normalize("NFKC", line).casefold()
        for found in ID.findall(plain):
            if found in self._ids:
                yield found, self._ids[found]
        for name in self._named(plain):
            sure = SURE_LATIN if name.isascii() else SURE_CHINESE
            if name in self._names and (len(name) >= sure or SAYS_WHO.search(line)):
                yield name, self._names[name]

    def _named(self, plain: str) -> Iterator[str]:
        """Everything in a line that is as long as a name."""
        for run in CHINESE.findall(BLANKS.sub("", plain)):
            for size in self._chinese:
                yield from (run[at : at + size] for at in range(len(run) - size + 1))
        words = LATIN.findall(plain)
        for size in self._latin:
            yield from (" ".join(words[at : at + size]) for at in range(len(words) - size + 1))


def _by_text(pairs: Iterable[tuple[str, KnownPerson]]) -> dict[str, KnownPerson]:
    """Those that can be told from a word, each of one person."""
    found: dict[str, set[KnownPerson]] = {}
    for text, one in pairs:
        long = LEAST_LATIN if text.isascii() else LEAST_CHINESE
        if len(text) >= long and "unknown" not in text:
            found.setdefault(text, set()).add(one)
    return {text: next(iter(who)) for text, who in found.items() if len(who) == 1}


def _plain(name: str) -> str:
    """A Latin name with single blanks; a Chinese one without any."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(LATIN.findall(plain)) if plain.isascii() else BLANKS.sub("", plain)
