"""The pages as files: what stands in them, what must not, and when they are written again."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from grader.language import Message, say, translations
from grader.records import (
    CaseResult,
    Grade,
    Problem,
    QuestionResult,
    Status,
    Submission,
    Verdict,
)
from grader.reports.classroom import Classroom
from grader.reports.pages import render
from grader.reports.pages.all_pages import write_all
from grader.reports.pages.class_page import class_page
from grader.reports.pages.student_page import student_page
from grader.reports.wording import Wording, load_hints, load_wording
from grader.results.files import file_names
from grader.results.reader import Decision
from tests.reports.reports_samples import (
    HOSTILE,
    awful,
    classroom,
    good,
    grade,
    hostile,
    middling,
    wording,
)

EXECUTABLE = {"script", "iframe", "object", "embed", "form", "base", "link", "audio", "video"}


@dataclass
class FakeStore:
    """The seam: what pages ask of a store."""

    given: list[Grade]
    trouble: list[Problem] = field(default_factory=list)
    open: list[Submission] = field(default_factory=list)

    def grades(self, *, exhibits: bool = False) -> Iterator[Grade]:
        return iter(self.given if exhibits else [replace(g, exhibits=()) for g in self.given])

    def problems(self) -> list[Problem]:
        return self.trouble

    def superseded(self) -> list[Submission]:
        return []

    def waiting(self) -> list[Submission]:
        return self.open

    def submissions(self) -> list[Submission]:
        return []

    def decisions(self) -> list[Decision]:
        return []

    def fact(self, _name: str) -> str:
        return ""


class Page(HTMLParser):
    """Tags with their attributes, and the text that a reader sees."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._inside: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._inside:
            while self._inside.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & set(self._inside):
            self.text += data


def report(grades: list[Grade], language: str = "en", problems: tuple[Problem, ...] = ()) -> str:
    room = Classroom()
    for each in grades:
        room.add(each)
    names = file_names(each.student_id for each in grades)
    return class_page(room, problems, wording(language), names)


def assert_closed(html: str) -> None:
    """Nothing runs but our script, nothing loads from anywhere."""
    page = Page(html)
    scripts = [attributes for tag, attributes in page.tags if tag == "script"]
    assert len(scripts) <= 1
    for tag, attributes in page.tags:
        assert tag not in EXECUTABLE - {"script", "link"}
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        source = attributes.get("src") or "data:"
        assert source.startswith("data:")
        target = attributes.get("href") or "#"
        assert target.startswith(("#", "data:,", "feedback/", "results/"))
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)
    assert policy
    assert "default-src 'none'" in policy[1]
    assert "unsafe" not in policy[1]
    styles = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    assert [f"style-src '{render.policy_hash(each)}'" in policy[1] for each in styles] == [True]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("make", [good, middling, awful, hostile])
def test_a_students_page_is_closed_and_speaks_one_language(make: object, language: str) -> None:
    html = student_page(make(), wording(language))  # type: ignore[operator]
    assert_closed(html)
    assert "script-src 'none'" in html
    assert f'<html lang="{"zh-CN" if language == "zh" else "en"}">' in html


def test_a_students_page_shows_points_failures_hints_and_pictures() -> None:
    text = Page(html := student_page(middling(), wording("en"))).text
    for expected in (
        "欧阳晓明",
        "43",
        "/ 60",
        "Fix this first",
        "dW_hh",
        "Which does your dh hold?",
    ):
        assert expected in text
    for question in middling().questions:
        assert f'id="{question.name}"' in html
    assert html.count('class="plot"') == 3
    assert html.count('src="data:image/png;base64,') == 1
    assert "Part 1: concepts (15)" in text


def test_the_first_to_fix_comes_before_the_questions() -> None:
    html = student_page(middling(), wording("en"))
    assert html.index('id="first"') < html.index('id="q4_1"')


@pytest.mark.parametrize(
    ("question", "verdict", "words"),
    [
        ("q4_2", Verdict.FAILED, "Compute two steps of one unit by hand"),
        ("q5_1", Verdict.FAILED, "first ten values"),
        ("q5_3", Verdict.FAILED, "Plot the losses"),
        ("q5_3", Verdict.CRASHED, "last line of the error"),
    ],
)
def test_the_next_step_fits_the_question(question: str, verdict: Verdict, words: str) -> None:
    case = CaseResult("one", hidden=False, verdict=verdict, points=0.0, possible=1.0)
    given = replace(good(), questions=(QuestionResult(question, 0.0, 1.0, (case,)),))
    assert words in Page(student_page(given, wording("en"))).text


def test_a_file_that_did_not_load_is_not_told_to_fill_in_a_todo() -> None:
    case = CaseResult(
        "one", hidden=False, verdict=Verdict.NOT_IMPLEMENTED, points=0.0, possible=1.0
    )
    whole = replace(good(), questions=(QuestionResult("q4_2", 0.0, 1.0, (case,)),))
    broken = replace(whole, loaded=False, notes=(say("Python cannot read your file."),))
    assert "Fill in the TODO" in Page(student_page(whole, wording("en"))).text
    text = Page(student_page(broken, wording("en"))).text
    assert "Fill in the TODO" not in text
    assert text.index("Python cannot read your file.") < text.index("Mend what is said above")


def test_notes_come_first_where_the_file_may_not_have_loaded() -> None:
    html = student_page(awful(), wording("en"))
    assert html.index("The report (.md) is missing.") < html.index('id="first"')
    late_note = replace(middling(), notes=(say("The report (.md) is missing."),))
    html = student_page(late_note, wording("en"))
    assert html.index("The report (.md) is missing.") > html.index('id="q5_3"')


def test_full_marks_do_not_claim_that_all_is_passed_for_ever() -> None:
    text = Page(student_page(good(), wording("en"))).text
    assert "all tests passed" not in text.lower()
    assert "Nothing left to fix in the automatic part" in text


def test_a_public_run_says_what_hidden_tests_add() -> None:
    text = Page(student_page(grade(public_only=True), wording("en"))).text
    assert "hidden tests add 40 points" in text


def secret_case(*, hidden: bool) -> CaseResult:
    message = say(
        "{error} for inputs {inputs}, expected {expected}",
        error="ValueError: I saw [[0.13579]] at q4_2_hidden.py line 7",
        inputs="[[0.13579]]",
        expected=0.2468013579,
    )
    return CaseResult(
        "T=1 after update",
        hidden,
        Verdict.CRASHED,
        0,
        1,
        message,
        "",
        say("for the teacher"),
        "0.13579",
    )


@pytest.mark.parametrize("verdict", [v for v in Verdict if v is not Verdict.PASSED])
def test_a_hidden_case_gives_nothing_away(verdict: Verdict) -> None:
    case = replace(secret_case(hidden=True), verdict=verdict)
    question = QuestionResult("q4_2", 0, 1, (case,))
    html = student_page(replace(good(), questions=(question,)), wording("en"))
    for secret in ("13579", "2468", "q4_2_hidden", "line 7", "T=1 after update", "for the teacher"):
        assert secret not in html
    public = replace(question, cases=(replace(secret_case(hidden=False), verdict=verdict),))
    assert "13579" in student_page(replace(good(), questions=(public,)), wording("en"))


def test_hostile_text_is_text() -> None:
    for html in (student_page(hostile(), wording("en")), report([hostile(), good()])):
        assert_closed(html)
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert "\u202e" not in html
        assert "\x1b" not in html
        text = Page(html).text
        assert "<script>alert(1)</script>" in text  # shown, as what it is
        assert "{{ 7*7 }}" in text
        assert len(html) < 600_000


def test_another_students_data_is_on_no_students_page(tmp_path: Path) -> None:
    write_all(FakeStore([good(), middling()]), tmp_path, "en", wording=wording("en"))
    page = (tmp_path / "feedback" / "2023001.html").read_text("utf-8")
    assert "张三" in page
    assert "欧阳晓明" not in page
    assert "2023014" not in page


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status.UNREADABLE, "could not be read"),
        (Status.KIT_FAULT, "not your fault"),
    ],
)
def test_without_a_score_the_page_says_why(status: Status, words: str) -> None:
    made = replace(good(), status=status, questions=(), exhibits=(), notes=(say("It is a JPEG."),))
    text = Page(student_page(made, wording("en"))).text
    assert words in text
    assert "It is a JPEG." in text
    assert "/ 60" not in text


def test_the_class_report_counts_right() -> None:
    grades = [good(), middling(), awful()]
    text = " ".join(Page(report(grades)).text.split())
    assert "3students" in text
    assert "34.33 / 60mean" in text  # (60 + 43 + 0) / 3
    assert "43 / 60median" in text
    assert "1with full marks" in text
    html = report(grades)
    assert html.index("The gradient does not flow back") < html.index("Fibonacci numbers overflow")
    gradient = re.search(r'q4_3</span> gradient</td>.*?<td class="num">(\d+) %', html, re.DOTALL)
    assert gradient
    assert gradient[1] == "33"


def test_the_class_report_names_everybody_who_needs_a_person() -> None:
    problem = Problem("作业.rar", "0" * 64, say("A RAR file."), say("Ask for a zip."))
    fault = replace(good(), student_id="2023050", name="赵六", status=Status.KIT_FAULT)
    unreadable = replace(good(), student_id="2023051", name="钱七", status=Status.UNREADABLE)
    review = CaseResult(
        "c",
        hidden=True,
        verdict=Verdict.PASSED,
        points=1,
        possible=1,
        review=say("borderline: {x}", x="0.071"),
    )
    close = replace(
        good(),
        student_id="2023052",
        name="孙八",
        status=Status.NEEDS_REVIEW,
        questions=(QuestionResult("q5_2", 1, 1, (review,)),),
    )
    text = " ".join(
        Page(report([good(), fault, unreadable, close], problems=(problem,))).text.split()
    )
    for expected in (
        "赵六 2023050",
        "钱七 2023051",
        "孙八 2023052 — borderline: 0.071",
        "作业.rar — A RAR file. · Ask for a zip.",
    ):
        assert expected in text


def test_a_class_of_none_has_a_report() -> None:
    assert_closed(report([]))
    assert "Nothing: every submission has its grade." in report([])


def test_links_lead_to_files_that_are_there(tmp_path: Path) -> None:
    write_all(FakeStore([good(), hostile(), awful()]), tmp_path, "zh", wording=wording("zh"))
    html = (tmp_path / "report.html").read_text("utf-8")
    targets = {a["href"] for tag, a in Page(html).tags if tag == "a" and a.get("href")}
    pages = {target for target in targets if target and target.startswith("feedback/")}
    assert len(pages) == 3
    for page in pages:
        assert (tmp_path / page).is_file()
    assert {path.name for path in tmp_path.iterdir()} == {"report.html", "feedback"}


def test_an_unchanged_page_is_left_alone_and_a_changed_one_written_again(tmp_path: Path) -> None:
    store = FakeStore([good(), middling()])
    write_all(store, tmp_path, "en", wording=wording("en"))
    pages = sorted((tmp_path / "feedback").glob("*.html"))
    first = [path.stat().st_mtime_ns for path in pages]
    write_all(store, tmp_path, "en", wording=wording("en"))
    assert [path.stat().st_mtime_ns for path in pages] == first
    store.given[1] = replace(middling(), name="改名")
    write_all(store, tmp_path, "en", wording=wording("en"))
    assert [path.stat().st_mtime_ns == old for path, old in zip(pages, first, strict=True)] == [
        True,
        False,
    ]
    write_all(store, tmp_path, "zh", wording=wording("zh"))
    assert "自动评分" in pages[0].read_text("utf-8")


def test_the_instructors_page_is_left_alone_until_something_on_it_changes(tmp_path: Path) -> None:
    store = FakeStore([good(), middling()])
    page = tmp_path / "report.html"
    write_all(store, tmp_path, "en", wording=wording("en"))
    first = page.stat().st_mtime_ns
    write_all(store, tmp_path, "en", wording=wording("en"))
    assert page.stat().st_mtime_ns == first
    store.given[1] = replace(middling(), late=True, seconds=99.0)
    write_all(store, tmp_path, "en", wording=wording("en"))
    second = page.stat().st_mtime_ns
    assert second != first
    (tmp_path / "dossier.html").touch()
    write_all(store, tmp_path, "en", wording=wording("en"))
    assert "dossier.html" in page.read_text("utf-8")


def test_a_page_whose_student_is_gone_goes_and_a_strangers_file_stays(tmp_path: Path) -> None:
    store = FakeStore([good(), middling()])
    write_all(store, tmp_path, "en", wording=wording("en"))
    foreign = tmp_path / "feedback" / "notes.html"
    foreign.write_text("mine", "utf-8")
    store.given.pop()
    write_all(store, tmp_path, "en", wording=wording("en"))
    assert {path.name for path in (tmp_path / "feedback").iterdir()} == {
        "2023001.html",
        "notes.html",
    }


def test_many_pages_are_written_by_several_processes(tmp_path: Path) -> None:
    grades = [replace(each, exhibits=()) for each in classroom(30)]
    done: list[int] = []
    write_all(
        FakeStore(grades), tmp_path, "en", wording=wording("en"), advance=lambda: done.append(1)
    )
    assert len(list((tmp_path / "feedback").glob("*.html"))) == len(done) == 30


def test_a_template_that_asks_for_what_is_not_there_fails() -> None:
    with pytest.raises(UndefinedError):
        render.environment().from_string("{{ missing }}").render()


def test_program_names_are_set_as_code_and_all_else_is_escaped() -> None:
    assert render.code("backward(d: (6, 3)) gave <b>dW_hh</b>, h_{t+1}(s)") == (
        "<code>backward(d: (6, 3))</code> gave &lt;b&gt;<code>dW_hh</code>&lt;/b&gt;, <code>h_{t+1}</code>(s)"
    )
    assert "<script" not in render.code(HOSTILE)


def test_titles_and_points_come_from_the_assignment() -> None:
    loaded = load_wording("zh")
    assert sum(loaded.possible.values()) == 60
    assert sum(loaded.written.values()) == 40
    assert loaded.title("q4_3").startswith("SimpleRNN.backward")


def test_hints_come_from_the_misconceptions(tmp_path: Path) -> None:
    file = tmp_path / "misconceptions.toml"
    file.write_text(
        '[[misconception]]\nname = "a_b"\nhint.zh = "提示"\nhint.en = "Hint"\n', "utf-8"
    )
    assert load_hints("en", file) == {"a_b": ("", "Hint")}
    assert load_hints("zh", tmp_path / "none.toml") == {}


def test_a_misconception_without_a_title_is_called_by_what_its_hint_says_first() -> None:
    hints = {
        "dW-hh-forgotten": ("", "循环权重的梯度一直是 0：忘了计算。"),
        "lags": ("", "It lags by 0.5 steps. Check t."),
        "titled": ("Title", "Text."),
    }
    wording = Wording("zh", hints=hints)
    names = [*hints, "no-hint_at all"]
    assert [wording.misconception(name) for name in names] == [
        "循环权重的梯度一直是 0",
        "It lags by 0.5 steps",
        "Title",
        "no hint at all",
    ]
    assert [wording.explanation(name) for name in names] == ["忘了计算。", "Check t.", "Text.", ""]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_misconception_is_called_something_of_its_own(language: str) -> None:
    wording = load_wording(language)
    assert len({wording.misconception(name) for name in wording.hints}) == len(wording.hints)


def spoken(source: Path) -> set[str]:
    text = source.read_text("utf-8")
    if source.suffix == ".html":
        return set(re.findall(r'\bsay\("([^"]+)"', text))
    calls = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))
    said = [call.args[0] for call in calls if ast.unparse(call.func).endswith("say") and call.args]
    return {node.value for node in said if isinstance(node, ast.Constant)}


def test_every_text_of_pages_and_terminal_has_its_chinese() -> None:
    reports = Path(render.__file__).parents[1]
    sources = [*reports.rglob("*.py"), *reports.rglob("*.html")]
    texts = {text for source in sources for text in spoken(source)}
    assert len(texts) > 100
    catalogue = translations("zh")
    same = {text for text in texts if catalogue.gettext(text) == text}
    assert not same
    fields = re.compile(r"\{(\w+)\}")
    for text in texts:
        assert set(fields.findall(text)) == set(fields.findall(catalogue.gettext(text)))


def test_messages_without_values_need_no_format() -> None:
    assert render.sayer("en")("plain") == "plain"
    assert str(Message("x {a}", {"a": "b"})) == "x b"
