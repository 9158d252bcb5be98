"""A student's dossier as a page: bad input says so, nothing hidden is told, all is escaped."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from grader.integrity.dossier.alike_passages import AlikePassage
from grader.integrity.dossier.dossier_page import class_page, student_page
from grader.integrity.dossier.student_dossier import Dossier, DossierTask, dossier
from grader.language import say
from grader.records import (
    CaseResult,
    Exhibit,
    Grade,
    QuestionResult,
    Status,
    Submission,
    Verdict,
)
from grader.reports.wording import load_wording
from solutions import rnn
from tests.integrity.dossier.programs import source

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"
REPORT = "循环神经网络按时间步处理序列，隐藏状态是到目前为止的摘要。" * 3


def made(
    program: str | None, report: str | None = REPORT, grade: Grade | None = None, name: str = "张三"
) -> Dossier:
    submission = Submission("2023001", name, program, report)
    return dossier(DossierTask(submission, grade, load_wording("en")))


def graded(*questions: QuestionResult, exhibits: tuple[Exhibit, ...] = ()) -> Grade:
    return Grade(
        "2023001", "张三", Status.GRADED, questions, "0", "kit", "plain", "", 1.0, exhibits=exhibits
    )


def notes(one: Dossier) -> str:
    return " ".join(str(note) for note in one.notes)


@pytest.mark.parametrize(
    ("program", "says"),
    [
        (None, "No program came in"),
        (" \n", "No program came in"),
        ("def broken(:\n    pass", "does not parse (line 1)"),
        ("x = '\0'", "nothing could be run"),
        (source("broken/skeleton"), "A skeleton that nobody filled in"),
        ("print('hello')", "Neither SimpleRNN nor LSTMCell can be run"),
        (source("broken/no-lstm"), "LSTMCell cannot be run"),
        (source("broken/only-lstm"), "SimpleRNN cannot be run"),
    ],
)
def test_what_cannot_be_asked_about_is_said(program: str | None, says: str) -> None:
    one = made(program)
    assert says in notes(one)
    for language in ("zh", "en"):
        assert "<h1>" in student_page(one, language)


@pytest.mark.parametrize(
    ("report", "says"), [(None, "No report came in."), ("", "The report is empty")]
)
def test_a_missing_or_empty_report_is_said(report: str | None, says: str) -> None:
    assert says in notes(made("print('hello')", report))


@pytest.fixture(scope="module")
def whole() -> Dossier:
    """A right program whose comments and report are hostile, with points lost and a curve."""
    program = source("variants/coursera").replace("# (H+I, B)", f"# {HOSTILE}")
    secret = CaseResult(
        "hidden reference", hidden=True, verdict=Verdict.FAILED, points=0.0, possible=2.0,
        message=say("It raised {error}", error="ValueError: inputs[0] = 0.987654321"),
    )  # fmt: skip
    shown = CaseResult(
        "shapes",
        hidden=False,
        verdict=Verdict.FAILED,
        points=0.0,
        possible=1.0,
        message=say("{what} is wrong", what=HOSTILE),
    )
    grade = graded(
        QuestionResult("q4_6", 0.0, 2.0, (secret,)),
        QuestionResult("q4_2", 0.0, 1.0, (shown,)),
        exhibits=(
            Exhibit("q5_3", "lengths", say("Note"), series={"length": (2.0, 12.0), "error": (0.5, 0.25)}),
        ),
    )  # fmt: skip
    return made(program, f"我用了梯度裁剪 {HOSTILE} 学习率为 0.0137。" * 2, grade, HOSTILE)


def test_eight_to_twelve_questions_each_with_its_answer(whole: Dossier) -> None:
    assert 8 <= len(whole.questions) <= 12
    page = student_page(whole, "en")
    assert page.count('class="ask"') == page.count('class="oral-answer"') == len(whole.questions)
    assert "error by length: 2: 0.5, 12: 0.25." in page
    assert "<b>weak</b>" in page


@pytest.mark.parametrize("file", ["bonus.py", ""])
def test_a_lost_optional_question_shows_the_file_that_it_was_written_in(file: str) -> None:
    stub = "class GRUCell:\n    def forward(self, x, h):\n        raise NotImplementedError\n"
    own = "\n\n# one\nclass GRUCell:\n    def forward(self, x, h):\n        return h\n"
    lost = CaseResult(
        "forward", hidden=False, verdict=Verdict.FAILED, points=0.0, possible=1.0, message=say("No")
    )
    submission = Submission(
        "2023001", "张三", source("variants/coursera") + ("" if file else own), REPORT,
        bonus=own if file else stub,
    )  # fmt: skip
    grade = graded(QuestionResult("q6_1", 0.0, 1.0, (lost,)))
    one = dossier(DossierTask(submission, grade, load_wording("en")))
    (asked,) = [question for question in one.questions if question.reason]
    assert asked.excerpt is not None
    assert asked.excerpt.lines == ("def forward(self, x, h):",)
    assert asked.excerpt.file == file
    assert ("bonus.py, line 5" in student_page(one, "en")) is bool(file)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_a_student_wrote_is_escaped_and_nothing_runs(whole: Dossier, language: str) -> None:
    page = student_page(whole, language)
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert "<img" not in page
    assert "script-src 'none'" in page
    assert not re.search(r"(?:src|href)=\"(?!data:|#|\.\./)", page)


def test_nothing_of_a_hidden_case_and_no_line_of_the_reference(whole: Dossier) -> None:
    page = student_page(whole, "en")
    assert "0.987654321" not in page
    assert "It raised" in page
    reference = Path(rnn.__file__).read_text("utf-8")
    own = source("variants/coursera")
    secret = [line.strip() for line in reference.splitlines() if len(line.strip()) > 40]
    assert not [line for line in secret if line in page and line not in own]


def test_passages_alike_are_asked_about_and_only_the_examiner_reads_whose() -> None:
    task = DossierTask(
        Submission("1", "", source("variants/coursera"), REPORT), graded(), load_wording("en"),
        (AlikePassage((27, 60), "2023999"),),
    )  # fmt: skip
    one = dossier(task)
    (alike,) = [each for each in one.questions if each.reason]
    assert "Lines 27 to 60" in str(alike.text)
    assert "2023999" in str(alike.reason)
    assert "2023999" not in str(alike.text)
    assert (alike.excerpt.first, alike.excerpt.lines[0]) == (52, "def backward(self, d_outputs):")
    assert one.need == 5.0
    assert not [each for each in made(source("variants/coursera")).questions if each.reason]


def test_the_class_stands_in_order_of_need() -> None:
    calm, urgent = Dossier("1", "", ()), Dossier("2", HOSTILE, (), need=3.0, reasons=(say("Note"),))
    page = class_page([calm, urgent], [], {"1": "1", "2": "2"}, "en")
    assert page.index("dossier/2.html") < page.index("dossier/1.html")
    assert "<script" not in page


@pytest.mark.needs("chromium")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_twelve_questions_print_on_two_pages(whole: Dossier, language: str, tmp_path: Path) -> None:
    twelve = replace(whole, questions=(*whole.questions, *whole.questions)[:12])
    page, pdf = tmp_path / "page.html", tmp_path / "page.pdf"
    page.write_text(student_page(twelve, language), "utf-8")
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
    subprocess.run([*command, f"--print-to-pdf={pdf}", page.as_uri()], check=True, capture_output=True, timeout=120)  # fmt: skip
    assert len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes())) in (1, 2)
