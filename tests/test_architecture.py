"""The arrows between modules point one way, and every question adds up."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from grader.assignment import load
from grader.questions.otter import QUESTIONS, loaded
from tests import ROOT

GRADER = ROOT / "grader"

BELOW_ALL = {
    "grader",
    "grader.language",
    "grader.faults",
    "grader.assignment",
    "grader.records",
}
CHECKS = {"grader.checks"}
SANDBOX = {"grader.sandbox"}
WORKER_SIDE = {
    "confine",
    "figures",
    "landlock",
    "parameters",
    "pictures",
    "png",
    "printed",
    "rounds",
    "runner",
    "source",
    "values",
    "watch",
    "wire",
    "worker",
}

# Package or module -> what it may import of the kit besides itself and what lies below all.
ALLOWED: dict[str, set[str]] = {
    "grader.language": set(),
    "grader.faults": {"grader.language", "grader.records"},
    "grader.records": {"grader.language"},
    "grader.assignment": set(),
    "grader.batch.interrupts": set(),
    "grader.checks": set(),
    "grader.sandbox": {"grader.protocol"},
    "grader.questions": CHECKS | SANDBOX | {"solutions"},
    "grader.intake": {"grader.results", "grader.sandbox.worker.cells"},
    "grader.reports": {"grader.results"},
    "grader.results": set(),
}


def modules(package: str) -> list[Path]:
    base = ROOT / package.replace(".", "/")
    return sorted(base.rglob("*.py")) if base.is_dir() else [base.with_suffix(".py")]


def imported(path: Path) -> set[str]:
    """Modules of the kit that a file imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            module = node.module
            found |= {
                f"{module}.{alias.name}" if is_module(f"{module}.{alias.name}") else module
                for alias in node.names
            }
    return {name for name in found if name.split(".")[0] in {"grader", "solutions"}}


def is_module(name: str) -> bool:
    base = ROOT / name.replace(".", "/")
    return base.is_dir() or base.with_suffix(".py").exists()


def within(name: str, allowed: set[str]) -> bool:
    return any(name == one or name.startswith(f"{one}.") for one in allowed)


@pytest.mark.parametrize("package", ALLOWED)
def test_imports_point_downward(package: str) -> None:
    allowed = ALLOWED[package] | {package}
    wrong = {
        f"{path.relative_to(ROOT)} -> {name}"
        for path in modules(package)
        for name in imported(path)
        if not within(name, allowed) and name not in BELOW_ALL
    }
    assert not wrong


def test_worker_side_imports_only_its_own() -> None:
    worker = GRADER / "sandbox" / "worker.py"
    seen, queue = set(), [worker]
    while queue:
        path = queue.pop()
        for name in imported(path):
            assert name.startswith("grader.sandbox"), f"{path.name} -> {name}"
            target = ROOT / (name.replace(".", "/") + ".py")
            if target.exists() and target not in seen:
                seen.add(target)
                queue.append(target)


def test_only_the_command_line_prints_or_exits() -> None:
    commands = {GRADER / "__main__.py", *(GRADER / "commands").glob("*.py")}
    for path in set(GRADER.rglob("*.py")) - commands:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                assert called not in {"print", "sys.exit", "exit", "quit"}, (
                    f"{path.relative_to(ROOT)}: {called}"
                )


@pytest.mark.parametrize("question", load().automatic, ids=lambda question: question.name)
def test_points_of_a_question_add_up(question) -> None:
    files = [loaded(QUESTIONS / kind / f"{question.name}.py") for kind in ("public", "hidden")]
    cases = [case for file in files for case in file.test_cases]
    assert sum(case.points for case in cases) == pytest.approx(question.points)
    assert len({case.name for case in cases}) == len(cases), "two cases with one name"
    for file, hidden in zip(files, (False, True), strict=True):
        assert file.possible == pytest.approx(sum(case.points for case in file.test_cases))
        assert {case.hidden for case in file.test_cases} == {hidden}


@pytest.mark.parametrize(
    "path", sorted(QUESTIONS.glob("*/*.py")), ids=lambda path: f"{path.parent.name}/{path.stem}"
)
def test_otter_keeps_every_case_of_a_file(path: Path) -> None:
    decorated = [
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.decorator_list
    ]
    assert len(loaded(path).test_cases) == len(decorated)


def test_public_cases_are_about_a_third() -> None:
    public = sum(loaded(path).possible for path in (QUESTIONS / "public").glob("*.py"))
    total = sum(question.points for question in load().automatic)
    assert 0.28 <= public / total <= 0.42


def test_the_points_are_a_hundred() -> None:
    assert sum(question.points for question in load().questions) == 100
    assert sum(question.points for question in load().automatic) == 60
