"""`dist/ml-6-handout.zip`: everything a student gets, in one folder.

    ml-6/rnn.py  rnn.ipynb  bonus.py  report.md  README.md  Makefile  make.bat
    ml-6/kit/run.py  requirements.txt  requirements-notebook.txt  ml6_kit-*.whl  tests/q4_1.py ...

The same sources give the same bytes.
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from grader import contract
from grader.faults import KitFault
from grader.handout import notebook, wheel
from grader.handout.requirements import checkout_lock, notebook_requirements, requirements

FOLDER = "ml-6"
NAME = "ml-6-handout.zip"
PLAIN = ("rnn.py", "bonus.py", "report.md", "README.md", "Makefile", "make.bat", "kit/run.py")
OLDEST = (1980, 1, 1, 0, 0, 0)
PERMISSIONS = 0o644 << 16
PROJECT = wheel.ROOT / "pyproject.toml"


def build(into: Path) -> Path:
    """Write the zip into `into`. Raises KitFault where this is no checkout or a part is missing."""
    if not (wheel.ROOT / "pyproject.toml").is_file():
        raise KitFault("a handout is built from a checkout of the kit, not from an installed copy")
    into.mkdir(parents=True, exist_ok=True)
    target = into / NAME
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(contents().items()):
            entry = zipfile.ZipInfo(f"{FOLDER}/{name}", OLDEST)
            entry.external_attr = PERMISSIONS
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return target


def contents() -> Mapping[str, bytes]:
    """Every file of the handout, by its path in the student's folder."""
    return {
        **{name: _given(name) for name in PLAIN},
        "rnn.ipynb": notebook.build().encode(),
        **dict(_tests()),
        **dict(_grader()),
    }


def write_notebook() -> Path:
    """Write `student/rnn.ipynb` anew."""
    path = wheel.ROOT / "student" / "rnn.ipynb"
    path.write_text(notebook.build(), encoding="utf-8")
    return path


def write_lock() -> Path:
    """Write `requirements-student.lock` anew, from `requirements.lock`."""
    path = wheel.ROOT / "requirements-student.lock"
    path.write_text(checkout_lock(_lock(), PROJECT), encoding="utf-8")
    return path


def _given(name: str) -> bytes:
    path = wheel.ROOT / "student" / name
    if not path.is_file():
        raise KitFault(f"{path} is missing")
    content = path.read_bytes()
    # cmd.exe misreads a batch file whose lines end as elsewhere.
    return content.replace(b"\n", b"\r\n") if name.endswith(".bat") else content


def _tests() -> Iterator[tuple[str, bytes]]:
    """The public question files, where the notebook's otter looks for them."""
    optional = {question.name for question in contract.OPTIONAL_QUESTIONS}
    for path in sorted((wheel.ROOT / "grader/questions/public").glob("q*.py")):
        folder = notebook.OPTIONAL_TESTS if path.stem in optional else notebook.TESTS
        yield f"{folder}/{path.name}", path.read_bytes()


def _grader() -> Iterator[tuple[str, bytes]]:
    with tempfile.TemporaryDirectory() as folder:
        out, workspace = Path(folder, "out"), Path(folder, "workspace")
        out.mkdir()
        workspace.mkdir()
        built = wheel.build(out, workspace)
        yield f"kit/{built.name}", built.read_bytes()
        yield "kit/requirements.txt", requirements(_lock(), PROJECT, built).encode()
    yield "kit/requirements-notebook.txt", notebook_requirements(_lock(), PROJECT).encode()


def _lock() -> str:
    return (wheel.ROOT / "requirements.lock").read_text(encoding="utf-8")
