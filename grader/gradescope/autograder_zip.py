"""`autograder.zip`, to be uploaded to Gradescope: everything pinned, nothing to configure.

    setup.sh  run_autograder  requirements.txt  failures/*.json
    kit/settings.json  kit/.secret  kit/grader/...  kit/solutions/...

The zip holds the hidden tests and the secret that seeds them: it is the instructor's own. The same
sources, settings and secret give the same bytes.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

from grader.assignment import load
from grader.batch.secret import kept
from grader.faults import KitFault
from grader.gradescope.failures import FAILURES, failure
from grader.handout.requirements import grading_requirements

ROOT = Path(__file__).parents[2]
PACKAGE = Path(__file__).with_name("package")
SECRET = ROOT / ".secret"
SCRIPTS = ("setup.sh", "run_autograder")
BESIDE = (
    "solutions/__init__.py",
    "solutions/rnn.py",
    "solutions/misconceptions.toml",
    "student/rnn.py",  # what was handed out, to be told from what was written
    "student/report.md",
)
# What Python makes for itself, and what other systems leave behind.
LEFT_BEHIND = {"__pycache__", ".DS_Store"}
OLDEST = (1980, 1, 1, 0, 0, 0)
UNIX = 3  # only entries from there keep their permissions
MARGIN = (
    60.0  # seconds over a submission's own limit: loading the kit, the first fonts, a slow disk
)


def build(target: Path, settings: dict[str, object]) -> Path:
    """Write the zip. `settings`: what `grade_upload.PackageSettings` reads. Raises KitFault where this is no checkout."""
    if not (ROOT / "requirements.lock").is_file():
        raise KitFault("an autograder is built from a checkout of the kit, not an installed copy")
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(_contents(settings)):
            entry = zipfile.ZipInfo(name, OLDEST)
            entry.create_system = UNIX
            mode = 0o755 if name in SCRIPTS else 0o600 if name.endswith(".secret") else 0o644
            entry.external_attr = (0o100000 | mode) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return target


def _contents(settings: dict[str, object]) -> Iterator[tuple[str, bytes]]:
    """Every file of the zip by its name there."""
    seconds = load().limits.submission_seconds + MARGIN
    for name in SCRIPTS:
        text = (PACKAGE / name).read_text(encoding="utf-8").replace("@SECONDS@", f"{seconds:.0f}")
        yield name, text.encode()
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    yield "requirements.txt", grading_requirements(lock, ROOT / "pyproject.toml").encode()
    for kind in FAILURES:
        yield f"failures/{kind}.json", _json(failure(kind))
    yield "kit/settings.json", _json(settings)
    yield "kit/.secret", kept(SECRET)
    for path in sorted((ROOT / "grader").rglob("*")):
        if path.is_file() and not LEFT_BEHIND & set(path.parts):
            yield f"kit/{path.relative_to(ROOT).as_posix()}", path.read_bytes()
    for name in BESIDE:
        yield f"kit/{name}", (ROOT / name).read_bytes()


def _json(content: dict[str, object]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()
