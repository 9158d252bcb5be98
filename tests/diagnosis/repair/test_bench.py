"""What a worker says of edits is not believed: an answer that does not fit counts as none."""

from __future__ import annotations

from typing import Any

import pytest

from grader.diagnosis.repair.bench import Bench, Tried
from grader.diagnosis.repair.program import Program
from grader.protocol import Read
from grader.sandbox.worker import schema, wire
from tests import BASES

DONE = schema.Done([schema.Items([])], [], None, "")
TORN = schema.Done([schema.Array("f8", (3,))], [], None, "")  # no such bytes in the body


class Liar:
    """A session whose worker gives this answer."""

    def __init__(self, *results: schema.Done) -> None:
        self.results = list(results)

    def exchange(self, *_: Any) -> tuple[schema.Patched, wire.FrameReader]:
        return schema.Patched(self.results, ""), wire.FrameReader(b"")


@pytest.mark.parametrize(
    "results", [(), (DONE,), (DONE, DONE, DONE), (DONE, TORN)], ids=["none", "few", "many", "torn"]
)
def test_an_answer_that_does_not_fit_is_none(results: tuple[schema.Done, ...]) -> None:
    program = Program((BASES / "row.py").read_text(encoding="utf-8"))
    bench = Bench(Liar(*results), program, "SimpleRNN")  # type: ignore[arg-type]  # no process here
    assert bench.run([(), ()], [3, 5, 2], [Read()]) == [Tried([], ())] * 2
