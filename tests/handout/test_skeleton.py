"""What a student receives: the assignment's own names, nothing to copy, both languages."""

from __future__ import annotations

import ast
import inspect
import re
import tokenize
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from grader import assignment
from grader.written.formulas import fault
from solutions import rnn as reference
from tests import ROOT

SKELETON = ROOT / "student" / "rnn.py"

# As the assignment prints them.
SIGNATURES = {
    "SimpleRNN.__init__": "(self, input_size, hidden_size, output_size)",
    "SimpleRNN.forward": "(self, inputs)",
    "SimpleRNN.backward": "(self, d_outputs)",
    "SimpleRNN.update_parameters": "(self, learning_rate)",
    "LSTMCell.__init__": "(self, input_size, hidden_size)",
    "LSTMCell.forward": "(self, input_t, hidden_state, cell_state)",
    "generate_sequence_data": "(seq_type='fibonacci', length=1000)",
    "train_rnn_on_sequence": "()",
}
# Every question of Parts 1 to 3 by its number in the report.
SECTIONS = [f"1.{n}" for n in range(1, 11)]
SECTIONS += ["2.1", "2.2a", "2.2b", "2.2c", "2.3", "3.1", "3.2", "3.3"]
PLACEHOLDER = "> 【在这里作答，写完删掉这一行 · your answer here, then delete this line】"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
ENGLISH = re.compile(r"(?:\b[A-Za-z'_-]+\b[ ,;:]*){5}")


@cache
def skeleton() -> ModuleType:
    module = ModuleType("skeleton")
    exec(compile(SKELETON.read_text(encoding="utf-8"), str(SKELETON), "exec"), vars(module))
    return module


def find(module, path):
    for name in path.split("."):
        module = getattr(module, name)
    return module


def functions():
    """Every function of the skeleton by its path, as a syntax tree."""
    for node in ast.parse(SKELETON.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        if isinstance(node, ast.ClassDef):
            yield from ((f"{node.name}.{f.name}", f) for f in node.body[1:])


def test_signatures_are_the_assignments():
    found = {path: str(inspect.signature(find(skeleton(), path))) for path, _ in functions()}
    assert found == SIGNATURES


@pytest.mark.parametrize("path", SIGNATURES)
def test_the_reference_takes_the_same_arguments(path):
    given = inspect.signature(find(skeleton(), path)).parameters
    ours = inspect.signature(find(reference, path)).parameters
    assert [(p.name, p.default) for p in ours.values()] == [
        (p.name, p.default) for p in given.values()
    ]


@pytest.mark.parametrize("path", SIGNATURES)
def test_stubs_are_untouched(path):
    docstring, body = dict(functions())[path].body
    assert isinstance(docstring.value, ast.Constant)
    assert isinstance(body, ast.Pass)
    source = SKELETON.read_text(encoding="utf-8").splitlines()
    todo = "\n".join(source[docstring.end_lineno : body.lineno])
    assert todo.strip().startswith("# TODO")
    assert CHINESE.search(todo)
    assert " / " in todo


def test_the_skeleton_runs_as_it_is():
    module = skeleton()
    rnn, cell = module.SimpleRNN(2, 3, 1), module.LSTMCell(2, 3)
    calls = (rnn.forward, rnn.backward, rnn.update_parameters, module.generate_sequence_data)
    assert [call(1) for call in calls] == [None] * 4
    assert cell.forward(1, 2, 3) is None
    assert module.train_rnn_on_sequence() is None


def test_the_skeleton_holds_no_statement_to_copy():
    allowed = (ast.Import, ast.ClassDef, ast.FunctionDef, ast.Pass, ast.Expr)
    nodes = list(ast.walk(ast.parse(SKELETON.read_text(encoding="utf-8"))))
    assert not [n for n in nodes if isinstance(n, ast.stmt) and not isinstance(n, allowed)]
    assert all(isinstance(n.value, ast.Constant) for n in nodes if isinstance(n, ast.Expr))
    assert [ast.unparse(n) for n in nodes if isinstance(n, ast.Import)] == ["import numpy as np"]


def test_no_line_of_the_reference_stands_in_the_skeleton():
    """Not even inside a docstring or a comment: lines that compute something."""
    given = re.sub(r"\s+", "", SKELETON.read_text(encoding="utf-8"))
    with (ROOT / "solutions" / "rnn.py").open("rb") as file:
        tokens = [t for t in tokenize.tokenize(file.readline) if t.type != tokenize.COMMENT]
    lines = {re.sub(r"\s+", "", t.line.partition("#")[0]) for t in tokens if t.string == "="}
    assert len(lines) > 50
    assert [line for line in lines if line in given] == []


@pytest.mark.parametrize("path", ["", "SimpleRNN", "LSTMCell", *SIGNATURES])
def test_docstrings_are_chinese_first_english_second(path):
    docstring = inspect.getdoc(find(skeleton(), path) if path else skeleton())
    chinese, english = CHINESE.search(docstring), ENGLISH.search(docstring)
    assert chinese
    assert english
    assert chinese.start() < english.start()


def sections(path: Path) -> dict[str, tuple[str, str]]:
    """A report's questions: {number: (heading, what stands below it)}."""
    text = re.sub(r"<!--.*?-->", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    parts = re.split(r"^(#{1,2} .*|### (\S+) .*)$", text, flags=re.MULTILINE)
    return {
        number: (heading, below.strip())
        for heading, number, below in zip(parts[1::3], parts[2::3], parts[3::3], strict=True)
        if number
    }


def test_template_asks_every_question_in_both_languages():
    template = sections(ROOT / "student" / "report.md")
    assert list(template) == SECTIONS
    for heading, below in template.values():
        chinese, english = heading.split(" · ")
        assert CHINESE.search(chinese)
        assert english.isascii()
        assert below == PLACEHOLDER


def test_model_answers_stand_under_the_templates_headings():
    def headings(folder):
        text = (ROOT / folder / "report.md").read_text(encoding="utf-8")
        return [line for line in text.splitlines() if line.startswith("#")]

    assert headings("solutions") == headings("student")


def test_every_model_answer_is_an_answer():
    for number, (_, below) in sections(ROOT / "solutions" / "report.md").items():
        assert PLACEHOLDER not in below, number
        assert len(CHINESE.findall(below)) > 80, number


def test_every_formula_of_the_model_answers_parses():
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    text = (ROOT / "solutions" / "report.md").read_text(encoding="utf-8")
    parser = MarkdownIt("commonmark").enable("table").use(dollarmath_plugin)
    tokens = [t for token in parser.parse(text) for t in (token, *(token.children or ()))]
    formulas = [token.content for token in tokens if token.type.startswith("math")]
    assert len(formulas) > 150
    for formula in formulas:
        assert fault(formula) is None, formula
    assert not [t.content for t in tokens if t.type == "text" and "$" in t.content]


def points_in_readme() -> list[list[tuple[str, ...]]]:
    """The rows of the points table, (question, points, public, hidden), in both languages."""
    text = (ROOT / "student" / "README.md").read_text(encoding="utf-8")
    row = re.compile(r"^\| (q\S+) \|.*\| ([\d.]+) \| ([\d.]*) ?\| ([\d.]*) ?\|$", re.MULTILINE)
    return [row.findall(half) for half in text.split("\n---\n")]


def points_of(folder: str) -> dict[str, float]:
    """What the question files of a folder are worth, by their own `points = `."""
    files = (ROOT / "grader" / "questions" / folder).glob("q[45]*.py")
    pattern = re.compile(r"^points = ([\d.]+)$", re.MULTILINE)
    return {file.stem: float(pattern.search(file.read_text(encoding="utf-8"))[1]) for file in files}


def test_readme_tells_the_points_as_they_are():
    chinese, english = points_in_readme()
    assert chinese == english
    assert {name: float(points) for name, points, _, _ in chinese} == {
        question.name: question.points
        for question in assignment.load().questions
        if not question.bonus  # told in one sentence
    }
    automatic = [row for row in chinese if row[2]]
    assert {name: float(public) for name, _, public, _ in automatic} == points_of("public")
    assert {name: float(hidden) for name, _, _, hidden in automatic} == points_of("hidden")


def test_readme_speaks_both_languages_alike():
    text = (ROOT / "student" / "README.md").read_text(encoding="utf-8")
    chinese, english = text.split("\n---\n")
    assert CHINESE.search(chinese.splitlines()[0])
    code = re.compile(r"^```\n(.*?)^```$", re.MULTILINE | re.DOTALL)

    def commands(half):
        return [
            line.partition("#")[0].strip() for b in code.findall(half) for line in b.splitlines()
        ]

    assert commands(chinese) == commands(english)
    assert chinese.count("\n- ") == english.count("\n- ")
    assert chinese.count("\n## ") == english.count("\n## ")
