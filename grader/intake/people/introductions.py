"""Who a text says it is from: the fields of a template, the head of a program, a mail's own words."""

from __future__ import annotations

import re

from grader.intake.identity import stamps
from grader.intake.identity.names import NOBODY, Identity, Strength, without_contacts
from grader.intake.identity.words import is_person
from grader.intake.people.roster import Register
from grader.intake.reading.filenames import normalise

_HAN = r"\u3400-\u9fff"
_ID = r"(?P<id>[A-Za-z]{0,3}\d[\dA-Za-z]{3,19})(?![A-Za-z0-9_@])"
_LATIN = r"[A-Z][\w'-]+(?: [A-Z](?:\.|[\w'-]+)){1,3}"
_NAME = rf"(?P<name>[{_HAN}·]{{2,15}}|{_LATIN})"
_BEFORE = r"(?:^|(?<=[\s#*\-\"',;|(@]))"
_COLON = r"(?:\s*/\s*[A-Za-z ]{1,12})?[\s*]*:[ \t*]*"
_FIELDS = tuple(
    re.compile(f"{_BEFORE}(?:{label}){_COLON}{value}", re.MULTILINE | re.IGNORECASE)
    for label, value in (
        (r"姓 ?名|作者|name|author", f"(?-i:{_NAME})"),
        (r"学 ?号|student ?(?:id|no\.?|number)|id", _ID),
    )
)
# What people write in a letter: 我是张三，学号2023001; a line of a name and an id at its end.
_HAN_NAME = rf"(?P<name>[{_HAN}·]{{2,8}})"
_END = r"(?=同学|学号|[\s,.;、()]|\d{5}|$)"
_OPEN, _GAP, _CLOSE = r"[ \[【(]*", r"[ ,/_+\-\[\]【】()]*\n?[ \[【(]*", r"[ \]】)]*$"
_PROSE = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        rf"(?:我是|我叫|本人是?|学生)[: ]?(?P<name>[{_HAN}·]{{2,8}}?){_END}",
        rf"(?:我是|来自|本人是?)[^\n,.;]{{0,20}}?(?:班|系|学院|专业)的?[: ]?(?P<name>[{_HAN}·]{{2,4}}?){_END}",
        rf"\b(?:I am|I'm|[Mm]y name is|[Tt]his is) (?P<name>{_LATIN})",
        rf"(?:学号|(?i:student (?:id|number|no)))(?:是|为| is)?[: (.#]*{_ID}",
        rf"(?:^|[的\s,.]){_HAN_NAME}\({_ID}\)",
        rf"(?P<name>{_LATIN}) ?[,(] ?{_ID}",
        rf"^{_OPEN}(?:{_HAN_NAME}|(?P<latin>{_LATIN})){_GAP}{_ID}{_CLOSE}",
        rf"^{_OPEN}{_ID}{_GAP}(?:{_HAN_NAME}|(?P<latin>{_LATIN})){_CLOSE}",
    )
)
_TOKEN = re.compile(rf"(?<![A-Za-z0-9_@.-]){_ID}")


def fields_of(text: str) -> str:
    """The name and id that a text gives behind labels, for a person to read; "" where it gives none."""
    found = (_first(text, pattern) for pattern in _FIELDS)
    return " ".join(dict.fromkeys(filter(None, found)))


def _first(text: str, pattern: re.Pattern[str]) -> str:
    match = pattern.search(_lines(text))
    return match[match.lastindex or 0].strip() if match else ""


def introduced(words: str, register: Register) -> Identity:
    """Whom a mail's own words introduce; `NOBODY` where it is nobody, or several."""
    text = without_contacts(_lines(words))
    listed = {row for token in _TOKEN.finditer(text) if (row := register.by_id(token["id"]))}
    student = next(iter(listed)) if len(listed) == 1 else None
    if student and student.name in re.sub(r"\s", " ", text):
        return Identity(student.student_id, student.name, Strength.FULL)
    found = [match.groupdict() for one in (*_FIELDS, *_PROSE) for match in one.finditer(text)]
    named = [one | {"name": one.get("name") or one.get("latin")} for one in found]
    said = [one for one in named if _is_name(one["name"] or "", register)]
    ids, names = ({one[key] for one in said if one.get(key)} for key in ("id", "name"))
    ids = {each for each in ids if not stamps.stamp_of(each)}
    if len(ids) > 1 or len(names) > 1 or len(listed) > 1 or not ids | names:
        return NOBODY
    strength = Strength.FULL if ids and names else Strength.BARE if ids else Strength.WEAK
    return Identity("".join(ids), "".join(names), strength)


def _is_name(name: str, register: Register) -> bool:
    """Whether it is one, or none is given beside the id."""
    return not name or name.isascii() or is_person(name) or register.has_name(name)


def _lines(text: str) -> str:
    """Line by line with one kind of marks."""
    return "\n".join(map(normalise, text.splitlines()))
