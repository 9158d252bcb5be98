"""Which assignment a name speaks of: `ml-5-姓名-学号`, `第五次作业`, `hw05`, or none."""

from __future__ import annotations

import re
from functools import lru_cache

from grader.intake.identity import stamps
from grader.intake.identity.names import NOBODY, identify
from grader.intake.reading.filenames import normalise

THIS = 6
_CHINESE = {mark: value for value, mark in enumerate("零一二三四五六七八九十")}
_N = r"(?P<n{0}>\d{{1,2}}(?!\d)|[一二三四五六七八九十](?![一二三四五六七八九十]))"
_NAMED = re.compile(
    rf"(?<![a-z])(?:ml|hw|homework|assignment|assgn|lab|pset)[\s_#-]*0?{_N.format(1)}"
    rf"|(?:作业|作業|实验|實驗|习题)[\s_#-]*0?{_N.format(2)}(?!次|版|稿)"
    rf"|第\s*{_N.format(3)}\s*(?:次|个|周)?(?:课后|平时|编程|机器学习)?(?:作业|作業|实验|習題|习题|练习)",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"^\s*(?:(?:re|fwd?|回复|答复|转发)\s*:\s*)*0?(?P<n>\d{1,2})\s*[-_.+:]\s*(?P<rest>\S.*)$",
    re.IGNORECASE,
)


@lru_cache(maxsize=1 << 8)
def assignment_of(clue: str, *, bare: bool) -> int | None:
    """The number that a name gives; None where it gives none.

    `bare`: a number alone before a student's name counts too, as in the subject 5-姓名-学号. It does
    not in a bundle, where somebody may have counted the students.
    """
    text = stamps.without_marked(normalise(clue))
    numbers = [_value(next(filter(None, found.groups()))) for found in _NAMED.finditer(text)]
    if bare and (found := _BARE.match(text)):
        number = int(found["n"])
        if number == THIS or identify(found["rest"]) != NOBODY:
            numbers.append(number)
    return THIS if THIS in numbers else next(iter(numbers), None)


def _value(text: str) -> int:
    return _CHINESE[text] if text in _CHINESE else int(text)
