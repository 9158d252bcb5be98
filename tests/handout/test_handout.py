"""What students receive: complete, the same each time, and nothing of the instructor's in it."""

from __future__ import annotations

import ast
import gettext
import importlib.util
import io
import json
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement

from grader.commands.explain import explain
from grader.commands.grade import grade
from grader.commands.pack import pack
from grader.commands.watch import watch
from grader.handout import build, requirements, wheel
from grader.language import command_help
from tests import ROOT

# Shorter lines ("return", "pass", "h = 0") stand in every program.
TELLING = 18


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build.build(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def texts(archive: Path) -> dict[str, str]:
    """All that can be read in the handout, the wheel's files and translations included."""
    return dict(readable(archive.read_bytes()))


def readable(data: bytes, prefix: str = "") -> Iterator[tuple[str, str]]:
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        for name in opened.namelist():
            content = opened.read(name)
            if name.endswith((".whl", ".npz")):
                yield from readable(content, f"{name}!")
            elif name.endswith(".mo"):
                catalogue = gettext.GNUTranslations(io.BytesIO(content))._catalog
                yield (
                    prefix + name,
                    "\n".join(f"{key}\n{value}" for key, value in catalogue.items()),
                )
            elif name.endswith(".ipynb"):
                cells = json.loads(content)["cells"]
                yield prefix + name, "\n".join("".join(cell["source"]) for cell in cells)
            else:
                yield prefix + name, content.decode("utf-8", "replace")


def squeezed(line: str) -> str:
    return "".join(line.split())


def lines_of(text: str) -> set[str]:
    return {squeezed(line) for line in text.splitlines()}


def telling(text: str) -> set[str]:
    """Lines that give something away where they are found."""
    return {line for line in lines_of(text) if len(line) >= TELLING and not line.startswith("#")}


def read(*parts: str) -> str:
    return ROOT.joinpath(*parts).read_text(encoding="utf-8")


# Using the documented methods is no secret; checks do it, and so does every solution.
DOCUMENTED = re.compile(r"\w+\.(forward|backward|update_parameters)\(\w+\)")
# Loops over a length and arrays from a list stand in every program.
COMMONPLACE = frozenset(
    {
        *("for_inrange(length):", "returnnp.array(terms)", "forgradientingradients:"),
        *("@dataclass(frozen=True)", "Arrays=dict[str,Array]", "Parameters=dict[str,Array]"),
        *("ifdiverged(outputs):", "ifnotcls.implements(method):", ")->list[Parameters]:"),
        'raiseNotImplementedYet(f"{cls.name}.{method}")',
    }
)


def code_lines(source: str) -> set[str]:
    """Statements, as unparsed, so that formatting and comments do not hide a copy."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.stmt) and not isinstance(
            node, ast.Import | ast.ImportFrom | ast.ClassDef | ast.FunctionDef
        ):
            found.add(squeezed(ast.unparse(node).splitlines()[0]))
    return {line for line in found if len(line) >= TELLING}


def secret(line: str) -> bool:
    return not DOCUMENTED.fullmatch(line) and line not in COMMONPLACE


def leaks(secrets: set[str], texts: Mapping[str, str]) -> dict[str, set[str]]:
    """Where any of the lines stands, in any file, whole or inside a longer line."""
    found: dict[str, set[str]] = {}
    for name, text in texts.items():
        everything = squeezed(text)
        hits = {line for line in secrets if secret(line) and line in everything}
        if hits:
            found[name] = hits
    return found


def handed_out() -> set[str]:
    """Lines that students get on purpose."""
    public = [
        path.read_text(encoding="utf-8") for path in (ROOT / "grader/questions/public").glob("*.py")
    ]
    given = [read("student", "rnn.py"), read("student", "report.md"), *public]
    given.append(read("student", "bonus.py"))
    return {line for text in given for line in lines_of(text)} | {
        line for text in (given[0], *public) for line in code_lines(text)
    }


def solution_lines() -> set[str]:
    source = read("solutions", "rnn.py")
    optional = code_lines(read("solutions", "bonus.py"))
    return (optional | code_lines(source) | telling(read("solutions", "report.md"))) - handed_out()


def misconception_lines() -> set[str]:
    """Every changed line of every misconception, before and after, in every base."""
    found = set()
    for one in tomllib.loads(read("solutions", "misconceptions.toml"))["misconception"]:
        for change in (one, *one.get("bases", {}).values()):
            found |= telling(change["old"]) | telling(change["new"])
    return found - handed_out()


def hidden_lines() -> set[str]:
    hidden = [
        path.read_text(encoding="utf-8") for path in (ROOT / "grader/questions/hidden").glob("*.py")
    ]
    assert len(hidden) == 14
    instructors = [
        read("grader", "questions", "oracle.py"),
        read("grader", "questions", "bonus_oracle.py"),
        read("grader", "checks", "bonus", "net_learning.py"),
        read("grader", "questions", "hidden_tasks.py"),
        read("grader", "misconceptions", "catalogue.py"),
    ]
    imports = re.compile(r"^(from|import) ")
    kept = "\n".join(
        line
        for text in (*hidden, *instructors)
        for line in text.splitlines()
        if not imports.match(line)
    )
    return telling(kept) - handed_out() - shared_signatures()


def shared_signatures() -> set[str]:
    """Lines in which hidden and public cases differ in nothing, such as `from __future__ ...`."""
    return {squeezed("OK_FORMAT = False"), squeezed("from __future__ import annotations")}


SECRETS = {
    "the solution": solution_lines,
    "a misconception's code": misconception_lines,
    "a hidden case": hidden_lines,
}


def test_only_the_public_task_has_its_numbers_inside(texts: Mapping[str, str]) -> None:
    configuration = next(text for name, text in texts.items() if name.endswith("assignment.toml"))
    tasks = tomllib.loads(configuration)["learning"]["q5_2"]
    assert {name for name, value in tasks.items() if isinstance(value, dict)} == {"fibonacci"}
    assert tomllib.loads(configuration)["learning"]["q5_3"]


@pytest.mark.parametrize("what", SECRETS)
def test_nothing_of_the_instructors_is_inside(what: str, texts: Mapping[str, str]):
    secrets = SECRETS[what]()
    assert len(secrets) > 20
    assert leaks(secrets, texts) == {}


@pytest.mark.parametrize("what", SECRETS)
@pytest.mark.parametrize("name", ["ml-6/rnn.ipynb", "ml-6/kit/tests/q4_2.py"])
def test_a_leak_would_be_found(what: str, name: str, texts: Mapping[str, str]):
    secret = max(SECRETS[what](), key=len)
    spoiled = {**texts, name: texts[name] + f"\n  {secret[:30]} {secret[30:]}\n"}
    assert set(leaks(SECRETS[what](), spoiled)) == {name}


def equations(source: str) -> list[str]:
    """Functions that multiply matrices and squash the result: a network in code."""
    found = []
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef | ast.Lambda):
            nodes = list(ast.walk(function))
            called = {
                getattr(node.func, "attr", getattr(node.func, "id", ""))
                for node in nodes
                if isinstance(node, ast.Call)
            }
            products = any(isinstance(getattr(node, "op", None), ast.MatMult) for node in nodes)
            if (products or called & {"dot", "matmul", "einsum", "tensordot"}) and called & {
                "tanh", "exp", "expit", "sigmoid",
            }:  # fmt: skip
                found.append(getattr(function, "name", "lambda"))
    return found


def test_no_reference_equation_in_code(texts: Mapping[str, str]):
    assert equations(read("solutions", "rnn.py"))  # the detector sees what it is for
    programs = {name: text for name, text in texts.items() if name.endswith(".py")}
    assert len(programs) > 50
    assert {name: found for name, text in programs.items() if (found := equations(text))} == {}


def test_no_secret_and_no_machine(texts: Mapping[str, str]):
    hosts = re.compile(r"https?://[\w.]*(?:pypi|pythonhosted|mirror)\w*", re.IGNORECASE)
    for name, text in texts.items():
        assert str(ROOT) not in text, name
        assert not re.search(r"/(root|home/\w+|Users/\w+)/", text), name
        assert not hosts.search(text), name


def test_the_secret_stays(archive: Path):
    kept = ROOT / ".secret"
    made = kept.read_bytes() if kept.exists() else b"what is not there cannot leak"
    with zipfile.ZipFile(archive) as opened:
        for name in opened.namelist():
            content = opened.read(name)
            assert made not in content, name
            assert made.hex().encode() not in content, name


def test_hints_are_inside_without_code(texts: Mapping[str, str]):
    hints = json.loads(next(text for name, text in texts.items() if name.endswith("hints.json")))
    assert len(hints) > 50
    assert all(set(hint) == {"part", "family", "zh", "en"} for hint in hints.values())


def test_the_handout_is_complete(archive: Path):
    with zipfile.ZipFile(archive) as opened:
        names = {name.removeprefix("ml-6/") for name in opened.namelist()}
        batch = opened.read("ml-6/make.bat")
        listed = opened.read("ml-6/kit/requirements.txt").decode().splitlines()
        whl = next(name for name in opened.namelist() if name.endswith(".whl"))
        assert (
            listed[0] == f"./{Path(whl).name} --hash=sha256:{sha256(opened.read(whl)).hexdigest()}"
        )
    assert {
        "rnn.py",
        "rnn.ipynb",
        "bonus.py",
        "report.md",
        "README.md",
        "Makefile",
        "make.bat",
        "kit/run.py",
    } <= names
    assert {
        f"kit/{'optional' if path.stem.startswith('q6') else 'tests'}/{path.name}"
        for path in (ROOT / "grader/questions/public").glob("*.py")
    } <= names
    assert batch.isascii()
    assert batch.count(b"\n") == batch.count(b"\r\n") > 3


def test_the_same_sources_give_the_same_bytes(tmp_path: Path):
    first, second = build.build(tmp_path / "1"), build.build(tmp_path / "2")
    assert first.read_bytes() == second.read_bytes()


def test_no_catalogue_tells_when_it_was_built(texts: Mapping[str, str]) -> None:
    catalogues = [text for name, text in texts.items() if name.endswith(".mo")]
    assert catalogues
    assert all("POT-Creation-Date: 1980-01-01 00:00+0000\n" in text for text in catalogues)


def test_question_files_are_plain_ascii():
    """Otter opens them in the locale's encoding, which on a Chinese Windows is GBK."""
    for path in (ROOT / "grader/questions/public").glob("*.py"):
        assert path.read_bytes().isascii(), path.name


# Distribution of each import name that is not the distribution's own.
DISTRIBUTIONS = {"PIL": "pillow", "markdown_it": "markdown-it-py", "mdit_py_plugins": "mdit-py-plugins",
                 "otter": "otter-grader", "charset_normalizer": "charset-normalizer", "math_core": "math-core"}  # fmt: skip
# otter brings IPython, which only a notebook needs; catalogues ship compiled, so Babel never runs.
BROUGHT = {"IPython", "babel"}


def test_all_that_is_imported_gets_installed():
    stated = {
        Requirement(line).name
        for line in tomllib.loads(read("pyproject.toml"))["project"]["dependencies"]
    }
    for path in wheel.shipped_modules():
        for module in wheel._imports(path):
            top = module.partition(".")[0]
            if top not in sys.stdlib_module_names | {"grader", *wheel.NEVER} | BROUGHT:
                assert DISTRIBUTIONS.get(top, top) in stated, f"{path}: {module}"


def test_every_pin_carries_a_hash(archive: Path):
    with zipfile.ZipFile(archive) as opened:
        listed = opened.read("ml-6/kit/requirements.txt").decode()
    entries = re.split(r"(?m)^(?=\S)", listed)[1:]
    # A student's machine installs no more than this, pip left out.
    assert 30 < len({entry.split("==")[0] for entry in entries}) <= 45
    assert all("--hash=sha256:" in entry for entry in entries)
    assert not re.search(r"(?m)^(playwright|distributed|pytest|torch)==", listed)


def test_the_notebook_list_adds_what_otter_needs(archive: Path):
    with zipfile.ZipFile(archive) as opened:
        small = opened.read("ml-6/kit/requirements.txt").decode()
        more = opened.read("ml-6/kit/requirements-notebook.txt").decode()
    names = [set(re.findall(r"(?m)^([\w.-]+)==", text)) for text in (small, more)]
    assert not names[0] & names[1]
    assert {"otter-grader", "numpy", "nbformat"} <= names[0]
    assert {"pandas", "ipython", "nbconvert"} <= names[1]


def test_the_small_lock_is_a_part_of_the_lock():
    lock, project = read("requirements.lock"), ROOT / "pyproject.toml"
    small = read("requirements-student.lock")
    assert small == requirements.checkout_lock(lock, project), "run `make lock`"
    assert len(set(re.findall(r"(?m)^([\w.-]+)==", small))) <= 45


@pytest.mark.parametrize(
    ("version", "found", "taken"),
    [
        ((3, 11), {"3.13", "3.12"}, "3.13"),
        ((3, 11), {"3.12"}, "3.12"),
        ((3, 13), {"3.12"}, "3.13"),
        ((3, 14), {"3.13", "3.11"}, "3.13"),
        ((3, 10), {"3.11"}, "3.11"),
    ],
)
def test_the_newest_python_that_fits_is_taken(
    launcher: ModuleType, monkeypatch, version: tuple[int, int], found: set[str], taken: str
):
    monkeypatch.setattr(launcher.sys, "version_info", (*version, 0))
    monkeypatch.setattr(launcher, "starts", lambda _, text: text in found)
    assert launcher.interpreter(fixed=False)[1] == taken


def test_a_python_that_is_named_is_taken(launcher: ModuleType, monkeypatch):
    monkeypatch.setattr(launcher.sys, "version_info", (3, 12, 0))
    monkeypatch.setattr(launcher, "starts", lambda *_: True)
    assert launcher.interpreter(fixed=True)[1] == "3.12"


def test_without_a_python_that_fits_the_words_name_a_command(launcher: ModuleType, monkeypatch):
    monkeypatch.setattr(launcher.sys, "version_info", (3, 14, 0))
    monkeypatch.setattr(launcher, "starts", lambda *_: False)
    with pytest.raises(SystemExit, match=r"make grade PYTHON=python3\.13"):
        launcher.interpreter(fixed=False)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("ERROR: Could not find a version that satisfies numpy==2.4.6\nERROR: No matching distribution found", "mirror"),
        ("WARNING: Retrying after connection broken by NewConnectionError", "mirror"),
        ("ERROR: [Errno 28] No space left on device", "pip"),
    ],
)  # fmt: skip
def test_a_failed_installation_says_why(
    launcher: ModuleType, monkeypatch, capsys, tmp_path, said, words
):
    pip = tmp_path / "python"
    pip.write_text(f"#!/bin/sh\ncat <<'END'\nCollecting numpy==2.4.6\n{said}\nEND\nexit 1\n")
    pip.chmod(0o755)
    monkeypatch.setattr(launcher, "PYTHON", pip)
    with pytest.raises(SystemExit, match=words):
        launcher.pip_install("-r", "x", count=3)
    printed = capsys.readouterr().out
    assert "1/3  numpy==2.4.6" in printed
    assert said.splitlines()[0] in printed


@pytest.fixture(scope="module")
def launcher() -> ModuleType:
    spec = importlib.util.spec_from_file_location("run", ROOT / "student/kit/run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("words", "arguments"),
    [
        ("grade", "grade --public-only rnn.py"),
        ("grade Q=q4_3", "grade --public-only rnn.py --question q4_3"),
        ("grade Q= PLOTS=1 SOURCE=a.ipynb", "grade --public-only a.ipynb --plots"),
        ("watch Q=q4_3", "watch rnn.py --question q4_3"),
        ("explain Q=q4_3", "explain q4_3"),
        ("explain", "explain"),
        ("compare", "compare"),
        ("compare SOURCE=rnn.ipynb", "compare rnn.ipynb"),
        ("pack NAME=张三 ID=2023001", "pack --name 张三 --id 2023001"),
        ("pack NAME=张三 ID=2023001 SOURCE=rnn.ipynb", "pack --name 张三 --id 2023001 --source rnn.ipynb"),
        ("pack NAME=张三 ID=2023001 FORCE=1 REPORT=r.md INTO=out", "pack --name 张三 --id 2023001 --report r.md --into out --force"),
    ],
)  # fmt: skip
def test_makes_verbs_become_the_graders(launcher: ModuleType, words: str, arguments: str):
    assert launcher.translated(words.split()) == arguments.split()


@pytest.mark.parametrize(
    ("words", "why"), [("pack NAME=张三", "学号"), ("fly", "explain"), ("pack", "姓名")]
)
def test_wrong_use_is_told(launcher: ModuleType, words: str, why: str):
    with pytest.raises(SystemExit, match=why):
        launcher.translated(words.split())


def test_every_verb_is_a_target_and_in_the_readme(launcher: ModuleType):
    makefile, readme = read("student", "Makefile"), read("student", "README.md")
    targets = re.search(r"(?m)^\.PHONY: (.+)$", makefile)
    assert targets is not None
    assert set(targets[1].split()) == {*launcher.VERBS, "notebook"}
    for verb in (*launcher.VERBS, "notebook"):
        assert f"make {verb}" in readme


def test_make_hands_over_names_with_blanks(tmp_path: Path):
    printing = tmp_path / "python"
    printing.write_text('#!/bin/sh\nprintf "%s|" "$@"\n')
    printing.chmod(0o755)
    done = subprocess.run(
        ["make", "-s", "-C", str(ROOT / "student"), "pack", "NAME=Anna Lopez", "ID=1", f"PYTHON={printing}"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "|pack|" in done.stdout
    assert "|NAME=Anna Lopez|ID=1|" in done.stdout


def test_help_and_clicks_own_words_ship_in_chinese(tmp_path: Path) -> None:
    wheel._write_catalogues(tmp_path, wheel.spoken(wheel.shipped_modules()))
    with (tmp_path / "zh" / "help.mo").open("rb") as file:
        said = gettext.GNUTranslations(file).gettext
    assert said("Error: {message}") == "错误：{message}"
    assert said("Grade files, folders, zips or mailboxes.") == "给文件、文件夹、zip 或邮箱评分。"
    for command in (grade, explain, pack, watch):
        for text in command_help.texts(command):
            assert said(text) != text
