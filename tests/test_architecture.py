"""The arrows between modules point one way, and every question adds up."""

from __future__ import annotations

import ast
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from grader import kit_version
from grader.assignment import load
from grader.kit_version import deciding_files
from grader.questions.otter import QUESTIONS, loaded
from tests import ROOT

GRADER = ROOT / "grader"

# What everybody may import: words, records, faults, the contracts and the numbers.
BELOW_ALL = {
    "grader",
    "grader.assignment",
    "grader.configuration",
    "grader.contract",
    "grader.faults",
    "grader.language",
    "grader.protocol",
    "grader.records",
}

# Room -> the rooms that it may import besides itself and what lies below all; from the bottom up.
# `docs/architecture.md` shows the same table.
ALLOWED: dict[str, set[str]] = {
    "grader.language": set(),
    "grader.records": set(),
    "grader.faults": set(),
    "grader.contract": set(),
    "grader.configuration": set(),
    "grader.assignment": set(),
    "grader.protocol": set(),
    "grader.checks": set(),
    "grader.portability": set(),
    "grader.sandbox": {"grader.portability"},
    "grader.results": set(),
    "grader.handout": set(),
    "grader.intake": {"grader.handout", "grader.results", "grader.sandbox.worker.cells"},
    "grader.diagnosis": {"grader.checks", "grader.sandbox"},
    "grader.misconceptions": {"grader.checks", "grader.diagnosis", "grader.sandbox"},
    "grader.written": {"grader.handout", "grader.results"},
    "grader.questions": {"grader.checks", "grader.diagnosis", "grader.sandbox", "solutions"},
    "grader.scoring": {"grader.results", "grader.written"},
    "grader.reports": {"grader.results", "grader.scoring", "grader.written"},
    "grader.integrity": {
        "grader.checks",
        "grader.diagnosis",
        "grader.handout",
        "grader.reports",
        "grader.results",
        "grader.sandbox",
        "grader.written",
    },
    "grader.pack": {
        "grader.handout",
        "grader.intake",
        "grader.portability",
        "grader.sandbox",
        "grader.written",
    },
    "grader.architectures": {"grader.checks"},
    "grader.model_answers": {"grader.architectures"},
    "grader.matrix": {"grader.misconceptions", "grader.questions", "grader.sandbox"},
    "grader.calibration": {
        "grader.checks",
        "grader.matrix",
        "grader.misconceptions",
        "grader.questions",
    },
    "grader.kit_version": set(),
    "grader.grading": {
        "grader.diagnosis",
        "grader.kit_version",
        "grader.portability",
        "grader.questions",
        "grader.sandbox",
        "grader.written",
    },
    "grader.batch": {
        "grader.diagnosis",
        "grader.grading",
        "grader.kit_version",
        "grader.intake",
        "grader.reports",
        "grader.results",
        "grader.sandbox",
    },
    "grader.gradescope": {
        "grader.batch",
        "grader.grading",
        "grader.handout",
        "grader.intake",
        "grader.reports",
        "grader.results",
        "grader.sandbox",
    },
    "grader.home": {
        "grader.architectures",
        "grader.batch",
        "grader.diagnosis",
        "grader.grading",
        "grader.intake",
        "grader.portability",
        "grader.reports",
        "grader.results",
        "grader.sandbox",
    },
    "grader.commands": {
        "grader.batch",
        "grader.calibration",
        "grader.gradescope",
        "grader.handout",
        "grader.home",
        "grader.intake",
        "grader.integrity",
        "grader.matrix",
        "grader.misconceptions",
        "grader.model_answers",
        "grader.pack",
        "grader.questions",
        "grader.reports",
        "grader.results",
        "grader.sandbox",
        "grader.scoring",
        "grader.written",
    },
    "grader.__main__": {
        "grader.language.command_help"
    },  # names its commands in strings, and imports the one that is called
}
MOST_MODULES = 21  # in one folder: what a reader takes in at a glance


def modules(package: str) -> list[Path]:
    base = ROOT / package.replace(".", "/")
    return sorted(base.rglob("*.py")) if base.is_dir() else [base.with_suffix(".py")]


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


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


def test_every_room_has_its_line() -> None:
    rooms = {name_of(path) for path in GRADER.glob("*.py")} - {"grader"}
    rooms |= {f"grader.{path.parent.name}" for path in GRADER.glob("*/__init__.py")}
    assert rooms == set(ALLOWED)


def test_the_table_has_no_arrow_that_points_up() -> None:
    order = list(ALLOWED)
    for room, allowed in ALLOWED.items():
        up = {one for one in allowed & set(order) if order.index(one) >= order.index(room)}
        assert not up, f"{room} -> {up}"


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


@pytest.mark.parametrize("package", ALLOWED)
def test_every_arrow_of_the_table_is_used(package: str) -> None:
    used = {name for path in modules(package) for name in imported(path)}
    assert not {one for one in ALLOWED[package] if not any(within(name, {one}) for name in used)}


def test_no_circle_between_folders_or_modules_of_a_room() -> None:
    arrows = {node: set() for node in map(node_of, GRADER.rglob("*.py"))}
    for path in GRADER.rglob("*.py"):
        for name in imported(path):
            target = node_of(ROOT / (name.replace(".", "/") + ".py"))
            if target in arrows and target != node_of(path):
                arrows[node_of(path)].add(target)
    TopologicalSorter(arrows).prepare()  # CycleError names the circle


def node_of(path: Path) -> str:
    """A folder without folders in it is one node; elsewhere each module is its own."""
    folder = path.with_suffix("") if path.with_suffix("").is_dir() else path.parent
    has_rooms = any(folder.glob("*/__init__.py"))
    return name_of(path) if has_rooms else name_of(folder)


def test_a_folder_can_be_taken_in_at_a_glance() -> None:
    for folder in {path.parent for path in GRADER.rglob("*.py")} - {QUESTIONS / "public"}:
        assert len(list(folder.glob("[!_]*.py"))) <= MOST_MODULES, folder
    assert len(list(GRADER.glob("[!_]*.py"))) <= 8


def test_worker_side_imports_only_its_own() -> None:
    allowed = {"grader.sandbox.worker"}
    for path in (GRADER / "sandbox" / "worker").glob("*.py"):
        assert all(within(name, allowed) for name in imported(path)), path.name
        assert third_party(path) <= {"numpy", "msgspec", "matplotlib", "pyseccomp"}, path.name


def third_party(path: Path) -> set[str]:
    """Top-level packages that a file imports outside the standard library and the kit."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found - sys.stdlib_module_names - {"grader", "solutions"}


def test_only_the_command_line_prints_or_exits() -> None:
    commands = {GRADER / "__main__.py", *(GRADER / "commands").glob("*.py")}
    for path in set(GRADER.rglob("*.py")) - commands:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                assert called not in {"print", "sys.exit", "exit", "quit"}, (
                    f"{path.relative_to(ROOT)}: {called}"
                )


@pytest.mark.parametrize("question", load().graded, ids=lambda question: question.name)
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
    total = sum(question.points for question in load().graded)
    assert 0.28 <= public / total <= 0.42


def test_the_points_are_a_hundred() -> None:
    optional = sum(question.points for question in load().optional)
    assert optional == 10
    assert sum(question.points for question in load().questions) - optional == 100
    assert sum(question.points for question in load().automatic) == 60


def test_a_public_name_means_one_thing() -> None:
    """Classes anywhere; modules too, but for commands, which are named for what they call."""
    classes: dict[str, set[Path]] = {}
    named: dict[str, set[Path]] = {}
    for path in GRADER.rglob("*.py"):
        if path.parent.parent == QUESTIONS or path.name.startswith("_"):
            continue
        if path.parent.name != "commands":
            named.setdefault(path.stem, set()).add(path)
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                classes.setdefault(node.name, set()).add(path)
    assert not {name: paths for name, paths in classes.items() if len(paths) > 1}
    assert not {name: paths for name, paths in named.items() if len(paths) > 1}


def test_every_file_that_decides_a_grade_is_in_the_kits_version() -> None:
    """What `grading` imports of these rooms, and the data that its checks read."""
    deciding = set(deciding_files())
    waiting, seen = [GRADER / "grading.py"], set()
    while waiting:
        path = waiting.pop()
        if path in seen or not path.is_file():
            continue
        seen.add(path)
        waiting += [ROOT / (name.replace(".", "/") + ".py") for name in imported(path)]
    judging = {path for path in seen if path.parent.name not in {"language", "written", "handout"}}
    assert judging - deciding <= {GRADER / "kit_version.py", GRADER / "__init__.py"}
    data = {path for path in (GRADER / "checks").rglob("*") if path.suffix in {".npz", ".json"}}
    assert data
    solutions = {ROOT / "solutions" / name for name in ("rnn.py", "bonus.py")}
    assert data | {GRADER / "assignment.toml"} | solutions <= deciding


def test_a_touched_file_gives_another_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in list(deciding_files()):
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    monkeypatch.setattr(kit_version, "HERE", tmp_path / "grader")
    monkeypatch.setattr(kit_version, "SOLUTIONS", tmp_path / "solutions")
    versions = {kit_version.kit_version.__wrapped__()}
    copies = list(deciding_files())
    for path in copies:
        path.write_bytes(path.read_bytes() + b"\n")
        versions.add(kit_version.kit_version.__wrapped__())
    assert len(versions) == len(copies) + 1


def rooms_table() -> str:
    """What `docs/architecture.md` shows of `ALLOWED`."""
    lines = ["| room | what it is | may import besides |", "|---|---|---|"]
    for room, allowed in ALLOWED.items():
        base = ROOT / room.replace(".", "/")
        source = base / "__init__.py" if base.is_dir() else base.with_suffix(".py")
        about = ast.get_docstring(ast.parse(source.read_text(encoding="utf-8"))) or ""
        names = ", ".join(f"`{name.removeprefix('grader.')}`" for name in sorted(allowed))
        lines.append(f"| `{room}` | {about.splitlines()[0]} | {names or '–'} |")
    return "\n".join(lines)


def test_the_documents_show_the_same_table() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert rooms_table() in text, f"docs/architecture.md should show:\n{rooms_table()}"
