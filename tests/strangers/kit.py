"""The kit's judgement of a program, in this process: the real question files, without a sandbox."""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from grader.sandbox import local
from tests.inprocess import NAMES, PART_4, outcomes_of
from tests.strangers.program import executed

QUESTIONS = (*PART_4, "q5_1")
SECONDS = 60.0  # of CPU for one program, however busy the machine; a stranger may never end


class _Late(BaseException):
    """Not an Exception: a stranger's `except Exception` must not catch it."""


@dataclass(frozen=True)
class Said:
    """What the kit says of one failed case."""

    case: str  # "q4_3/dW_hh"
    verdict: str
    message: str  # English, with its hint
    name: str  # of the misconception, or ""
    claims: tuple[tuple[str, dict[str, Any]], ...]  # kind and facts

    @property
    def question(self) -> str:
        return self.case.partition("/")[0]


def graded(source: str, questions: Sequence[str] = QUESTIONS) -> list[Said] | None:
    """What is said of every case that fails; None where the module itself does not load."""
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            defined = vars(executed(source))
        except Exception:  # noqa: BLE001  # a stranger's
            return None
        found = {name: local.wrap(defined[name], name) for name in NAMES if name in defined}
        outcomes = outcomes_of(found, tuple(questions))
    return [
        _said(case, outcome) for case, outcome in outcomes.items() if outcome.verdict != "passed"
    ]


def _said(case: str, outcome: Any) -> Said:
    claims = getattr(outcome, "claims", ())
    return Said(
        case,
        str(outcome.verdict),
        "\n".join(str(part) for part in (outcome.message, getattr(outcome, "hint", None)) if part),
        outcome.diagnosis,
        tuple((claim.kind, dict(claim.facts)) for claim in claims),
    )


def in_time(work: Callable[[], Any], seconds: float = SECONDS) -> Any:
    """What `work` gives, or None where it takes too long."""
    with _deadline(seconds):
        return work()
    return None


@contextlib.contextmanager
def _deadline(seconds: float) -> Iterator[None]:
    def late(*_: object) -> None:
        raise _Late

    signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, seconds, 0.1)  # again and again: a finally may go on
    try:
        yield
    except _Late:
        pass
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def apart(work: Callable[[Any], Any], items: list[Any], jobs: int) -> Iterator[Any]:
    """`work` on every item, each in a process of its own: what a stranger breaks dies with it."""
    context = multiprocessing.get_context("fork")
    with context.Pool(jobs, maxtasksperchild=20) as pool:
        yield from pool.imap(work, items)
