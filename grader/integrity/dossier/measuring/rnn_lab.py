"""A student's SimpleRNN at one known point: what it gives, as it is and with a line changed.

A round is forward, backward and update. In the first, every output has a gradient; in each of the
next only the outputs of one time step have, which tells which of them a change concerns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from grader.checks.compare import tolerance
from grader.checks.gradient import entries, match
from grader.checks.known_model import SMALL, Parameters, RnnTrial, random_parameters
from grader.checks.numerical import central_differences
from grader.checks.parameters import rnn_roles
from grader.checks.parameters.layout import Layout
from grader.checks.parameters.roles import rnn_layout
from grader.checks.states import Forward, Sizes, read_forward
from grader.diagnosis.repair.bench import Bench, Tried
from grader.diagnosis.repair.edits import Edit
from grader.diagnosis.repair.program import Program
from grader.diagnosis.repair.stages.backward import Kept
from grader.diagnosis.repair.stages.stage import Refused, found, write
from grader.faults import StudentFault
from grader.protocol import Array, Call, CandidateClass, Read, Step
from grader.sandbox.session import Session
from grader.sandbox.worker import schema

SIZES = Sizes(T=6, B=5, I=3, H=4, O=2)
SEED = 6
RATE = 0.1  # of the update after each round
TOGETHER = 20  # edits in one message, so that slow programs keep within its time

Gradients = Mapping[str, Array | None]  # by parameter; None: nothing came that could be it


@dataclass(frozen=True)
class NetworkGiven:
    """What one program gave: as much as ran before the fault, if there was one.

    `gradients`: of the round with all outputs, then of those with one output step each.
    `step`: what the first update added to each parameter.
    """

    fault: schema.Fault | None
    rounds: int  # that were asked for
    seen: Forward | None = None
    gradients: tuple[Gradients, ...] = ()
    step: Mapping[str, Array] | None = None

    @property
    def complete(self) -> bool:
        return len(self.gradients) == self.rounds


class RnnLab:
    """The student's network in a worker of its own. Raises Refused where nothing can be measured."""

    def __init__(self, student: Session, program: Program, SimpleRNN: CandidateClass) -> None:
        self.layout: Layout = found(lambda: rnn_layout(SimpleRNN, SIZES.model))
        self._bench = Bench(student, program, "SimpleRNN")
        rng = np.random.default_rng(SEED)
        self.values = random_parameters(rnn_roles.shapes(*SIZES.model), rng)
        self.x = rng.normal(size=(SIZES.T, SIZES.B, SIZES.I))
        self.d_outputs = SMALL * rng.normal(size=(SIZES.T, SIZES.B, SIZES.O))
        self.truths = self._measured_truths(SimpleRNN)
        self._reads = True
        self.base = self.given([()])[0]
        if self.base.seen is None:
            raise Refused
        self._reads = not self._returns_all()

    def _measured_truths(self, SimpleRNN: CandidateClass) -> list[Parameters]:
        """The gradients of each round by central differences of the student's own forward."""
        try:
            trial = RnnTrial.make(SimpleRNN, SIZES.model, self.values)
            trial.forward(self.x)
            self.used = trial.used
            self.updates = _runs(trial, self.d_outputs)
            trial.reset()
            anew = trial.before_last if self.layout.stateful else None
            by_step = central_differences(
                trial.rnn, self.layout, trial.parameters, self.x, self.d_outputs, anew=anew
            )
        except StudentFault:
            raise Refused from None
        whole = {name: parts.sum(axis=0) for name, parts in by_step.items()}
        single = [{n: parts[t] for n, parts in by_step.items()} for t in range(SIZES.T)]
        return [whole, *single]

    @cached_property
    def _rounds(self) -> list[Array]:
        """d_outputs of each round."""
        masks = np.eye(SIZES.T)[:, :, None, None]
        return [self.d_outputs, *(masks * self.d_outputs)]

    @cached_property
    def _warm_up(self) -> list[Step]:
        """A first forward, where it is that which makes the arrays."""
        inputs = self.layout.warm_up
        return [] if inputs is None else [Call("forward", inputs)]

    def _returns_all(self) -> bool:
        """Whether backward returns every gradient: else they are looked for on the object."""
        self._reads = False
        given = self.given([()], rounds=1)[0]
        return given.complete and all(one is not None for one in given.gradients[0].values())

    def _steps(self, rounds: int) -> list[Step]:
        """So many rounds on one object, after what makes its arrays."""
        steps: list[Step] = list(self._warm_up)
        for d_outputs in self._rounds[:rounds]:
            steps += [write(self.layout, self.values), Call("forward", (self.x,))]
            steps += [Call("backward", (d_outputs,)), *[Read()] * self._reads]
            if self.updates:
                steps += [Call("update_parameters", (RATE,)), Read()]
        return steps

    def given(
        self, attempts: Sequence[Sequence[Edit]], rounds: int = SIZES.T + 1
    ) -> list[NetworkGiven]:
        """What the program gives with each of these groups of edits made."""
        tried: list[Tried] = []
        for start in range(0, len(attempts), TOGETHER):
            group = [tuple(one) for one in attempts[start : start + TOGETHER]]
            tried += self._bench.run(group, SIZES.model, self._steps(rounds))
        return [self._read(one, rounds) for one in tried]

    def shapes(self, unit: object, texts: list[str], sizes: Sizes) -> Mapping[str, tuple[int, ...]]:
        """Shapes of expressions of a function as it returns, in a run of these sizes."""
        rng = np.random.default_rng(SEED)
        steps: list[Step] = [Call("forward", (rng.normal(size=(sizes.T, sizes.B, sizes.I)),))]
        steps.append(Call("backward", (SMALL * rng.normal(size=(sizes.T, sizes.B, sizes.O)),)))
        if self.updates:
            steps.append(Call("update_parameters", (RATE,)))
        return self._bench.shapes(unit, texts, sizes.model, steps)  # type: ignore[arg-type]

    def _read(self, tried: Tried, asked: int) -> NetworkGiven:
        values = tried.values[len(self._warm_up) :]
        stride = 3 + self._reads + 2 * self.updates
        try:
            seen = read_forward(values[1], SIZES, leading=self.layout.leading)
        except (StudentFault, IndexError):
            return NetworkGiven(tried.fault, asked)
        rounds = [values[at : at + stride] for at in range(0, len(values), stride)]
        gradients = tuple(self._gradients(rounds))
        return NetworkGiven(tried.fault, asked, seen, gradients, self._step(values))

    def _gradients(self, rounds: Sequence[Sequence[object]]) -> Iterator[Gradients]:
        for one, truth in zip(rounds, self.truths, strict=False):
            if len(one) < 3 + self._reads:  # write, forward, backward, read
                return
            read = one[3] if self._reads else None
            kept = Kept(dict(read)) if isinstance(read, dict) else Kept()
            matches = match(
                entries(one[2], kept, self.layout), self.layout, truth, (1.0,), self.limit
            )
            yield {
                name: None if found_ is None else np.asarray(found_.gradient, np.float64)
                for name, found_ in matches.items()
            }

    def _step(self, values: Sequence[object]) -> Mapping[str, Array] | None:
        at = 4 + self._reads  # write, forward, backward, read, update, read
        if not self.updates or len(values) <= at:
            return None
        after = self.layout.values(values[at])  # type: ignore[arg-type]
        return {name: after[name] - self.used[name] for name in self.layout.slots}

    @property
    def limit(self) -> float:
        return tolerance(single=self.layout.single)

    @cached_property
    def is_right(self) -> bool:
        """Whether every gradient of the program as it is, in every round, is the true one."""
        return self.base.complete and not any(
            self.wrong(self.base, number) for number in range(SIZES.T + 1)
        )

    def wrong(self, given: NetworkGiven, number: int) -> dict[str, float]:
        """Relative errors of a round's gradients that are not the true ones of the program as it is."""
        return differing(given.gradients[number], self.truths[number], 10 * self.limit)

    def changed(self, given: NetworkGiven, number: int) -> dict[str, float]:
        """Relative changes of a round's gradients against what the program as it is gives."""
        return differing(given.gradients[number], self.base.gradients[number], 10 * self.limit)


def differing(got: Gradients, expected: Gradients, limit: float) -> dict[str, float]:
    """norm(got - expected) / norm(expected) where it is beyond the limit; inf: not there, not finite."""
    found_: dict[str, float] = {}
    for name, right in expected.items():
        if right is None or name not in got:
            continue
        error = relative(got[name], right)
        if error > limit:
            found_[name] = error
    return found_


def relative(got: Array | None, expected: Array) -> float:
    """norm(got - expected) / norm(expected), 0 for two zero arrays."""
    if got is None or got.shape != expected.shape or not np.all(np.isfinite(got)):
        return np.inf
    off, scale = float(np.linalg.norm(got - expected)), float(np.linalg.norm(expected))
    if off <= 1e-12:  # noqa: PLR2004  # rounding: gradients are about 1e-3
        return 0.0
    return off / scale if scale > 0 else np.inf


def _runs(trial: RnnTrial, d_outputs: Array) -> bool:
    """Whether backward and update_parameters can be called."""
    try:
        trial.rnn.backward(d_outputs)
        trial.rnn.update_parameters(RATE)
    except StudentFault:
        return False
    return True
