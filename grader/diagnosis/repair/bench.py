"""Tries edits in a worker of their own: a batch of edits, the same steps for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.diagnosis.repair.edits import Edit, Shape, patched
from grader.diagnosis.repair.program import Program, Unit
from grader.faults import StudentFault
from grader.protocol import (
    Call,
    Read,
    Step,
    Write,
)
from grader.sandbox import candidate, fault_messages, replies
from grader.sandbox.session import Session
from grader.sandbox.worker import schema
from grader.sandbox.worker.patches import UNKNOWN
from grader.sandbox.worker.values import Packer

PER_MESSAGE = 40
SECONDS = 0.06  # for one edit: all its steps take 1 ms where nothing loops
MOST_TEXTS = 4000  # expressions whose shapes are asked for at a time
WHERE = "repair"

Attempt = tuple[Edit, ...]  # edits that are tried together


@dataclass(frozen=True, slots=True)
class Tried:
    """What the steps gave, as many as ran, and which arguments the last call changed in place."""

    values: list[Any]
    changed: tuple[int, ...]
    fault: schema.Fault | None = None  # of the step after the last that ran


@dataclass(frozen=True)
class Bench:
    """A loaded program in which edits are tried."""

    student: Session
    program: Program
    subject: str

    def run(
        self, attempts: Sequence[Attempt], sizes: Sequence[int], steps: Sequence[Step]
    ) -> list[Tried]:
        """One result for each attempt. What a worker that has died did not say is nothing."""
        try:
            return self._run(attempts, sizes, steps)
        except StudentFault:
            return [Tried([], ())] * len(attempts)

    def _run(
        self, attempts: Sequence[Attempt], sizes: Sequence[int], steps: Sequence[Step]
    ) -> list[Tried]:
        packer = Packer()
        edits = [self._replacements(attempt, packer) for attempt in attempts]
        packed = [_packed(step, packer) for step in steps]
        request = schema.Patch(self.subject, list(sizes), edits, packed, SECONDS)
        reply, reader = self.student.exchange(request, packer, WHERE, None)
        if len(reply.results) != len(attempts):
            raise fault_messages.garbled(WHERE)
        return [
            Tried(
                [replies.value(node, reader, WHERE) for node in one.values],
                tuple(one.changed),
                one.fault,
            )
            for one in reply.results
        ]

    def shapes(
        self, unit: Unit, texts: list[str], sizes: Sequence[int], steps: Sequence[Step]
    ) -> dict[str, Shape]:
        """The shapes of expressions when the function returns, without those that have none."""
        packer = Packer()
        packed = [_packed(step, packer) for step in steps]
        first, last = (self.program.line_at(offset) for offset in unit.span)
        request = schema.Look(
            self.subject, list(sizes), packed, unit.name, first, last, texts[:MOST_TEXTS], SECONDS
        )
        try:
            reply, _ = self.student.exchange(request, packer, WHERE, None)
        except StudentFault:
            return {}
        return {
            text: shape
            for text, shape in zip(texts, reply.shapes, strict=False)
            if shape != UNKNOWN
        }

    def _replacements(self, attempt: Attempt, packer: Packer) -> list[schema.Replacement]:
        changes: dict[Unit, list[Any]] = {}
        for edit in attempt:
            changes.setdefault(edit.unit, []).extend(edit.changes)
        replacements = []
        for unit, its in changes.items():
            text = np.frombuffer(patched(self.program, unit, tuple(its)), np.uint8)
            replacements.append(schema.Replacement(unit.owner, unit.name, packer.writer.add(text)))
        return replacements


def _packed(step: Step, packer: Packer) -> Any:
    match step:
        case Read(apart, every):
            return schema.Get(apart, every)
        case Write(values):
            return candidate.put(values, packer.writer)
        case Call(method, arguments):
            return schema.Method(method, [packer.pack(value) for value in arguments])
