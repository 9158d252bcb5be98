"""OUT folders with chosen programs and reports in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from grader.language import say
from grader.records import Exhibit, ReportPicture, Submission
from grader.results.store import NAME, Store
from tests.batch import batch_fakes as fakes


def sent(
    student_id: str, name: str, source: str | None, report: str | None = None, **fields: object
) -> Submission:
    return Submission(student_id, name, source, report, **fields)  # type: ignore[arg-type]


def picture(out: Path, name: str, data: bytes) -> ReportPicture:
    """A picture that came with a report, kept in OUT as the batch keeps it."""
    digest = sha256(data).hexdigest()
    (out / "pictures").mkdir(parents=True, exist_ok=True)
    (out / "pictures" / digest).write_bytes(data)
    return ReportPicture(name, digest, len(data), linked=True)


def make_class(
    out: Path,
    submissions: Iterable[Submission],
    losses: dict[str, tuple[float, ...]] | None = None,
    weights: dict[str, tuple[str, ...]] | None = None,
) -> Path:
    """OUT with a graded submission each; by student, the loss curve of q5_3 and its weights' digests."""
    out.mkdir(parents=True, exist_ok=True)
    with Store(out / NAME) as store:
        run = store.begin(fakes.KIT)
        store.admit(submissions)
        for each in list(store.submissions(run)):
            curve = (losses or {}).get(each.student_id, ())
            learned = (weights or {}).get(each.student_id, ())
            shown = Exhibit("q5_3", "losses", say("Loss"), series={"losses": curve}, labels=learned)
            kept = (shown,) if curve or learned else ()
            store.record(each, replace(fakes.made(each), exhibits=kept))
        store.finish()
    return out
