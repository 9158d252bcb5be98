"""Dates and time stamps in names: they order versions, and they are nobody's student id.

`rnn_2026_11_30T10_11_12_123456.zip` is otter's way to name an export, `作业6_20261130.py` a student's.
Digits alone may be either: 20261103 is a day, or year, class and number. Only the day on which the
file came tells which.
"""

from __future__ import annotations

import datetime as dt
import re

# A day with marks between its parts, and the time of day behind it if there is one.
MARKED = re.compile(
    r"(?<!\d)(?P<year>20\d\d)(?P<mark>[-_./年])(?P<month>\d{1,2})[-_./月](?P<day>\d{1,2})日?"
    r"(?:[-_ T]{1,3}(?P<time>\d{1,2}[-_:.时]\d{1,2}(?:[-_:.分]\d{1,2}秒?)?)(?:[-_.]\d{3,6})?)?(?!\d)",
    re.IGNORECASE,
)
_BARE = re.compile(r"(20\d\d)(\d\d)(\d\d)(?:(\d\d)(\d\d)(?:(\d\d)\d{0,3})?)?")
_EPOCH = re.compile(r"1[5-9]\d{8}(?:\d{3})?")
# A day this long before the file came, or this soon after it (clocks, zones), is a day.
_KNOWN = 2000  # archives without times say 1980
BEFORE, AFTER = dt.timedelta(days=150), dt.timedelta(days=3)


def without_marked(text: str) -> str:
    """`text` with stamps that have marks in them cut out."""
    return MARKED.sub(lambda found: " " if _is_day(found) else found[0], text)


def without(text: str) -> str:
    """`text` with every stamp cut out, and the marks around it."""
    bare = re.sub(r"\d{8,17}", lambda found: " " if stamp_of(found[0]) else found[0], text)
    return without_marked(bare).strip(" _-.")


def _is_day(found: re.Match[str]) -> bool:
    return _day(found["year"], found["month"], found["day"]) is not None


def stamp_of(text: str) -> dt.date | None:
    """The day that digits alone may stand for: YYYYMMDD, with a time behind it, or Unix seconds."""
    if _EPOCH.fullmatch(text):
        return dt.datetime.fromtimestamp(int(text[:10]), dt.UTC).date()
    found = _BARE.fullmatch(text)
    if found is None or any(int(part or 0) > most for part, most in zip(
        found.groups()[3:], (23, 59, 59), strict=True
    )):  # fmt: skip
        return None
    return _day(*found.groups()[:3])


def _day(year: str, month: str, day: str) -> dt.date | None:
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None


def is_stamp(text: str, came: dt.datetime | None) -> bool:
    """Whether digits that may be a day are one, for a file that came at `came`.

    Where nothing says when it came they are taken for a day: an id would be a guess.
    """
    day = stamp_of(text)
    if day is None:
        return False
    if came is None or came.year < _KNOWN:
        return True
    return came.date() - BEFORE <= day <= came.date() + AFTER


def latest(text: str) -> str:
    """The last stamp in a name as digits that sort like times; "" without one."""
    found = [
        f"{one['year']}{one['month']:0>2}{one['day']:0>2}"
        + "".join(f"{part:0>2}" for part in re.findall(r"\d+", one["time"] or ""))
        for one in MARKED.finditer(text)
        if _is_day(one)
    ]
    bare = [one for one in re.findall(r"\d{8,17}", text) if stamp_of(one)]
    return max([*found, *bare], default="")
