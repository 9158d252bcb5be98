"""Who a file name, folder name or mail subject speaks of: `ml-6-姓名-学号` and what people make of it.

A clue is normalised (full-width characters, dashes, copy marks), freed of the assignment's prefix,
of time stamps and of the names of classes, and cut into pieces: what has digits enough is a student
id, what has letters a name. Where the roster knows one of the pieces, that one is meant.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Protocol

from grader.intake.identity import stamps
from grader.intake.identity.classes import without_classes
from grader.intake.identity.spelling import HAN, id_key, is_han, name_key, names_agree
from grader.intake.identity.words import is_name, is_person, likely, name_in
from grader.intake.reading.filenames import COPIES, COPY_OF, LONGEST, normalise


class Strength(IntEnum):
    """How far a clue can be trusted: `rnn_10000.py` must not outvote `6-张三-2023001`."""

    NONE = 0  # also the name that a mail's sender goes by
    WEAK = 1  # a word that may be a name; digits that may be a date
    BARE = 2  # an id without a name, or a name after the assignment's prefix
    FULL = 3  # an id and a name, or an id after the assignment's prefix


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a clue names; either part may be empty."""

    student_id: str = ""
    name: str = ""
    strength: Strength = Strength.NONE
    origin: str = ""  # where it came from, where nothing better tells people apart

    def agrees(self, other: Identity) -> bool:
        """Whether both may be one person: no part contradicts."""
        ids = {self.id_key, other.id_key} - {""}
        return len(ids) < 2 and names_agree(self.name, other.name)  # noqa: PLR2004 - two parts that differ

    def merged(self, other: Identity) -> Identity:
        return replace(
            self, student_id=self.student_id or other.student_id, name=self.name or other.name
        )

    @property
    def is_named(self) -> bool:
        """Whether a clue says who it is, and not only the name that a mail's sender goes by."""
        return bool(self.student_id) or bool(self.name and self.strength)

    @property
    def id_key(self) -> str:
        return id_key(self.student_id)

    @property
    def name_key(self) -> str:
        return name_key(self.name)


class Known(Protocol):
    """The roster, as far as a clue asks it."""

    def has_id(self, student_id: str) -> bool: ...
    def has_name(self, name: str) -> bool: ...
    def name_within(self, text: str) -> str: ...


class Nobody:
    """No roster."""

    def has_id(self, student_id: str) -> bool:  # noqa: ARG002 - as the roster has it
        return False

    def has_name(self, name: str) -> bool:  # noqa: ARG002
        return False

    def name_within(self, text: str) -> str:  # noqa: ARG002
        return ""


NOBODY = Identity()

_LETTERS = rf"[^\W\d_{HAN}]+(?:['·][^\W\d_{HAN}]+)*"
# Letters that belong to an id are few: U2023, PB21, 2021K8009, 20BCE1234, 2037312X.
_PIECE = re.compile(
    rf"(?P<id>(?:(?<![A-Za-z])(?:[A-Z]{{1,3}}|[a-z]{{1,3}}))?[0-9]+(?:[A-Za-z][0-9]+|[A-Z]{{2,4}}[0-9]{{3,}})*(?:[Xx](?![A-Za-z]))?)"
    rf"|(?P<han>[{HAN}]+(?:[·\s]+[{HAN}]+)*)|(?P<latin>{_LETTERS})"
)
_REPLY = re.compile(
    r"^(?:\s*(?:re|fw|fwd|aw|wg|答复|答覆|(?:自动)?回复|回覆|转发|轉發|转寄|轉寄)\s*(?:\[\d+\])?\s*:)+\s*",
    re.IGNORECASE,
)
_PREFIX = re.compile(
    r"^\s*(?:(?:ml|hw|homework|作业|第)[\s_-]*)?6(?:次作业|次|作业)?(?:[\s_.+:-]+|(?=[^\W\d_]))",
    re.IGNORECASE,
)
_LABELS = re.compile("姓名|学号|班级")  # the template's own words, filled in or not
_CONTACTS = re.compile(  # telephone and QQ numbers, as people put them into subjects
    r"(?:qq|微信|wechat|tel|电话|手机)\s*(?:号码?)?\s*[:：-]?\s*\d{5,12}"
    r"|(?<!\d)(?:\+?86[- ]?)?1[3-9]\d(?:\d{8}|(?P<mark>[- ])\d{4}(?P=mark)\d{4})(?!\d)",
    re.IGNORECASE,
)
_PERIODS = re.compile(  # 2026-11, 2026-2027-1
    r"(?<!\d)20\d\d[-/.](?:20\d\d|0?[1-9]|1[0-2])(?:[-/.][1-3])?(?![-/.]?\d)"
)
# An id with marks in it, 21-110-042 or 21K-1234, where no longer number stands.
_PARTED = re.compile(r"(?<![A-Za-z0-9])[A-Z]{0,4}\d{1,4}[A-Z]?(?:[-/.]\d{1,4}){1,4}(?![A-Za-z0-9])")
_SHORTEST_PARTED = 6
_MOST_PARTS = 4
_ASCII = re.compile(r"[A-Za-z0-9]+")
_INITIALS = re.compile(r"([a-z]{2,3})([0-9].*)")
_SEGMENTS = re.compile(r"[-_+,，、;；:.()\[\]【】{}《》<>“”\"|/\\&=#@!~]+")
_LONG = 5  # digits: 2024 is a year, 1024 a length


def without_replies(subject: str) -> str:
    """A subject freed of `Re:`, `转发：` and their like."""
    return _REPLY.sub("", normalise(subject))


def without_contacts(text: str) -> str:
    """A text freed of telephone and QQ numbers, which are no ids."""
    return _CONTACTS.sub(" ", text)


def identify(clue: str, known: Known | None = None) -> Identity:
    """Whom a stem, folder name or subject names; `NOBODY` where it names nobody."""
    return identities(clue, known)[0]


def identities(clue: str, known: Known | None = None) -> tuple[Identity, ...]:
    """As `identify`; several where a clue names several students, each with an id of their own."""
    known = known or Nobody()
    text = _LABELS.sub("", without_replies(clue[:LONGEST]))
    while (shorter := COPIES.sub("", text)) != text:
        text = shorter
    text = COPY_OF.sub("", text)
    rest = _PREFIX.sub("", text)
    prefixed = rest != text
    rest = without_classes(without_contacts(stamps.without_marked(_PERIODS.sub(" ", rest))))
    parted, rest = _parted(rest, known, prefixed=prefixed)
    ids, names = _pieces(rest, 1 if prefixed else 3, known)
    ids += parted
    if several := _several(ids, names, known):
        return several
    name = _choose_name(names, known, strict=not prefixed)
    sure = prefixed or (not is_han(name) and known.has_name(name))
    return (_weigh(_choose_id(ids, known), name, prefixed=sure),)


def _parted(text: str, known: Known, *, prefixed: bool) -> tuple[list[str], str]:
    """Ids with marks in them, and the rest. Without the roster's word a name must stand beside one."""
    if listed := _listed(text, known):
        return [listed], text.replace(listed, " ", 1)
    named = prefixed or re.search(rf"[{HAN}]{{2}}", text) is not None
    sure = named and re.search(rf"\d{{{_LONG}}}", text) is None
    ids = []
    for found in _PARTED.findall(text):
        is_id = _digits(found) >= _SHORTEST_PARTED and not stamps.stamp_of(id_key(found))
        if sure and is_id:
            ids.append(found)
            text = text.replace(found, " ", 1)
    return ids, text


def _listed(text: str, known: Known) -> str:
    """Neighbours that are one id on the roster, as CS-2023-001 may be; "" where one alone is."""
    pieces = [*_ASCII.finditer(text)]
    if any(known.has_id(piece[0]) for piece in pieces):
        return ""
    wholes = (
        text[pieces[first].start() : pieces[last].end()]
        for first in range(len(pieces))
        for last in range(first + 1, min(first + _MOST_PARTS, len(pieces)))
    )
    return next((whole for whole in wholes if known.has_id(whole)), "")


def _pieces(text: str, shortest: int, known: Known) -> tuple[list[str], list[str]]:
    """Candidates for ids (at least `shortest` digits) and for names, in their order.

    A few digits behind a word (`clip10`, 张三2) are an id only where nothing else is.
    """
    ids: list[str] = []
    names: list[str] = []
    numbered: list[str] = []
    for segment in _SEGMENTS.split(text):
        latin: list[str] = []
        for piece in _PIECE.finditer(segment):
            if piece["id"] and shortest <= _digits(piece["id"]) <= 20:  # noqa: PLR2004 - no id is longer
                initials, student_id = _initials(piece["id"], known)
                latin.extend(initials)
                is_numbered = _digits(student_id) < _LONG and (
                    initials or segment[: piece.start()][-1:].isalpha()
                )
                (numbered if is_numbered else ids).append(student_id)
            elif piece["han"]:
                names.extend(_han_names(piece["han"], known))
            elif piece["latin"]:
                latin.append(piece["latin"])
        names.extend([" ".join(latin)] if latin else [])
    ids, names = _without_initials(ids or numbered, names, known)
    return ids, _joined(names, known)


def _initials(text: str, known: Known) -> tuple[list[str], str]:
    """`rnn10000` is a word and a number."""
    found = _INITIALS.fullmatch(text)
    if found is None or known.has_id(text):
        return [], text
    whole = likely(found[1]) and _digits(found[2]) >= _LONG and not known.has_id(found[2])
    return ([], text) if whole else ([found[1]], found[2])


def _without_initials(
    ids: list[str], names: list[str], known: Known
) -> tuple[list[str], list[str]]:
    """`zs2023001`, where no name stands besides, is somebody's initials and an id."""
    if any(map(likely, names)):
        return ids, names
    found = [_INITIALS.fullmatch(one) if not known.has_id(one) else None for one in ids]
    cut = [one[2] if one else text for one, text in zip(found, ids, strict=True)]
    return cut, [*names, *(one[1] for one in found if one)]


def _joined(names: list[str], known: Known) -> list[str]:
    """Neighbours that are one name on the roster are one: `Lee, Anna`, 买买提.艾力."""
    for size in range(len(names), 1, -1):
        for start in range(len(names) - size + 1):
            whole = " ".join(names[start : start + size])
            if known.has_name(whole):
                return [*names[:start], whole, *names[start + size :]]
    return names


def _han_names(text: str, known: Known) -> list[str]:
    """欧阳 娜娜 is one name; 第六次作业 张三 is a name and something else."""
    joined = re.sub(r"\s", "", as_said(text, known))
    apart = any(map(known.has_name, text.split())) or not is_name(joined)
    parts = text.split() if apart else [joined]
    return [known.name_within(part) or name_in(part) for part in parts]


def as_said(shown: str, known: Known) -> str:
    """`三 张`, as platforms in English put it, is 张三; other names stay as they are."""
    parts = shown.split()
    if len(parts) != 2 or not is_han(shown):  # noqa: PLR2004 - a given name and a surname
        return shown
    straight, turned = "".join(parts), "".join(reversed(parts))
    is_asked = known.has_name if known.has_name(straight) or known.has_name(turned) else is_person
    return turned if is_asked(turned) and not is_asked(straight) else straight


def _several(ids: Sequence[str], names: Sequence[str], known: Known) -> tuple[Identity, ...]:
    """`史四-2023068-唐五-2023069`: as many names as ids of one length; ids or names of the roster."""
    listed = list(dict.fromkeys(one for one in ids if known.has_id(one)))
    alike = list(
        dict.fromkeys(one for one in ids if _digits(one) >= _LONG and not stamps.stamp_of(one))
    )
    people = list(dict.fromkeys(one for one in names if is_han(one) and is_name(one)))
    group = [one for one in people if known.has_name(one)]
    if not ids and len(group) > 1:
        return tuple(Identity("", name, Strength.FULL) for name in group)
    if len(listed) > 1 and len(people) in (0, len(listed)):
        alike = listed
    elif len(people) < 2 or len(people) != len(alike) or len(set(map(len, alike))) > 1:  # noqa: PLR2004 - a pair
        return ()
    pairs = zip(alike, people or [""] * len(alike), strict=True)
    return tuple(Identity(student_id, name, Strength.FULL) for student_id, name in pairs)


def _choose_id(candidates: Sequence[str], known: Known) -> str:
    """The one of the roster, else the longest that is no day, the later of equals."""
    return max(
        reversed(candidates),
        key=lambda text: (known.has_id(text), stamps.stamp_of(text) is None, len(text)),
        default="",
    )


def _choose_name(candidates: Sequence[str], known: Known, *, strict: bool) -> str:
    """The one of the roster, else a Chinese name before a Latin one, with a surname before without.

    Where the clue has no prefix (`strict`), words of the course are no names; after the prefix they
    yield to another candidate only.
    """
    worded = [text for text in candidates if likely(text)]
    names = [text for text in worded if is_name(text)]
    kept = names if strict else names or worded
    han = sorted((text for text in kept if is_han(text)), key=lambda text: not is_person(text))
    listed = [text for text in candidates if known.has_name(text)]
    return next(iter((*listed, *han)), "") or " ".join(kept)


def _weigh(student_id: str, name: str, *, prefixed: bool) -> Identity:
    found = Identity(student_id, name)
    if student_id and (prefixed or is_han(name)):
        return replace(found, strength=Strength.FULL)
    if student_id:
        # batch-20251105, results_2024 and epoch_100 are no students; zhangsan-2023001 may be one.
        if stamps.stamp_of(student_id):
            return replace(found, strength=Strength.WEAK, name="")
        return replace(found, strength=Strength.BARE) if _digits(student_id) >= _LONG else NOBODY
    return _name_alone(name, prefixed=prefixed)


def _name_alone(name: str, *, prefixed: bool) -> Identity:
    if name and prefixed:
        return Identity("", name, Strength.BARE)
    # Without prefix or id only a short Chinese word may be a name: rnn.py is nobody.
    if name and is_han(name) and len(name) <= 4 + 8 * ("·" in name):
        return Identity("", name, Strength.WEAK)
    return NOBODY


def undated(found: Identity) -> Identity:
    """The same without its id, which turned out to be a day."""
    if not found.name:
        return NOBODY
    strength = Strength.BARE if found.strength is Strength.FULL else Strength.WEAK
    return Identity("", found.name, strength)


def _digits(student_id: str) -> int:
    return sum(map(str.isdigit, student_id))
