"""A name or id of another student inside somebody's work."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from grader.language import Message, say

LEAST_ID = 5
SURE_CHINESE = 3  # characters of a Chinese name that no sentence holds by chance
SURE_LATIN = 8
# A short name counts where a line says that a name follows.
SAYS_WHO = re.compile(
    r"姓名|作者|学生|同学|学号|组员|感谢|抄|来自|author|name|student|copied|thanks|by\b|@|©",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Somebody who may be mentioned. `key`: as `AlikePair` names people."""

    key: str
    student_id: str
    name: str


class Mentions:
    """Everybody's names and ids, to be looked for in one pass a text."""

    def __init__(self, people: Iterable[KnownPerson]) -> None:
        everyone = list(people)
        self._ids = _by_text((one.student_id, one) for one in everyone if _is_id(one.student_id))
        self._names = _by_text((_plain(one.name), one) for one in everyone if _is_name(one.name))
        self._id = _pattern(self._ids)
        self._name = _pattern(self._names)

    def of(self, key: str, text: str) -> Iterator[tuple[str, Message]]:
        """(who is mentioned, in which words and line); never oneself, nor a namesake of oneself."""
        own = {text for known in (self._ids, self._names) for text, who in known.items()
               if any(one.key == key for one in who)}  # fmt: skip
        for number, line in enumerate(text.split("\n"), start=1):
            for found in self._in(line):
                if found not in own:
                    known = self._ids.get(found) or self._names[found]
                    for one in known[:1]:
                        yield (
                            one.key,
                            say(
                                "“{text}” stands in line {line} of {who}",
                                text=found,
                                line=number,
                                who=key,
                            ),
                        )

    def _in(self, line: str) -> Iterator[str]:
        if self._id:
            yield from self._id.findall(line)
        if self._name:
            for name in self._name.findall(_plain(line)):
                sure = SURE_LATIN if name.isascii() else SURE_CHINESE
                if len(name) >= sure or SAYS_WHO.search(line):
                    yield name


def _by_text(pairs: Iterable[tuple[str, KnownPerson]]) -> dict[str, list[KnownPerson]]:
    found: dict[str, list[KnownPerson]] = {}
    for text, one in pairs:
        found.setdefault(text, []).append(one)
    return {text: who for text, who in found.items() if len({one.key for one in who}) == 1}


def _pattern(texts: Iterable[str]) -> re.Pattern[str] | None:
    """One alternation; digits and letters may not go on on either side of an id or a Latin name."""
    parts = [
        rf"(?<![A-Za-z0-9]){re.escape(text)}(?![A-Za-z0-9])" if text.isascii() else re.escape(text)
        for text in sorted(texts, key=len, reverse=True)
    ]
    return re.compile("|".join(parts)) if parts else None


def _is_id(text: str) -> bool:
    return len(text) >= LEAST_ID and any(mark.isdigit() for mark in text) and "unknown" not in text


def _is_name(name: str) -> bool:
    plain = _plain(name)
    return len(plain) >= (5 if plain.isascii() else 2) and not plain.isdigit()


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
