"""A TOML file that people edit, into a typed record: a mistake is one line with place and remedy."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import inspect

from grader.faults import BadFile
from grader.language import Message, say

Place = tuple[str | int, ...]  # keys and positions from the top: ("question", 3, "points")
Mistake = tuple[Place, Message]
Record = TypeVar("Record", bound=msgspec.Struct)

# How msgspec ends a complaint, and how it words the three kinds that a file can cause.
AT = re.compile(r"^(?P<what>.*?)(?: - at `\$(?P<place>.*)`)?$", re.DOTALL)
STEP = re.compile(r"\[(\d+)\]|\[(\.\.\.)\]|\.?([^.\[\]]+)")
UNKNOWN = re.compile(r"unknown field `(.+)`")
MISSING = re.compile(r"missing required field `(.+)`")
EXPECTED = re.compile(r"Expected `(.+)`, got `(.+)`")
TOML_LINE = re.compile(r"^(?P<what>.*) \(at (?:line (?P<line>\d+), column \d+|end of document)\)$")

KINDS = {
    "float": say("a number"),
    "int": say("a whole number"),
    "str": say("a text in quotes"),
    "bool": say("true or false"),
    "array": say("a list in brackets"),
    "object": say("a table"),
}


def read(path: Path, kind: type[Record], mistakes: Callable[[Record], Iterable[Mistake]]) -> Record:
    """The file as a `kind`. `mistakes`: what is wrong with values whose types are right.

    Raises BadFile with the first mistake: file, line, place, and what to write instead.
    """
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except UnicodeDecodeError:
        raise BadFile(say("{file} is not UTF-8; save it as UTF-8.", file=path.name)) from None
    except tomllib.TOMLDecodeError as error:
        raise BadFile(_no_toml(path, error)) from None
    try:
        record = msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        raise BadFile(_placed(path, text, data, *_worded(str(error), kind))) from None
    for place, reason in mistakes(record):
        raise BadFile(_placed(path, text, data, place, reason))
    return record


def _no_toml(path: Path, error: tomllib.TOMLDecodeError) -> Message:
    found = TOML_LINE.match(str(error))
    return say(
        "{file}, line {line}: this is no TOML ({reason}). Texts stand in quotes, numbers without.",
        file=path.name,
        line=int(found["line"]) if found and found["line"] else "?",
        reason=found["what"] if found else str(error),
    )


def _worded(complaint: str, kind: type[msgspec.Struct]) -> Mistake:
    """msgspec's complaint as a place and a sentence that says what to do."""
    found = AT.match(complaint)
    what, place = (found["what"], _steps(found["place"] or "")) if found else (complaint, ())
    if unknown := UNKNOWN.search(what):
        known = list(_keys(inspect.type_info(kind), place))
        return (*place, unknown[1]), _no_such_key(unknown[1], known)
    if missing := MISSING.search(what):
        return place, say("{key} is missing; add it", key=missing[1])
    if expected := EXPECTED.search(what):
        needed, given = (KINDS.get(each.split(" ")[0], each) for each in expected.groups())
        return place, say("{needed} is needed here, not {given}", needed=needed, given=given)
    return place, Message("{reason}", {"reason": what})


def _no_such_key(name: str, known: list[str]) -> Message:
    meant = get_close_matches(name, known, 1)
    if meant:
        return say("there is no {name}; write {meant} if that is meant", name=name, meant=meant[0])
    return say("there is no {name}; there are {known}", name=name, known=tuple(known))


def _steps(place: str) -> Place:
    return tuple(
        int(number) if number else key or ellipsis for number, ellipsis, key in STEP.findall(place)
    )


def _keys(kind: inspect.Type, place: Place) -> Iterator[str]:
    """The keys that the table at `place` may have."""
    if isinstance(kind, inspect.UnionType):
        kind = next(each for each in kind.types if not isinstance(each, inspect.NoneType))
    if not isinstance(kind, inspect.StructType):
        inner = getattr(kind, "item_type", None) or getattr(kind, "value_type", None)
        yield from _keys(inner, place[1:]) if inner is not None else ()
    elif not place:
        yield from (each.name for each in kind.fields)
    else:
        for each in kind.fields:
            if each.name == place[0]:
                yield from _keys(each.type, place[1:])


def _placed(path: Path, text: str, data: Any, place: Place, reason: Message) -> Message:
    return say(
        "{file}, line {line}, {place}: {reason}.",
        file=path.name,
        line=line_of(text, place),
        place=" ".join(_named(data, place)) or path.stem,
        reason=reason,
    )


def _named(data: Any, place: Place) -> Iterator[str]:
    """The keys on the way, and of a list's entry its name rather than its number."""
    for step in place:
        try:
            data = data[step]
        except (LookupError, TypeError):
            data = None
        if isinstance(step, str):
            yield step
        elif isinstance(data, dict) and isinstance(data.get("name"), str):
            yield data["name"]
        else:
            yield f"#{step + 1}"


def line_of(text: str, place: Place) -> int:
    """The line, from 1, that holds the entry, else the nearest table around it."""
    best, depth = 1, 0
    table: Place = ()
    counts: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*(\[\[?)\s*([\w.\-]+)\s*\]", line)
        entry = re.match(r"\s*([\w.\-]+)\s*=", line)
        if header:
            keys: Place = tuple(header[2].split("."))
            if header[1] == "[[":
                counts[header[2]] = counts.get(header[2], -1) + 1
                keys = (*keys, counts[header[2]])
            table = here = keys
        elif entry:
            here = (*table, *entry[1].split("."))
        else:
            continue
        if len(here) > depth and here == place[: len(here)]:
            best, depth = number, len(here)
    return best
