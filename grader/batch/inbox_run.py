"""`grade` for an inbox: intake, examiners, store, reports. The instructor's edition only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

import grader
from grader import grading
from grader.assignment import Assignment, load
from grader.batch import report_pictures
from grader.batch.given import given_settings
from grader.batch.pools import (
    ClusterExaminers,
    Examiners,
    InlineExaminers,
    LocalExaminers,
    cores,
)
from grader.batch.progress import Screen
from grader.batch.request import GradeRequest
from grader.batch.run import Plan, Report, grade_all
from grader.batch.secret import kept
from grader.diagnosis.repair import budget
from grader.faults import KitFault
from grader.intake.collect import collect
from grader.intake.collection import Intake, IntakeRules, RosterRow
from grader.kit_version import kit_version
from grader.language import Message, render, say
from grader.records import FileRecord, Grade, Problem, Submission
from grader.reports.clean_message import words
from grader.reports.summary import print_summary
from grader.reports.wording import load_wording
from grader.results import course, overrides
from grader.results.course import CourseSettings
from grader.results.overrides import Context
from grader.sandbox import start_command, tiers

SECRET = Path(grader.__file__).parents[1] / ".secret"
STOPPED = 130
# A submission ends by its own limit; an examiner that is silent for longer is stuck.
PATIENCE = 4
MOST_FAULTS = 20  # named on the screen; problems and grades tell of all


def grade_inbox(request: GradeRequest, out: Path, console: Console) -> int:
    """Grade everything under the paths into `out`. Give the exit code.

    Raises KitFault where the kit fails or is kept from working, click.UsageError for wrong use.
    """
    _refuse_tangle(request.paths, out, request.language)
    how = settings(public_only=request.public_only, unsafe=request.unsafe)
    kept, given = course.kept(out), given_settings(request)
    now = kept.updated(given)
    plan = _plan(request, out, given, now)
    for message in course.told(kept, given):
        console.print(Text(words(message, plan.language), "dim"), soft_wrap=True)
    intake = _take_in(request, plan, now)
    total = len(intake.submissions)
    examiners = _examiners(request, plan.assignment, total)
    try:
        with Screen(console, plan.language, total) as screen:
            grade = partial(grading.grade, settings=replace(how, many=total > 1))
            report = grade_all(intake, grade, examiners, screen, plan)
        report_pictures.keep(request.paths, intake.submissions, out)
    except KeyboardInterrupt:
        text = say("Stopped. What was graded is kept; the same command goes on from there.")
        click.echo(render(text, plan.language), err=True)
        return STOPPED
    _conclude(report, out, plan.language, console)
    return report.exit_code


def _plan(request: GradeRequest, out: Path, given: CourseSettings, now: CourseSettings) -> Plan:
    assignment = load()
    deadline = assignment.assignment.deadline if now.deadline is None else now.deadline
    due = overrides.moment(deadline)
    deadline = due.isoformat() if due else ""
    decided = overrides.read(out / overrides.NAME, Context(deadline))
    return Plan(
        out,
        now.language or request.language,
        assignment,
        kit_version(),
        variant=variant(public_only=request.public_only),
        regrade=request.regrade,
        deadline=deadline,
        given=given,
        decided=decided.rows,
    )


def _refuse_tangle(paths: tuple[Path, ...], out: Path, language: str) -> None:
    """OUT must be a folder of its own: results are no submissions, and the other way round."""
    results = out.resolve()
    if results.exists() and not results.is_dir():
        text = say("--out {out} is a file; it must be a folder.", out=str(out))
        raise click.UsageError(render(text, language))
    for path in paths:
        inbox = path.resolve()
        if inbox == results or inbox in results.parents or results in inbox.parents:
            text = say(
                "--out {out} and {path} lie in one another; choose a folder apart.",
                out=str(out), path=str(path),
            )  # fmt: skip
            raise click.UsageError(render(text, language))


def _take_in(request: GradeRequest, plan: Plan, now: CourseSettings) -> Intake:
    roster = None if now.roster is None else tuple(map(RosterRow.of, now.roster))
    intake = collect(
        request.paths,
        IntakeRules(plan.deadline, roster=roster, decided=overrides.gathered(plan.decided)),
    )
    if not intake.submissions and not intake.problems:
        where = tuple(map(str, request.paths))
        raise KitFault(say("There is nothing to grade in {where}.", where=where))
    return intake


def settings(
    *, public_only: bool = False, unsafe: bool = False, only: str = ""
) -> grading.Settings:
    """How to grade with hidden cases. Raises KitFault where only an unsafe way is left."""
    tier = tiers.best()
    if not tiers.is_confined(tier) and not unsafe:
        raise KitFault(
            say(
                "This machine has no sandbox that confines a student's program (see `doctor`). "
                "Give --unsafe to grade programs that you trust; such grades are not official."
            )
        )
    secret = b"" if public_only else kept(SECRET)
    return grading.Settings(
        secret=secret, public_only=public_only, only=only, repair=budget.IN_BATCH
    )


def variant(*, public_only: bool) -> str:
    """What makes a grade another one than that of a full run: part of its key in the store."""
    unconfined = "" if tiers.is_confined(tiers.best()) else start_command.PLAIN
    return "+".join(filter(None, ("public" if public_only else "", unconfined)))


def _examiners(request: GradeRequest, assignment: Assignment, total: int) -> Examiners:
    patience = PATIENCE * assignment.limits.submission_seconds
    if request.cluster:
        return ClusterExaminers(request.cluster, patience=patience)
    workers = min(request.workers or cores(), max(1, total))
    if total == 1:
        return InlineExaminers()
    return LocalExaminers(workers, preload="grader.batch.at_hand", patience=patience)


def _conclude(report: Report, out: Path, language: str, console: Console) -> None:
    """Say how it went, where everything is, and what somebody must do."""
    print_summary(report.grades, report.problems, language, console, load_wording(language))

    def tell(message: Message, style: str = "") -> None:
        console.print(Text(words(message, language), style), soft_wrap=True)

    if report.summary.skipped:
        tell(say("{count} had their grade from before.", count=report.summary.skipped))
    if report.problems:
        tell(say("What could not be used, and what to do: {file}", file=str(out / "problems.csv")))
    tell(say("Gradebook: {grades}   Report: {page}", grades=str(out / "grades.csv"),
             page=str(out / "report.html")))  # fmt: skip
    for student_id, reason in report.summary.faults[:MOST_FAULTS]:
        console.print(Text(f"{student_id}: {words(reason, language)}", "red"), soft_wrap=True)
    if report.summary.faults:
        count = len(report.summary.faults)
        tell(say("The kit failed for {count} submissions; they have no score.", count=count), "red")
    for note in report.notes:
        tell(note, "yellow")
    for mistake in report.mistakes:
        line = f"{mistake.file}: {words(mistake.reason, language)}"
        console.print(Text(line, "red"), soft_wrap=True)


def write_one(
    submission: Submission,
    grade: Grade,
    out: Path,
    language: str,
    console: Console,
    *,
    public: bool,
) -> int:
    """Write the files of one grade that is there already. Give the exit code."""
    plan = Plan(out, language, load(), grade.kit, variant=variant(public_only=public), regrade=True)
    report = grade_all(Single((submission,)), lambda _: grade, InlineExaminers(), Quiet(), plan)
    text = say("Written to {out}", out=str(out))
    console.print(Text(render(text, language)), soft_wrap=True)
    return report.exit_code


@dataclass(frozen=True, slots=True)
class Single:
    """An intake of one's own work."""

    submissions: tuple[Submission, ...]
    superseded: tuple[Submission, ...] = ()
    problems: tuple[Problem, ...] = ()
    files: tuple[FileRecord, ...] = ()


class Quiet:
    """Progress that nobody watches."""

    def skipped(self, submission: Submission) -> None: ...
    def graded(self, grade: Grade) -> None: ...
    def stopping(self, in_flight: int) -> None: ...
