"""Generate, judge, grade, and sort what was said."""

from __future__ import annotations

import contextlib
import io
import pickle
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path

from tests.strangers.generate import Stranger, strangers
from tests.strangers.kit import QUESTIONS, Said, apart, graded, in_time
from tests.strangers.program import executed
from tests.strangers.statements import Statement, stated
from tests.strangers.truth import Truth, judge


@dataclass(frozen=True)
class Result:
    """One stranger, what is wrong with it, and what the kit made of it."""

    stranger: Stranger
    truth: Truth | None  # None: it took too long
    said: list[Said] | None = None
    statements: list[Statement] = field(default_factory=list)

    @property
    def lost(self) -> set[str]:
        return {one.question for one in self.said or ()}

    @property
    def outcome(self) -> str:
        if self.truth is None or self.truth.broken or self.said is None:
            return "not judged"
        if not self.truth.wrong:
            return "undecided" if self.truth.undecided else "unfair" if self.lost else "right"
        if only_raises(self.truth):
            return "raises" if self.lost else "escaped"
        return self._of_a_wrong_one()

    def _of_a_wrong_one(self) -> str:
        if not self.lost:
            return "escaped"
        verdicts = [one for one in self.statements if one.true is not None]
        if any(not one.true for one in verdicts):
            return "false"
        if any(one.cause for one in verdicts):
            return "cause"
        return "place" if verdicts else "silent"


def only_raises(truth: Truth) -> bool:
    return all(what.startswith("raises") for told in truth.wrong.values() for what in told)


def results(
    count: int, seed: int, jobs: int, kept: Path | None = None, edited: Sequence[str] = ()
) -> Iterator[Result]:
    """Of this many strangers, in their order. kept: a file with the first ones, which goes on.

    edited: the questions whose methods are edited, and that are graded; all where none is named.
    """
    known = list(islice(_known(kept), count)) if kept and kept.exists() else []
    yield from known
    with kept.open("ab") if kept else contextlib.nullcontext() as file:
        made = list(islice(strangers(seed, edited), len(known), count))
        for one in apart(partial(_result, asked=tuple(edited)), made, jobs):
            if file is not None:
                pickle.dump(one, file)
                file.flush()
            yield one


def _known(kept: Path) -> Iterator[Result]:
    with kept.open("rb") as file, contextlib.suppress(EOFError):
        while True:
            yield pickle.load(file)


def _result(stranger: Stranger, asked: Sequence[str] = ()) -> Result:
    with contextlib.redirect_stdout(io.StringIO()):
        truth = in_time(lambda: judge(stranger.source, stranger.base), 10)
        if truth is None or truth.broken:
            return Result(stranger, truth)
        said = in_time(lambda: graded(stranger.source, asked or QUESTIONS))
        if said is None or not truth.wrong:
            return Result(stranger, truth, said)
        statements = in_time(
            lambda: stated(said, executed(stranger.source), stranger.base, stranger.lines)
        )
    return Result(stranger, truth, said, statements or [])
