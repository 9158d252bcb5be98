"""Who a file name, folder or subject speaks of."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.intake.collection import RosterRow
from grader.intake.identity.names import Strength, as_said, identify
from grader.intake.identity.spelling import names_agree
from grader.intake.people.roster import Register
from grader.intake.reading.filenames import (
    clean_path,
    copy_number,
    split_suffix,
)
from grader.intake.reading.kinds import KIND_OF, stem_of
from grader.results.student_ids import safe_id

ZHANG = ("2023001", "张三")


@pytest.mark.parametrize(
    "clue",
    [
        "ml-6-张三-2023001",
        "6-张三-2023001",
        "ＭＬ－６－张三－２０２３００１",
        "ml-6——张三——2023001",
        "ml6张三2023001",
        "ML_6_张三_2023001",
        "6 张三 2023001",
        "6.张三.2023001",
        "ml-6-2023001-张三",
        "2023001-张三",
        "张三2023001",
        "张三（2023001）",
        "姓名张三-学号2023001",
        "回复：转发: 6-张三-2023001",
        "Re: Fwd: RE[2]: 6-张三-2023001",
        "【外部邮件】6-张三-2023001",
        "[6-张三-2023001]",
        "第6次作业-张三-2023001",
        "ml-6-张三-2023001(1)",
        "ml-6-张三-2023001 - Copy (2)",
        "ml-6-张三-2023001 - 副本",
        "副本 ml-6-张三-2023001",
        "Copy of ml-6-张三-2023001",
        "ml-6-张三-2023001-最终版",
        "计算机2班-张三-2023001",
        "张三-2023001-20241105",
        "ml-6-张\u3000三-2023001",
        "ml-6-\u200b张三-2023001\ufeff",
    ],
)
def test_one_student_however_written(clue: str) -> None:
    found = identify(clue)
    assert (found.student_id, found.name, found.strength) == (*ZHANG, Strength.FULL)


@pytest.mark.parametrize(
    ("clue", "student_id", "name"),
    [
        ("ml-6-Li Hua-U202312345", "U202312345", "Li Hua"),
        ("ml-6-John-Smith-2021K8009908001", "2021K8009908001", "John Smith"),
        ("ml-6-买买提·艾力-20230101", "20230101", "买买提·艾力"),
        ("ml-6-欧阳 娜娜-12", "12", "欧阳娜娜"),
        ("ML-6-李四-2037312X", "2037312X", "李四"),
        ("zhangsan2023001", "2023001", "zhangsan"),
        ("ml-6-José-PB21000001", "PB21000001", "José"),
        (unicodedata.normalize("NFD", "ml-6-José-PB21000001"), "PB21000001", "José"),
        ("20210101-王五", "20210101", "王五"),
        # An id that could be a day, and a number that belongs to the name.
        ("ml-6-张三2-20230126", "20230126", "张三"),
        ("ml-6-clip10-20230126", "20230126", "clip"),
        ("ml-6-zhangsan7", "7", "zhangsan"),
        ("ml-6-张三-7-20261130", "7", "张三"),
        # Letters before the digits: the id's, initials, or a word.
        ("ml-6-王一-pb23000001", "pb23000001", "王一"),
        ("ml-6-Wang Yi-pb23000001", "pb23000001", "Wang Yi"),
        ("zs2023001", "2023001", "zs"),
        ("张三hw2023001", "2023001", "张三"),
        # Ids with marks in them.
        ("ml-6-Dash O'Brien-21-110-042", "21-110-042", "Dash O'Brien"),
        ("ml-6-Ali-21K-1234", "21K-1234", "Ali"),
        ("6-张三-2023-001", "2023-001", "张三"),
        ("王五-22-1-2023001", "2023001", "王五"),
        ("2026-2027-1-王五-2023001", "2023001", "王五"),
        ("6-王五-2026-2027-1", "", "王五"),
        ("6-王五-2026-11", "", "王五"),
        ("6-张三-2023001-138-1234-5678", "2023001", "张三"),
        ("ml-6-Ali-20BCE1234", "20BCE1234", "Ali"),
        ("ml-6-Ali-0803CS231001", "0803CS231001", "Ali"),
        ("ml-6-张三-2023001HW6", "2023001", "张三"),
        # Days of platforms.
        ("20261130T143000Z-张三-2023001", "2023001", "张三"),
        ("张三-2023001-11-30-2026", "2023001", "张三"),
        ("Anne Lee-2023001-Nov 30, 2026 1110 PM", "2023001", "Anne Lee"),
    ],
)
def test_other_names_and_ids(clue: str, student_id: str, name: str) -> None:
    assert (identify(clue).student_id, identify(clue).name) == (student_id, name)


@pytest.mark.parametrize(
    ("first", "second", "agree"),
    [
        ("J.R.R. Tolkien", "J. R. R. Tolkien", True),
        ("Jean-Luc Picard", "Jean Luc Picard", True),
        ("Jean-Luc Picard", "Picard, Jean Luc", True),
        ("Ana Đorđević", "Ana Dordevic", True),
        ("Søren Łukasz", "soren lukasz", True),
        ("José Núñez", "Jose Nunez", True),
        ("Jörg Müller", "Joerg Mueller", True),
        ("Nguyễn Văn An", "Nguyen Van An", True),
        ("İbrahim Yılmaz", "Ibrahim Yilmaz", True),
        ("Mary Ann O'Neil", "Mary Ann O’Neil", True),
        ("陳大文", "陈大文", True),
        ("歐陽麗華", "欧阳丽华", True),
        ("阿卜杜拉·买买提", "阿卜杜拉.买买提", True),
        ("Anne Marie White", "Anne White", True),
        ("张三", "zhangsan", True),
        ("", "张三", True),
        ("张三", "张叁", False),
        ("陳大文", "陈小文", False),
        ("Anna Lee", "Anna Li", False),
        ("Anna Lee", "Anna", False),
        ("Anna Lee", "Lee Bruce", False),
    ],
)
def test_the_same_name_however_written(first: str, second: str, *, agree: bool) -> None:
    assert names_agree(first, second) is agree
    assert names_agree(second, first) is agree


@pytest.mark.parametrize(
    ("shown", "listed", "name"),
    [
        ("三 张", ["张三"], "张三"),
        ("三 张", [], "张三"),
        ("张 三", [], "张三"),
        ("娜娜 欧阳", [], "欧阳娜娜"),
        ("欧阳 娜娜", [], "欧阳娜娜"),
        ("文 张", ["文张"], "文张"),  # the roster knows
        ("阿依古丽 买买提", [], "阿依古丽买买提"),
        ("Anna Lee", [], "Anna Lee"),
        ("张三", [], "张三"),
    ],
)
def test_names_as_platforms_turn_them(shown: str, listed: list[str], name: str) -> None:
    assert as_said(shown, Register([RosterRow("1", each) for each in listed])) == name


@pytest.mark.parametrize(
    "clue",
    ["rnn", "homework", "报告", "实验报告", "lstm_v2", "README", "ml-6-姓名-学号", "", "循环神经网络",
     "第6次作业", "ml-6-作业", "inbox", "model 64", "report (1)", "results_2024", "tmp_130i6", "rnn-64-128-256", "hw6-20261130T143000Z-1-001", "2023级计算机1班", "---", "李"],
)  # fmt: skip
def test_words_of_the_course_are_nobody(clue: str) -> None:
    assert identify(clue).strength is Strength.NONE


@pytest.mark.parametrize(
    ("clue", "strength"),
    [("张三", Strength.WEAK), ("20241105", Strength.WEAK), ("rnn_10000", Strength.BARE),
     ("微信图片_20241105123456", Strength.WEAK), ("ml-6-张三", Strength.BARE),
     ("batch-20251105", Strength.WEAK), ("zhangsan-2023001", Strength.BARE)],
)  # fmt: skip
def test_doubtful_clues_are_weak(clue: str, strength: Strength) -> None:
    assert identify(clue).strength is strength


@pytest.mark.parametrize(
    ("name", "stem", "suffix", "copy"),
    [
        ("x.py", "x", ".py", 0),
        ("X.PY", "X", ".py", 0),
        ("x(1).py", "x(1)", ".py", 1),
        ("x（3）.py", "x(3)", ".py", 3),
        ("x.py(2)", "x", ".py", 2),
        ("x - 副本.md", "x - 副本", ".md", 1),
        ("x.py.txt", "x", ".py", 0),
        ("x.md.md", "x", ".md", 0),
        ("张三 - “x.md”的副本", "张三 - x", ".md", 1),
        ("x．ｐｙ", "x", ".py", 0),
        ("x。py", "x", ".py", 0),
        ("x.py. ", "x", ".py", 0),
        ("x.tar.gz", "x.tar", ".gz", 0),
        ("happy.copy", "happy", ".copy", 0),
        ("noname", "noname", "", 0),
    ],
)
def test_suffix_and_copies(name: str, stem: str, suffix: str, copy: int) -> None:
    assert split_suffix(name, KIND_OF.__contains__) == (stem, suffix)
    assert copy_number(name) == copy


HAN = st.text("赵钱孙李王张刘陈杨伟芳娜敏静磊洋勇", min_size=2, max_size=3)
IDS = st.from_regex(r"(U|PB|)20[12][0-9]{5,9}", fullmatch=True)
FULL_WIDTH = {ord("0") + n: ord("０") + n for n in range(10)}


@settings(deadline=None)
@given(
    HAN,
    IDS,
    st.sampled_from(["ml-6-", "6-", "ML_6_", "", "ml-6-作业-", "Re: 6-", "转发：6-"]),
    st.sampled_from(["-", "_", "—", "－", " ", "——", "+"]),
    st.integers(0, 1),
    st.integers(0, 1),
    st.sampled_from(["", "(1)", " - Copy", "-副本", "（2）"]),
)
def test_any_mix_names_the_same_student(
    name: str, student_id: str, prefix: str, dash: str, swap: int, wide: int, copy: str
) -> None:
    shown = student_id.translate(FULL_WIDTH) if wide else student_id
    parts = (shown, name) if swap else (name, shown)
    found = identify(prefix + dash.join(parts) + copy)
    assert (found.student_id, found.name) == (student_id, name)


@settings(deadline=None)
@given(st.text(max_size=400))
def test_no_text_breaks_it_and_ids_are_safe(text: str) -> None:
    found = identify(text)
    identify(stem_of(text))
    copy_number(text)
    kept = safe_id(found.student_id)
    assert kept.isascii()
    assert kept.isalnum()


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=[]), max_size=60))
def test_paths_stay_inside(text: str) -> None:
    shown = clean_path(text.encode("utf-8", "surrogatepass").decode("utf-8", "surrogateescape"))
    assert not shown.startswith("/")
    assert not {"..", ".", ""} & set(shown.split("/"))
    assert all(unicodedata.category(mark) not in ("Cc", "Cf", "Cs") for mark in shown)
    shown.encode()


def test_long_clues_take_no_time() -> None:
    for unit in ("-", " ", "(1)", "副本", "1", "re:", "张 ", "ab "):
        identify(unit * 100_000)


@pytest.mark.parametrize("student_id", ["../../etc", "CON", "com1", "学号", ""])
def test_hostile_ids_become_harmless(student_id: str) -> None:
    kept = safe_id(student_id)
    assert kept.isalnum()
    assert kept.casefold() not in ("con", "com1")
