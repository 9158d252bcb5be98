"""The terminal: what to fix first, no false comfort, no escapes of a student's, any width."""

from __future__ import annotations

import io
import subprocess
import sys
from dataclasses import replace

import pytest
from rich.cells import cell_len
from rich.console import Console

from grader.records import Grade, QuestionResult
from grader.reports.terminal import print_grade, print_summary
from grader.reports.writer import fold_line
from tests.reports.reports_samples import (
    awful,
    classroom,
    grade,
    hostile,
    middling,
    wording,
)


def shown(
    grade: Grade,
    *,
    width: int = 80,
    language: str = "en",
    public_only: bool = False,
    colour: bool = False,
) -> str:
    console = Console(
        file=io.StringIO(),
        width=width,
        force_terminal=colour,
        color_system="truecolor" if colour else None,
    )
    print_grade(grade, language, console, public_only=public_only, wording=wording(language))
    return console.file.getvalue()  # type: ignore[attr-defined]  # it is the StringIO of above


def test_the_first_thing_to_fix_is_the_last_on_the_screen_with_its_diagnosis() -> None:
    text = shown(middling())
    first = text.index("Fix this first")
    assert first > text.index("SimpleRNN: parameters")
    panel = text[first : text.index("╰")]
    assert "q4_3" in panel
    assert "dW_hh that is off" in panel
    assert "Which does your dh hold?" in " ".join(panel.replace("│", " ").split())


def test_every_question_stands_in_the_table_with_its_points() -> None:
    text = shown(middling(), width=120)
    for question in middling().questions:
        assert f"{question.name} " in text
        assert f"{question.score:g} / {question.possible:g}" in text
    assert "43 / 60" in text


def test_a_public_run_says_what_hidden_tests_add_and_never_that_all_passed() -> None:
    text = shown(grade(public_only=True), public_only=True)
    assert "public: 20/20; hidden tests add 40 points when your teacher grades" in text
    assert "all" not in text.lower().split()
    chinese = shown(grade(public_only=True), public_only=True, language="zh")
    assert "公开测试：20/20；老师评分时，隐藏测试另有 40 分" in chinese


def test_hints_and_alike_cases_are_told_once() -> None:
    text = shown(middling(), width=200)
    assert text.count("Which does your dh hold?") == 1
    assert "hidden case ×2" in text


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("make", [middling, awful, hostile])
def test_no_line_is_wider_than_the_terminal(make: object, width: int, language: str) -> None:
    for line in shown(make(), width=width, language=language).splitlines():  # type: ignore[operator]
        assert cell_len(line) <= width


def test_a_students_text_brings_no_escapes_and_no_markup() -> None:
    text = shown(hostile())
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "[red]rich[/red]" in text
    assert "0.123456" in text[text.index("Fix this first") :]  # the public case may quote it
    assert "0.123456" not in text[text.rindex("hidden case") : text.index("Fix this first")]


def test_colours_come_with_a_terminal_and_go_with_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b[" in shown(middling(), colour=True)
    assert "\x1b[" not in shown(middling())
    monkeypatch.setenv("NO_COLOR", "1")
    console = Console(file=io.StringIO(), width=80, force_terminal=True)
    print_grade(middling(), "en", console, public_only=False, wording=wording("en"))
    coloured = console.file.getvalue()  # type: ignore[attr-defined]  # it is the StringIO of above
    assert "\x1b[3" not in coloured  # no foreground colour; bold may stay


def test_a_gbk_console_gets_signs_that_it_has() -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    console = Console(file=out, width=80)
    print_grade(awful(), "en", console, public_only=False, wording=wording("en"))
    out.flush()
    assert b"+" in out.buffer.getvalue()  # type: ignore[attr-defined]  # it is the BytesIO of above


def test_chinese_folds_between_characters_and_punctuation_stays_behind() -> None:
    folded = fold_line("时刻 t 的隐藏状态通过两条路影响损失，你的 dh 里包含了哪一条？", 20)
    lines = folded.split("\n")
    assert all(cell_len(line) <= 20 for line in lines)
    assert not any(line[0] in "，？" for line in lines)
    assert (
        folded.replace("\n", "").replace(" ", "")
        == "时刻t的隐藏状态通过两条路影响损失，你的dh里包含了哪一条？"
    )


def test_a_class_is_summed_up() -> None:
    console = Console(file=io.StringIO(), width=80)
    room = classroom(40)
    print_summary(room, [object()], "en", console, wording("en"))
    text = console.file.getvalue()  # type: ignore[attr-defined]  # it is the StringIO of above
    assert "submissions: 40" in text
    assert "problems: 1" in text
    mean = sum(g.questions[0].score for g in room) / 40
    assert f"{mean:.2f}".rstrip("0").rstrip(".") + " / 4" in text
    top = sum("bptt_without_recurrence" in g.diagnoses for g in room)
    assert f"{top} × The gradient does not flow back through time" in text


def test_the_terminal_needs_nothing_that_the_handout_lacks() -> None:
    script = (
        "import sys; import grader.reports.terminal;"
        "bad = {'jinja2', 'matplotlib', 'PIL', 'markupsafe', 'babel'} & set(sys.modules);"
        "sys.exit(str(bad) if bad else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_an_optional_question_alone_has_no_automatic_part() -> None:
    optional = QuestionResult("q6_1", 2.0, 3.0, (), optional=True)
    alone = replace(grade(), questions=(optional,))
    text = shown(alone)
    assert "automatic part" not in text
    assert "0 / 0" not in text
    assert "+ 2" in text
    assert "optional: 2/3, on top of the 100 points" in text
    assert "选做：2/3，另加在 100 分之上" in shown(alone, language="zh")
    public = shown(alone, public_only=True)
    assert "public: 2/3; hidden tests add more when your teacher grades" in public
