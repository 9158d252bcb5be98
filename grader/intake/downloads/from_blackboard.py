"""Blackboard Learn: "Assignment File Download" of the Grade Center.

gradebook_COURSE_ASSIGNMENT_TIME.zip holds ASSIGNMENT_USER_attempt_2026-11-30-21-10-05_NAME for each
file of an attempt (in Chinese 尝试), and beside them one .txt without NAME that Blackboard writes:
"Name: Anna Lee (USER)", what was typed into the page ("Submission Field"), the student's comments.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo

from grader.intake.collection import Trouble
from grader.intake.identity import stamps
from grader.intake.identity.names import Known
from grader.intake.reading.arrivals import Arrival, Handed, Parcel
from grader.intake.reading.programs import defines_rnn
from grader.intake.reading.typed import plain_text, typed_program, typed_report
from grader.language import say
from grader.records import Concern

_MARK = re.compile(
    r"^(?P<who>(?:.+_)?(?P<user>[^_]+))_(?:attempt|尝试|嘗試)_(?P<stamp>20\d\d(?:-\d\d){5})"
    r"(?:_(?P<file>.+)|(?P<own>\.txt))$",
    re.DOTALL | re.IGNORECASE,
)
_NAME = re.compile(
    r"\A\ufeff?[^\n:：]{1,20}[:：][ \t]*(?P<name>[^\n]*?)[ \t]*\([^()\n]*\)\s*$", re.MULTILINE
)
# Up to the last such heading: what was typed may hold one of its own.
_SECTION = r"^[ \t]*(?:{label})[ \t]*[:：][ \t]*\n(?:(?P<text>.*)(?=^[ \t]*(?:{after})[ \t]*[:：][ \t]*$)|(?P<rest>.*))"
_TYPED, _COMMENTS, _FILES = "Submission Field|提交字段", "Comments|注释|评论|批注", "Files|文件"
_NOTHING = re.compile(
    r"^\s*(?:There (?:is|are) no student\b|(?:此|该)?作业?(?:没有|无)|没有学生|无学生)"
)
_LONG = 5  # digits of a user's name that is a student id
_SHOWN = 200  # characters of a comment


@dataclass(frozen=True, slots=True)
class _Letter:
    """What Blackboard's own file says of an attempt."""

    name: str = ""
    typed: str = ""
    comments: str = ""


def recognised(
    came: Sequence[Arrival], known: Known, zone: tzinfo | None
) -> Mapping[Arrival, Arrival]:
    """The files of Blackboard's downloads, each as it was handed in; times are read in `zone`."""
    marks = {one: mark for one in came if (mark := _MARK.match(one.name))}
    letters = {one: _read(one) for one, mark in marks.items() if mark["own"]}
    names = _names(letters, marks)
    return {
        one: _as_handed(one, mark, letters.get(one), _handed(one, mark, names, known), zone)
        for one, mark in marks.items()
    }


def _names(
    letters: Mapping[Arrival, _Letter], marks: Mapping[Arrival, re.Match[str]]
) -> dict[tuple[Parcel, str], str]:
    named = ((one, letter.name) for one, letter in letters.items() if letter.name)
    return {(one.parcel, marks[one]["who"]): name for one, name in named}


def _handed(
    one: Arrival, mark: re.Match[str], names: Mapping[tuple[Parcel, str], str], known: Known
) -> Handed:
    """A user's name with digits enough is the student id, unless the roster knows better."""
    name, user = names.get((one.parcel, mark["who"]), ""), mark["user"]
    is_id = sum(map(str.isdigit, user)) >= _LONG and not known.has_name(name)
    key = f"blackboard:{one.parcel.path}:{mark['who']}"
    return Handed(
        key,
        one.parcel,
        "Blackboard",
        name or ("" if is_id else user),
        user if is_id or known.has_id(user) else "",
        account=user,
        attempt=f"{key}:{mark['stamp']}",
    )


def _as_handed(
    one: Arrival,
    mark: re.Match[str],
    letter: _Letter | None,
    handed: Handed,
    zone: tzinfo | None,
) -> Arrival:
    sent = replace(one, handed=handed, time=stamps.moment(mark["stamp"], zone) or one.time)
    return replace(sent, name=mark["file"]) if letter is None else _letter(sent, letter)


def _letter(one: Arrival, letter: _Letter) -> Arrival:
    """Blackboard's own file is no report, but what was typed into the page may be one."""
    told = replace(one, trouble=_told(letter.comments)) if letter.comments else one
    if not letter.typed:
        return replace(told, role="extra", program=None, report=None, notes=())
    if defines_rnn(letter.typed):
        return replace(
            told, role="source", program=letter.typed, report=None, notes=(typed_program(),)
        )
    return replace(told, role="report", program=None, report=letter.typed, notes=(typed_report(),))


def _told(comments: str) -> Trouble:
    return Trouble(
        say("The student wrote beside the files: “{text}”.", text=comments),
        say("Nothing, if that is right."),
        Concern.INFORMATION,
    )


def _read(one: Arrival) -> _Letter:
    text = (one.report or one.program or "").replace("\r\n", "\n")
    named = _NAME.search(text)
    return _Letter(
        named["name"] if named else "",
        _section(text, _TYPED, _COMMENTS),
        " ".join(_section(text, _COMMENTS, _FILES).split())[:_SHOWN],
    )


def _section(text: str, label: str, after: str) -> str:
    """What stands under a heading, its mark-up taken off; "" where it says that there is nothing."""
    pattern = _SECTION.format(label=label, after=after)
    found = re.search(pattern, text, re.MULTILINE | re.DOTALL | re.IGNORECASE)
    words = (found["text"] or found["rest"] or "").strip() if found else ""
    if not words or _NOTHING.match(words):
        return ""
    return plain_text(words) if re.search(r"</\w+>|<br", words) else f"{words}\n"
