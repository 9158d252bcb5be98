"""Dates and time stamps in names: they order versions, and they are nobody's student id.

`rnn_2026_11_30T10_11_12_123456.zip` is otter's way to name an export, `作业6-20261130T143000Z-1-001`
Google Drive's, `hw-11-30-2026-11-10-20` GitHub's, `Nov 30, 2026 1110 PM` Brightspace's,
`作业6_20261130.py` a student's. Digits alone may be either: 20261103 is a day, or year, class and
number. Only the day on which the file came tells which.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?<![^\W\d_])(?P<word>{'|'.join(_MONTHS)})[a-z]*\.?"
# A day with marks between its parts, and the time of day behind it if there is one.
_CLOCK = r"(?:[-_ T]{1,3}(?P<time>\d{1,2}[-_:.时]\d{1,2}(?:[-_:.分]\d{1,2}秒?)?)(?:[-_.]\d{3,6})?)?(?!\d)"
_HALVES = r"(?:,? (?:at )?(?P<time>\d{3,4}|\d{1,2}[-:.]\d\d(?:[-:.]\d\d)?)(?: ?(?P<half>[AP])M\b)?)?(?!\d)"
_MARKED = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # 11-30-2026, in America
        rf"(?<!\d)(?P<month>\d{{1,2}})(?P<mark>[-_./])(?P<day>\d{{1,2}})(?P=mark)(?P<year>20\d\d){_CLOCK}",
        # 30.11.2026, elsewhere
        rf"(?<!\d)(?P<day>\d{{1,2}})(?P<mark>[-_./])(?P<month>\d{{1,2}})(?P=mark)(?P<year>20\d\d){_CLOCK}",
        # 2026年11月30日 下午 1110
        r"(?<!\d)(?P<year>20\d\d)年(?P<month>\d{1,2})月(?P<day>\d{1,2})日 ?(?P<half>[上下]午)? ?(?P<time>\d{3,4})(?!\d)",
        # 2026-11-30 21-10-05, 2026年11月30日
        rf"(?<!\d)(?P<year>20\d\d)[-_./年](?P<month>\d{{1,2}})[-_./月](?P<day>\d{{1,2}})日?{_CLOCK}",
        # Nov 30, 2026 1110 PM; 30 November 2026
        rf"{_MONTH} (?P<day>\d{{1,2}}),? (?P<year>20\d\d){_HALVES}",
        rf"(?<!\d)(?P<day>\d{{1,2}}) {_MONTH},? (?P<year>20\d\d){_HALVES}",
        # 20261130_143000
        r"(?<!\d)(?P<year>20\d\d)(?P<month>\d\d)(?P<day>\d\d)[-_ ](?P<time>(?:[01]\d|2[0-3])[0-5]\d[0-5]\d)(?!\d)",
        # 20261130T143000Z, and the parts into which Drive cuts what it packs
        (
            r"(?<!\d)(?P<year>20\d\d)(?P<month>\d\d)(?P<day>\d\d)T(?P<time>\d{6}|\d{4})(?:[.,]\d+)?"
            r"(?:Z(?:(?:-\d{1,2})?-\d{3}(?!\d))?|[-+]\d{4}|(?![^\W_]))"
        ),
    )
)
# A text without any of these holds no marked stamp: most do not, and looking closer is slow.
_HINT = re.compile(r"(?<!\d)20\d\d(?:(?!\d)|\d{4}[-_ T])", re.IGNORECASE)
_BARE = re.compile(r"(20\d\d)(\d\d)(\d\d)(?:(\d\d)(\d\d)(?:(\d\d)\d{0,3})?)?")
_EPOCH = re.compile(r"1[5-9]\d{8}(?:\d{3})?")
# A day this long before the file came, or this soon after it (clocks, zones), is a day.
_KNOWN = 2000  # archives without times say 1980
BEFORE, AFTER = dt.timedelta(days=150), dt.timedelta(days=3)


def without_marked(text: str) -> str:
    """`text` with stamps that have marks in them cut out."""
    for pattern in _MARKED if _HINT.search(text) else ():
        text = pattern.sub(lambda found: " " if _is_day(found) else found[0], text)
    return text


def without(text: str) -> str:
    """`text` with every stamp cut out, and the marks around it."""
    marked = without_marked(text)
    bare = re.sub(r"\d{8,17}", lambda found: " " if stamp_of(found[0]) else found[0], marked)
    return bare.strip(" _-.")


def _is_day(found: re.Match[str]) -> bool:
    return _day(found["year"], _month(found), found["day"]) is not None


def _month(found: re.Match[str]) -> str:
    parts = found.groupdict()
    return parts.get("month") or str(_MONTHS.index(parts["word"].casefold()) + 1)


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
    bare = [one for one in re.findall(r"\d{8,17}", text) if stamp_of(one)]
    return max([*_marked(text), *bare], default="")


def moment(text: str, zone: dt.tzinfo | None) -> dt.datetime | None:
    """When a stamp with marks says, in `zone`, else this machine's; None without a time of day."""
    found = max(_marked(text), default="")
    if len(found) < len("YYYYMMDDHHMM"):
        return None
    try:
        naive = dt.datetime.strptime(found.ljust(14, "0"), "%Y%m%d%H%M%S")  # noqa: DTZ007 - the zone comes next
        return naive.replace(tzinfo=zone) if zone else naive.astimezone()
    except (ValueError, OverflowError):
        return None


def _marked(text: str) -> Iterator[str]:
    """Stamps with marks in them, as digits."""
    for pattern in _MARKED if _HINT.search(text) else ():
        for found in filter(_is_day, pattern.finditer(text)):
            yield f"{found['year']}{_month(found):0>2}{found['day']:0>2}{_time(found)}"


def _time(found: re.Match[str]) -> str:
    """The time of day as digits; 1215 AM is a quarter past midnight."""
    parts = re.findall(r"\d+", found["time"] or "")
    digits = "".join(f"{part:0>2}" for part in parts) if len(parts) > 1 else "".join(parts)
    digits = digits.zfill(len(digits) + len(digits) % 2)
    if digits and (half := found.groupdict().get("half")):
        hour = int(digits[:2]) % 12 + 12 * (half.casefold() in ("p", "下午"))
        digits = f"{hour:02}{digits[2:]}"
    return digits
