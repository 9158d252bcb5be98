"""A question as people write it on the command line."""

from __future__ import annotations

import re

import click

_NAME = re.compile(r"q?(?P<part>\d)(?:[-_. ]?(?P<number>\d))?", re.IGNORECASE)


def question_name(_context: click.Context, _param: click.Parameter, text: str | None) -> str | None:
    """`4.3`, `q43` and `Q4_3` are q4_3; what looks like no question stays as it is."""
    found = _NAME.fullmatch(text.strip()) if text else None
    if found is None:
        return text
    return f"q{found['part']}" + (f"_{found['number']}" if found["number"] else "")
