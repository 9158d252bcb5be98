"""Records to JSON text and back, for the store.

The standard library writes the text, msgspec checks and builds the records: its own encoder turns
NaN into null and refuses the lone surrogates that a student's text may hold; here both survive.
Where a text holds neither, as most do, msgspec also reads it, in a third of the time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any, TypeVar

import msgspec

from grader.records import Submission

Record = TypeVar("Record")


def encode(record: object) -> str:
    """JSON text (ASCII; NaN and Infinity as JSON5 has them) of a record or a tuple of records."""
    return json.dumps(_plain(msgspec.to_builtins(record, enc_hook=_unknown)), separators=(",", ":"))


def decode(text: str, kind: type[Record]) -> Record:
    """The record that `encode` wrote. Raises msgspec.ValidationError where it is none."""
    try:
        record: Record = _decoder(kind).decode(text)  # type: ignore[arg-type]  # a class is hashable
    except msgspec.DecodeError:  # it knows neither NaN nor half a surrogate pair
        return msgspec.convert(json.loads(text), kind)
    return record


@cache
def _decoder(kind: Any) -> Any:
    return msgspec.json.Decoder(kind)


def split(submission: Submission) -> tuple[str, str]:
    """Encode a submission as its card, which is small, and its content: program, report, bonus.py."""
    card = replace(submission, source=None, report=None, bonus=None)
    return encode(card), encode((submission.source, submission.report, submission.bonus))


def join(card: str, content: str) -> Submission:
    """Undo `split`."""
    # Stores of earlier versions know no bonus.
    source, report, *rest = json.loads(content)
    bonus = rest[0] if rest else None
    return replace(decode(card, Submission), source=source, report=report, bonus=bonus)


def _unknown(value: object) -> Any:
    """What msgspec does not know by itself: other mappings, and NumPy's numbers."""
    if isinstance(value, Mapping):
        return dict(value)
    item = getattr(value, "item", None)
    return item() if callable(item) else str(value)


def _plain(node: Any) -> Any:
    """Message values are text, numbers, messages and lists of them; a bool or None among them becomes its text."""
    if isinstance(node, list):
        return [_plain(item) for item in node]
    if not isinstance(node, dict):
        return node
    if node.keys() == {"text", "values"}:
        return {"text": node["text"], "values": {k: _value(v) for k, v in node["values"].items()}}
    return {key: _plain(value) for key, value in node.items()}


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        return _plain(value)
    if isinstance(value, list):
        return [_value(item) for item in value]
    return str(value) if isinstance(value, bool) or value is None else value
