"""One submission in Gradescope's container: what came, its grade, `results.json`.

`ROOT/submission` holds the files, `ROOT/submission_metadata.json` who sent them and when they were
due ("Submission Metadata" of Gradescope's documentation); what is missing there is not needed.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import copytree
from typing import Any

from grader import grading
from grader.assignment import load
from grader.batch.secret import kept
from grader.faults import KitFault
from grader.intake.collect import collect
from grader.intake.collection import IntakeRules
from grader.records import Grade, Submission
from grader.reports.account import Rules, account
from grader.reports.exports.to_gradescope import document
from grader.reports.wording import load_wording
from grader.results import documents
from grader.results.overrides import moment
from grader.sandbox import tiers

KIT = Path(__file__).parents[2]
# One folder, one student: the intake pairs what lies in it.
FOLDER, STUDENT = "ml-6-student-20000001", "20000001"


@dataclass(frozen=True, slots=True)
class PackageSettings:
    """`kit/settings.json`, written when the package was built."""

    language: str = "en"
    late_penalty: float = 0.0
    late_penalty_cap: float = 1.0


def grade_upload(root: Path) -> None:
    """Grade `root/submission` into `root/results/results.json`.

    Raises KitFault where the kit fails, or where this machine has no sandbox.
    """
    settings = PackageSettings(**json.loads((KIT / "settings.json").read_text(encoding="utf-8")))
    if not tiers.is_confined(tiers.best()):
        raise KitFault("this container has no sandbox that confines a student's program")
    metadata = read_metadata(root / "submission_metadata.json")
    submission = read_submission(root / "submission", metadata)
    grade = grading.grade(submission, grading.Settings(secret=kept(KIT / ".secret")))
    result = results(grade, settings, metadata)
    documents.write(root / "results" / "results.json", result)


def results(grade: Grade, settings: PackageSettings, metadata: Metadata) -> dict[str, Any]:
    """The grade with its late penalty, as Gradescope reads it."""
    optional = frozenset(each.name for each in load().questions if each.bonus)
    rules = Rules(metadata.due, settings.late_penalty, settings.late_penalty_cap, optional=optional)
    row = account(grade, None, rules)
    return document(grade, row, load_wording(settings.language))


@dataclass(frozen=True, slots=True)
class Metadata:
    """Who sent it, and when; empty where Gradescope does not say."""

    student_id: str = ""
    name: str = ""
    sent: str = ""  # ISO 8601
    due: str = ""

    @property
    def late(self) -> bool:
        sent, due = moment(self.sent), moment(self.due)
        return sent is not None and due is not None and sent > due


def read_metadata(path: Path) -> Metadata:
    """What Gradescope says of the submission; nothing where the file is not there or no JSON."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return Metadata()
    users = [user for user in _list(found, "users") if isinstance(user, dict)]
    own: dict[str, Any] = next(
        (user["assignment"] for user in users if _dict(user, "assignment")), {}
    )
    assignment = {**_dict(found, "assignment"), **{k: v for k, v in own.items() if v}}
    return Metadata(
        str(users[0].get("id", "")) if users else "",
        ", ".join(str(user.get("name", "")) for user in users),
        str(found.get("created_at") or "") if isinstance(found, dict) else "",
        str(assignment.get("due_date") or ""),
    )


def _list(found: Any, key: str) -> list[Any]:
    value = found.get(key) if isinstance(found, dict) else None
    return value if isinstance(value, list) else []


def _dict(found: Any, key: str) -> dict[str, Any]:
    value = found.get(key) if isinstance(found, dict) else None
    return value if isinstance(value, dict) else {}


def read_submission(folder: Path, metadata: Metadata) -> Submission:
    """The one submission that lies in the folder, read as an inbox is read."""
    with tempfile.TemporaryDirectory() as workspace:
        if folder.is_dir():
            copytree(folder, Path(workspace, FOLDER), symlinks=True)
        came = collect([Path(workspace)], IntakeRules()).submissions
    # A file may name somebody else; whoever uploaded it is the student all the same.
    ranked = sorted(came, key=lambda each: (each.source is None, each.student_id != STUDENT))
    found = ranked[0] if ranked else Submission("", "", None)
    return replace(
        found,
        student_id=metadata.student_id,
        name=metadata.name,
        submitted_at=metadata.sent,
        late=metadata.late,
    )
