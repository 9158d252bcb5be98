"""What a run shows while it runs: a live bar in a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from grader.language import Message, render, say
from grader.records import Grade, Status, Submission
from grader.reports.clean_message import one_line

# Without a terminal: a line this often, and at the end.
SECONDS_PER_LINE = 10.0


class _Rate(ProgressColumn):
    """Submissions per minute."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        rate = f"{speed * 60:.0f}" if speed else "–"
        return Text(render(say("{rate} per minute", rate=rate), self.language))


class Screen:
    """Progress of a batch run. A context: the live bar ends with it."""

    def __init__(self, console: Console, language: str, total: int) -> None:
        self.console = console
        self.language = language
        self.total = total
        self.done = 0
        self.skips = 0
        self._began = self._spoke = time.monotonic()
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            _Rate(language),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task(self._say(say("Grading")), total=total)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def skipped(self, _: Submission) -> None:
        """Count what has its grade from before: it is no part of the rate."""
        self.skips += 1
        self._bar.update(self._task, total=self.total - self.skips)

    def graded(self, grade: Grade) -> None:
        """Move on by one; a fault of the kit's is told at once."""
        self.done += 1
        self._bar.advance(self._task)
        if grade.status is Status.KIT_FAULT:
            note = render(grade.notes[-1], self.language) if grade.notes else ""
            self._print(f"{grade.student_id}: {note}", "red")
        if not self.console.is_terminal:
            self._line()

    def stopping(self, in_flight: int) -> None:
        """Tell that Ctrl-C was heard."""
        text = say(
            "Stopping: {count} are being graded now and will be kept. Ctrl-C again drops them.",
            count=in_flight,
        )
        self._print(self._say(text), "yellow")

    def _line(self) -> None:
        now, left = time.monotonic(), self.total - self.skips - self.done
        if left and now - self._spoke < SECONDS_PER_LINE:
            return
        self._spoke = now
        rate = self.done / max(now - self._began, 1e-9)
        text = say(
            "{done} of {total} graded, {rate:.0f} per minute, about {left:.0f} s left",
            done=self.done,
            total=self.total - self.skips,
            rate=60 * rate,
            left=left / rate,
        )
        self._print(self._say(text))

    def _say(self, message: Message) -> str:
        return render(message, self.language)

    def _print(self, text: str, style: str = "") -> None:
        self.console.print(Text(one_line(text, 500), style), soft_wrap=True)
