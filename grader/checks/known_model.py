"""A student's SimpleRNN or LSTMCell set to known parameters at well-conditioned points.

Sizes all different, weights about 0.5, non-zero biases: at such points every known bug shows,
while T = 1, B = 1, square sizes or weights of 0.01 hide many of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

import numpy as np

from grader.assignment import load
from grader.checks import gradient, own_states, weight_decay
from grader.checks.compare import agrees, distance, tolerance
from grader.checks.numerical import central_differences
from grader.checks.output_forms import BY_BOOK
from grader.checks.parameters import lstm_roles, rnn_roles
from grader.checks.parameters.layout import Layout
from grader.checks.parameters.roles import lstm_layout, rnn_layout, with_parameters
from grader.checks.states import Forward, Sizes, is_softmax, read_cell, read_forward
from grader.checks.whole_outputs import WholeObject
from grader.faults import StudentFault
from grader.protocol import Array, Call, CandidateClass, CandidateObject, Read

Parameters = dict[str, Array]
# Gradients are kept this small, so that clipping (norm 0.25 at the tightest) never acts.
SMALL = 2e-3


def random_parameters(
    shapes: Mapping[str, tuple[int, ...]], rng: np.random.Generator
) -> Parameters:
    """Weights U(-0.6, 0.6), biases U(-0.5, 0.5)."""
    return {
        name: rng.uniform(-0.6, 0.6, shape) if len(shape) > 1 else rng.uniform(-0.5, 0.5, shape)
        for name, shape in shapes.items()
    }


@dataclass(frozen=True)
class RnnTrial:
    """One SimpleRNN(I, H, O) whose parameters are known.

    `parameters` is what it was given, zeros where it has no array; `used` is what it can work with.
    """

    rnn: CandidateObject
    layout: Layout
    parameters: Parameters
    sizes: tuple[int, int, int]
    anew: Callable[[], CandidateObject]  # another object that holds the same
    history: list[Array] = field(default_factory=list)  # the inputs of all forwards so far

    @classmethod
    def make(
        cls,
        SimpleRNN: CandidateClass,
        sizes: tuple[int, int, int],
        values: Parameters | np.random.Generator,
    ) -> RnnTrial:
        """A new object with the given or random parameters."""
        if isinstance(values, np.random.Generator):
            values = random_parameters(rnn_roles.shapes(*sizes), values)
        layout = rnn_layout(SimpleRNN, sizes)
        anew = partial(with_parameters, SimpleRNN, layout, sizes, values)
        return cls(anew(), layout, layout.effective(values), sizes, anew)

    @property
    def used(self) -> Parameters:
        """Zeros also where forward never uses the array."""
        return self.layout.held(self.parameters)

    def at(self, x: Array) -> Sizes:
        T, B, I = x.shape  # noqa: E741  # sizes as in the equations
        return Sizes(T, B, I, *self.sizes[1:])

    def forward(self, x: Array) -> Forward:
        """Outputs (T, B, O) and hidden states (T, B, H) of the student's forward."""
        self.history.append(x)
        return read_forward(self.rnn.forward(x), self.at(x), leading=self.layout.leading)

    def before_last(self) -> CandidateObject:
        """Another object, as this one was before its last forward: it may have kept a state."""
        rnn = self.anew()
        for x in self.history[:-1]:
            rnn.forward(x)
        return rnn

    def backward(self, d_outputs: Array) -> list[gradient.Entry]:
        """Everything that backward returned or left on the object."""
        returned = self.rnn.backward(d_outputs)
        return gradient.entries(returned, self.rnn, self.layout)

    def around(self, call: Call) -> tuple[Parameters, Parameters]:
        """The parameters just before and just after a call."""
        before, _, after = self.rnn.replay([Read(), call, Read()])
        return self.layout.values(before), self.layout.values(after)

    def reset(self) -> None:
        """Write the trial's parameters again."""
        self.layout.write(self.rnn, self.parameters)


@dataclass(frozen=True)
class Truth:
    """What the gradients (canonical shapes) should be, and how nearly."""

    gradients: Parameters
    limit: float
    numerical: bool = True  # of the student's own forward, not of the textbook's


Expectation = Callable[[RnnTrial, Array, Array, Forward], list[Truth]]


def own_gradient(trial: RnnTrial, x: Array, d_outputs: Array, seen: Forward) -> list[Truth]:
    """The gradient of the student's own forward, by central differences, and the textbook's.

    With a softmax on the outputs, d_outputs may also be meant for what goes into it: log(outputs)
    is that up to a constant per row, which rows of d_outputs that sum to zero cancel. The
    textbook's equations on the student's own hidden states are honest as well: a wrong forward
    was charged in its own question.
    """
    limits = load().tolerances
    limit = limits.numeric_float32 if trial.layout.single else limits.numeric_float64
    if (exact := _of_the_equations(trial, x, d_outputs, seen)) is not None:
        return [Truth(exact, limit)]
    throughs: list[Callable[[Array], Array]] = [np.asarray]
    if is_softmax(seen.outputs) and np.allclose(d_outputs.sum(axis=-1), 0.0, rtol=0, atol=1e-12):
        throughs.append(np.log)
    by_step = [
        central_differences(
            trial.rnn,
            trial.layout,
            trial.parameters,
            x,
            d_outputs,
            through,
            trial.before_last if trial.layout.stateful else None,
        )
        for through in throughs
    ]
    truths = [
        Truth({name: part.sum(axis=0) for name, part in gradients.items()}, limit)
        for gradients in by_step
    ]
    if seen.hidden is not None and np.all(np.isfinite(seen.hidden)):
        by_book = own_states.gradients(trial.used, x, d_outputs, seen.hidden)
        truths.append(Truth(by_book, limit, numerical=False))
        if not any(np.any(truth.gradients["W_hh"]) for truth in truths[:-1]):
            # forward never uses W_hh, nor need backward
            unused = {**by_book, "W_hh": np.zeros_like(by_book["W_hh"])}
            truths.append(Truth(unused, limit, numerical=False))
    return truths


def _of_the_equations(
    trial: RnnTrial, x: Array, d_outputs: Array, seen: Forward
) -> Parameters | None:
    """The gradient of a forward that follows the equations, which need no differences; else None.

    At a student's there are no equations to know it by. Nor are outputs that are put in by the book
    what forward gives.
    """
    given = trial.parameters  # also of what forward never uses: then it follows others
    hidden = own_states.of_the_equation(given, x)
    by_book = isinstance(trial.rnn, WholeObject) and trial.rnn.form is BY_BOOK
    if hidden is None or trial.layout.stateful or by_book:
        return None
    if not is_near(trial, seen, hidden @ given["W_hy"] + given["b_y"], hidden):
        return None
    return own_states.gradients(given, x, d_outputs, hidden)


def is_near(trial: RnnTrial, seen: Forward, outputs: Array, hidden: Array) -> bool:
    """Whether what forward gave is this; hidden states only where it gave some."""
    limit = tolerance(single=trial.layout.single)
    states_right = seen.hidden is None or agrees(seen.hidden, hidden, limit)
    return states_right and agrees(seen.outputs, outputs, limit)


@dataclass(frozen=True)
class BackwardRun:
    """One forward and one backward, matched with what was expected."""

    trial: RnnTrial
    x: Array
    d_outputs: Array
    matches: dict[str, gradient.Match | None]
    truth: Truth
    factor: float

    def right(self, name: str) -> bool:
        """Whether the gradient of this parameter is right, up to the common factor."""
        return self._right[name]

    @cached_property
    def _right(self) -> dict[str, bool]:
        return {name: self._is_right(name) for name in self.trial.layout.shapes}

    def _is_right(self, name: str) -> bool:
        if name in self.trial.layout.missing:
            return True  # a missing bias loses its own case in __init__
        found = self.matches[name]
        expected = self.factor * self.truth.gradients[name]
        forms = [expected]
        if name in self.trial.layout.idle and expected.shape == expected.T.shape:
            forms.append(expected.T)  # nothing tells which way round it lies
        return found is not None and any(found.agrees(form, self.truth.limit) for form in forms)

    @property
    def all_right(self) -> bool:
        return all(self._right.values())

    def error(self, name: str) -> float:
        """Relative error of this parameter's gradient, the common factor taken out."""
        found = self.matches[name]
        return (
            np.inf
            if found is None
            else distance(found.gradient, self.factor * self.truth.gradients[name])
        )


def run_backward(
    trial: RnnTrial,
    x: Array,
    d_outputs: Array,
    expect: Expectation,
    meanwhile: Callable[[], object] = lambda: None,
) -> BackwardRun:
    """Forward, backward, `meanwhile` between the two, and the expectation that most gradients meet.

    Where the student's own forward is wrong there are several honest ones: its true gradient, and
    the textbook's formulas on its own hidden states.
    """
    forward = trial.forward(x)
    meanwhile()
    found = trial.backward(d_outputs)
    truths = expect(trial, x, d_outputs, forward)
    best = _best_run(trial, x, d_outputs, found, truths)
    if best.all_right or (rest := _without_decay(trial, x, d_outputs, found)) is None:
        return best
    return _best_run(trial, x, d_outputs, rest, truths)


def _best_run(
    trial: RnnTrial,
    x: Array,
    d_outputs: Array,
    found: list[gradient.Entry],
    truths: list[Truth],
) -> BackwardRun:
    """The entries matched with the expectation that most of them meet."""
    T, B, _ = x.shape
    factors = (1.0, 1 / B, 1 / T, 1 / (T * B))
    runs = []
    for truth in truths:
        matches = gradient.match(found, trial.layout, truth.gradients, factors, truth.limit)
        factor = gradient.common_factor(matches, truth.gradients, factors, truth.limit)
        runs.append(BackwardRun(trial, x, d_outputs, matches, truth, factor))
        if runs[-1].all_right:
            return runs[-1]
    return max(runs, key=lambda run: sum(run.right(name) for name in trial.layout.shapes))


def _without_decay(
    trial: RnnTrial, x: Array, d_outputs: Array, found: list[gradient.Entry]
) -> list[gradient.Entry] | None:
    """The entries less the weight decay in them, which loses its own case; None without any."""
    try:
        again = replace(trial, rnn=trial.before_last())
        again.rnn.forward(x)
        still = again.backward(np.zeros_like(d_outputs))
    except StudentFault:
        return None
    nothing = {name: np.zeros(shape) for name, shape in trial.layout.shapes.items()}
    matches = gradient.match(still, trial.layout, nothing, (1.0,), 0.0)
    added = {name: one.gradient for name, one in matches.items() if one and one.gradient.any()}
    if weight_decay.form_of(added, trial.used) is None:
        return None
    return weight_decay.without(found, still)


@dataclass(frozen=True)
class CellTrial:
    """One LSTMCell(I, H) whose parameters are known."""

    cell: CandidateObject
    layout: Layout
    parameters: Parameters
    sizes: tuple[int, int]
    anew: Callable[[], CellTrial]  # another cell that holds the same

    @classmethod
    def make(
        cls,
        LSTMCell: CandidateClass,
        sizes: tuple[int, int],
        values: Parameters | np.random.Generator,
    ) -> CellTrial:
        """A new cell with the given or random parameters."""
        if isinstance(values, np.random.Generator):
            values = random_parameters(lstm_roles.shapes(*sizes), values)
        layout = lstm_layout(LSTMCell, sizes)
        return cls(
            with_parameters(LSTMCell, layout, sizes, values),
            layout,
            layout.effective(values),
            sizes,
            partial(cls.make, LSTMCell, sizes, values),
        )

    def raw(self, x: Array, h: Array, c: Array) -> tuple[Array, Array]:
        """The two states in the order in which they came."""
        return read_cell(self.cell.forward(x, h, c), len(x), self.sizes[1])

    def forward(self, x: Array, h: Array, c: Array) -> tuple[Array, Array]:
        """new_hidden_state, new_cell_state, in this order whatever the student's."""
        first, second = self.raw(x, h, c)
        return (second, first) if self.layout.swapped else (first, second)
