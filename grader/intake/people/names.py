"""Who a file name, folder name or mail subject speaks of: `ml-6-姓名-学号` and what people make of it.

A clue is normalised (full-width characters, dashes, copy marks), freed of the assignment's prefix,
and cut into pieces: what has digits enough is the student id, what has letters the name.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from enum import IntEnum

from grader.intake.reading.filenames import COPIES, COPY_OF, LONGEST, normalise


class Strength(IntEnum):
    """How far a clue can be trusted: `rnn_10000.py` must not outvote `6-张三-2023001`."""

    NONE = 0
    WEAK = 1  # a word that may be a name; digits that may be a date
    BARE = 2  # an id without a name, or a name after the assignment's prefix
    FULL = 3  # an id and a name, or an id after the assignment's prefix


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a clue names; either part may be empty."""

    student_id: str = ""
    name: str = ""
    strength: Strength = Strength.NONE

    def agrees(self, other: Identity) -> bool:
        """Whether both may be one person: no part contradicts."""
        ids = {self.id_key, other.id_key} - {""}
        names = {self.name_key, other.name_key} - {""}
        return len(ids) < 2 and len(names) < 2  # noqa: PLR2004 - two parts that differ

    def merged(self, other: Identity) -> Identity:
        return replace(
            self, student_id=self.student_id or other.student_id, name=self.name or other.name
        )

    @property
    def id_key(self) -> str:
        return self.student_id.casefold()

    @property
    def name_key(self) -> str:
        return re.sub(r"[\s·]", "", self.name).casefold()


NOBODY = Identity()

_HAN = r"\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_LETTERS = rf"[^\W\d_{_HAN}]+(?:['·][^\W\d_{_HAN}]+)*"
# Letters that belong to an id are few: U2023, PB21, 2021K8009, 2037312X.
_PIECE = re.compile(
    rf"(?P<id>(?:(?<![A-Za-z])(?:[A-Z]{{1,3}}|[a-z]))?[0-9]+(?:[A-Za-z][0-9]+)*(?:[Xx](?![A-Za-z]))?)"
    rf"|(?P<han>[{_HAN}]+(?:[·\s]+[{_HAN}]+)*)|(?P<latin>{_LETTERS})"
)
_REPLY = re.compile(
    r"^(?:\s*(?:re|fw|fwd|aw|wg|答复|答覆|回复|回覆|转发|轉發|转寄|轉寄)\s*(?:\[\d+\])?\s*:)+\s*",
    re.IGNORECASE,
)
_PREFIX = re.compile(
    r"^\s*(?:(?:ml|hw|homework|作业|第)[\s_-]*)?6(?:次作业|次|作业)?(?:[\s_.+:-]+|(?=[^\W\d_]))",
    re.IGNORECASE,
)
_LABELS = re.compile("姓名|学号|班级")  # the template's own words, filled in or not
_SEGMENTS = re.compile(r"[-_+,，、;；:.()\[\]【】{}《》<>“”\"|/\\&=#@!~]+")
_GROUPS = re.compile(r"[级届班]|学院|专业|大学|小组$")
_NOT_NAMES = re.compile(
    "作业|代码|报告|实验|程序|文档|文件|推导|公式|网络|循环|神经|序列|预测|训练|模型|数据|结果|"
    "答案|理论|笔记|总结|附件|邮件|提交|收集|学习|深度|人工|智能|最终|修改|新建|副本|学号|姓名|课程|"
    "图片|截图|照片|屏幕|微信|源码|题目|问题|解答|回答|老师|助教|同学|第.?[次章题部]|终版|版本|测试|梯度"
)
_ONLY_WORDS = re.compile(rf"(?:{_NOT_NAMES.pattern})+")
_WORDS = frozenset(
    [
        "ml",
        "rnn",
        "lstm",
        "gru",
        "py",
        "md",
        "ipynb",
        "hw",
        "homework",
        "final",
        "report",
        "code",
        "copy",
        "new",
        "version",
        "ver",
        "submission",
        "assignment",
        "task",
        "simple",
        "simplernn",
        "main",
        "test",
        "readme",
        "train",
        "notebook",
        "untitled",
        "project",
        "theory",
        "answer",
        "answers",
        "doc",
        "docs",
        "the",
        "src",
        "source",
        "inbox",
        "mail",
        "mails",
        "students",
        "submissions",
        "img",
        "image",
        "figure",
        "fig",
        "loss",
        "plot",
        "screenshot",
        "download",
        "downloads",
        "desktop",
        "tmp",
        "temp",
        "work",
    ]
)


def identify(clue: str) -> Identity:
    """Whom a stem, folder name or subject names; `NOBODY` where it names nobody."""
    text = _LABELS.sub("", _REPLY.sub("", normalise(clue[:LONGEST])))
    while (shorter := COPIES.sub("", text)) != text:
        text = shorter
    text = COPY_OF.sub("", text)
    rest = _PREFIX.sub("", text)
    prefixed = rest != text
    ids, names = _pieces(rest, shortest=1 if prefixed else 3)
    return _weigh(_choose_id(ids), _choose_name(names, strict=not prefixed), prefixed=prefixed)


def _pieces(text: str, shortest: int) -> tuple[list[str], list[str]]:
    """Candidates for ids (at least `shortest` digits) and for names, in their order."""
    ids, names = [], []
    for segment in _SEGMENTS.split(text):
        if _GROUPS.search(segment):
            continue
        latin: list[str] = []
        for piece in _PIECE.finditer(segment):
            if piece["id"] and shortest <= sum(map(str.isdigit, piece["id"])) <= 20:  # noqa: PLR2004 - no id is longer
                ids.append(piece["id"])
            elif piece["han"]:
                names.append(re.sub(r"\s", "", piece["han"]))
            elif piece["latin"]:
                latin.append(piece["latin"])
        names.extend([" ".join(latin)] if latin else [])
    return ids, names


def _choose_id(candidates: list[str]) -> str:
    """The longest that is no date, the later of equals: `张三-2023001-20241105`."""
    return max(
        reversed(candidates), key=lambda text: (not looks_like_a_date(text), len(text)), default=""
    )


def _choose_name(candidates: list[str], *, strict: bool) -> str:
    """A Chinese name before a Latin one.

    Where the clue has no prefix (`strict`), words of the course are no names; after the prefix they
    yield to another candidate only.
    """
    worded = [
        text
        for text in candidates
        if not set(text.casefold().split()) <= _WORDS and not _ONLY_WORDS.fullmatch(text)
    ]
    likely = [text for text in worded if not _NOT_NAMES.search(text)]
    kept = likely if strict else likely or worded
    han = [text for text in kept if _is_han(text)]
    return han[0] if han else " ".join(kept)


def _weigh(student_id: str, name: str, *, prefixed: bool) -> Identity:
    found = Identity(student_id, name)
    if student_id and (prefixed or _is_han(name)):
        return replace(found, strength=Strength.FULL)
    if student_id:
        # batch-20251105, results_2024 and epoch_100 are no students; zhangsan-2023001 may be one.
        if looks_like_a_date(student_id):
            return replace(found, strength=Strength.WEAK, name="")
        return replace(found, strength=Strength.BARE) if _is_long(student_id) else NOBODY
    if name and prefixed:
        return replace(found, strength=Strength.BARE)
    # Without prefix or id only a short Chinese word may be a name: rnn.py is nobody.
    if name and _is_han(name) and len(name) <= 4 + 8 * ("·" in name):
        return replace(found, strength=Strength.WEAK)
    return NOBODY


def _is_long(student_id: str) -> bool:
    return sum(map(str.isdigit, student_id)) >= 5  # noqa: PLR2004 - 2024 is a year, 1024 a length


def _is_han(text: str) -> bool:
    return re.fullmatch(rf"[{_HAN}·\s]{{2,}}", text) is not None


def looks_like_a_date(text: str) -> bool:
    """`20241105`; ids of the form year, class, number look like this too."""
    if not re.fullmatch(r"20\d{6}", text):
        return False
    try:
        dt.date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return False
    return True
