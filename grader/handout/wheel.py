"""The student's wheel: what `make grade` imports, and nothing else of the kit.

The modules are found by following imports from the student's commands, so a module ships because
something that ships needs it. `NEVER` cuts the instructor's side off wherever it is reached (the
command line imports it lazily); the tests look at the content besides.
"""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from grader.faults import KitFault
from grader.language import unfolded

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
COMMANDS = ("grade", "pack", "watch", "explain", "compare", "doctor")
ROOTS = (
    "grader.__main__",
    *(f"grader.commands.{command}" for command in COMMANDS),
    "grader.handout.notebook_cells",
)
# Loaded by name or as files, not by import.
FOLDERS = ("grader/sandbox", "grader/questions/public")
CONFIGURATION = "grader/assignment.toml"
HIDDEN_TASK = re.compile(r"\[learning\.(?:q5_2\.(?!fibonacci\])|q6_[234]\])")
DATA = (CONFIGURATION, "grader/checks/fingerprints", "grader/diagnosis/repair/points.npz")
GIVEN = ("rnn.py", "bonus.py", "report.md")
NEVER = (
    "grader.questions.hidden",
    "grader.questions.hidden_tasks",
    "grader.questions.oracle",
    "grader.questions.bonus_oracle",
    "grader.checks.book_states",
    "grader.checks.bonus.net_learning",
    "grader.checks.bonus.by_book",
    "grader.diagnosis.optional",
    "grader.misconceptions.catalogue",
    "grader.misconceptions.probe_records",
    "grader.batch.coordinator",
    "grader.batch.pools",
    "grader.batch.examine",
    "grader.batch.inbox_run",
    "grader.batch.run",
    "grader.handout.build",
    "grader.handout.wheel",
    "solutions",
    "tests",
)
PROJECT_KEYS = (
    "name",
    "version",
    "description",
    "requires-python",
    "license",
    "dependencies",
    "scripts",
)
# A wheel is a zip, whose dates begin here: the same sources give the same bytes.
EPOCH = datetime(1980, 1, 1, tzinfo=UTC)


def build(into: Path, workspace: Path) -> Path:
    """Write the wheel into `into`, from a filtered copy in the empty folder `workspace`."""
    copy_tree(workspace)
    (workspace / "pyproject.toml").write_text(_project(), encoding="utf-8")
    done = subprocess.run(  # noqa: S603  # our interpreter, our arguments
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(into.resolve())],
        cwd=workspace,
        env={**os.environ, "SOURCE_DATE_EPOCH": f"{EPOCH.timestamp():.0f}"},
        capture_output=True,
        text=True,
        check=False,
    )
    wheels = list(into.glob("*.whl"))
    if done.returncode or len(wheels) != 1:
        raise KitFault(f"the student's wheel cannot be built:\n{done.stdout}{done.stderr}")
    return wheels[0]


def copy_tree(into: Path) -> None:
    """Copy all that ships, compile its catalogues, put the skeleton beside it."""
    modules = shipped_modules()
    for path in (*modules, *_data_files()):
        target = into / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(_public(path))
    given = into / "grader" / "handout" / "given"
    given.mkdir(parents=True)
    for name in GIVEN:
        shutil.copyfile(ROOT / "student" / name, given / name)
    _write_catalogues(into / "grader" / "language", spoken(modules))


def _public(path: Path) -> bytes:
    """What ships of a file: all of it, but of the configuration no numbers of hidden tasks."""
    content = path.read_bytes()
    if path != ROOT / CONFIGURATION:
        return content
    tables = re.split(r"(?m)^(?=\[)", content.decode())
    return "".join(table for table in tables if not HIDDEN_TASK.match(table)).encode()


def shipped_modules() -> tuple[Path, ...]:
    """The Python files of the student's side, in order."""
    found: set[Path] = set()
    waiting = [*(_file(module) for module in ROOTS), *_folder_files()]
    while waiting:
        path = waiting.pop()
        if path is None or path in found or not path.is_file():
            continue
        found.add(path)
        waiting += [_file(module) for module in _imports(path)]
        waiting += [
            package / "__init__.py"
            for package in path.parents
            if package.is_relative_to(ROOT / "grader")
        ]
    return tuple(sorted(found))


def _folder_files() -> Iterator[Path]:
    for folder in FOLDERS:
        yield from (ROOT / folder).rglob("*.py")


def _data_files() -> Iterator[Path]:
    for name in DATA:
        path = ROOT / name
        yield from sorted(path.rglob("*")) if path.is_dir() else [path]


def _file(module: str) -> Path | None:
    """The file of one of our modules; None for others' and for what never ships."""
    if any(module == name or module.startswith(f"{name}.") for name in NEVER):
        return None
    path = ROOT.joinpath(*module.split("."))
    candidates = (path.with_suffix(".py"), path / "__init__.py")
    return next(
        (each for each in candidates if module.startswith("grader") and each.is_file()), None
    )


def _imports(path: Path) -> Iterator[str]:
    """Every module that a file may import, inside functions too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def spoken(modules: Iterable[Path]) -> frozenset[str]:
    """Every string in the files: a translation ships only where its original does."""
    return frozenset(
        node.value
        for path in modules
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _write_catalogues(into: Path, texts: frozenset[str]) -> None:
    from babel.messages.mofile import write_mo  # noqa: PLC0415  # for builders only
    from babel.messages.pofile import read_po  # noqa: PLC0415

    hints = (ROOT / "grader/checks/fingerprints/hints.json").read_text(encoding="utf-8")
    clicks = spoken(
        Path(str(click.__file__)).parent.glob("*.py")
    )  # its own words are said in Chinese too
    kept = texts | _strings(json.loads(hints)) | set(map(unfolded, texts)) | clicks
    for source in sorted((ROOT / "grader" / "language" / "zh").glob("*.po")):
        with source.open("rb") as file:
            catalogue = read_po(file, locale="zh")
        catalogue.creation_date = EPOCH  # else that of the build
        for message in list(catalogue):
            if message.id and message.id not in kept:
                catalogue.delete(message.id)
        target = into / "zh" / f"{source.stem}.mo"
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            write_mo(file, catalogue)


def _strings(data: object) -> frozenset[str]:
    """All strings in parsed JSON."""
    if isinstance(data, str):
        return frozenset({data})
    parts = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return frozenset(text for part in parts for text in _strings(part))


def _project() -> str:
    """The wheel's own `pyproject.toml`: the kit's, without the instructor's parts."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    kept = {key: table["project"][key] for key in PROJECT_KEYS}
    scripts = kept.pop("scripts")
    # Strings and lists of strings are written alike in JSON and TOML.
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in kept.items()]
    return "\n".join(
        [
            "[build-system]",
            'requires = ["hatchling"]',
            'build-backend = "hatchling.build"',
            "[project]",
            *lines,
            "[project.scripts]",
            *(f"{key} = {json.dumps(value)}" for key, value in scripts.items()),
            "[tool.hatch.build.targets.wheel]",
            'packages = ["grader"]',
        ]
    )
