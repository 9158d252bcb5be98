"""A SimpleRNN whose forward returns its outputs in another form, seen as one that returns (T, B, O).

The form is charged in q4_2, which looks at the class as it is. What backward, update_parameters and
training are worth does not hang on it where the outputs of all steps can be had all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeGuard

import numpy as np

from grader.checks.compare import agrees
from grader.checks.memo import once
from grader.checks.output_forms import BY_BOOK, FORMS, Form
from grader.checks.parameters.rnn_roles import HIDDEN
from grader.checks.states import Sizes, read_forward
from grader.faults import BadValue, ReturnedNothing, StudentFault
from grader.protocol import Array, Call, CandidateClass, CandidateObject, Rounds, Step

T, B = 3, 7  # with HIDDEN all sizes are different
ROUGHLY = 1e-4  # relative; float32 and float64 alike


def with_whole_outputs(cls: CandidateClass, *, by_book: bool = False) -> CandidateClass:
    """The class itself where its outputs are documented, or where nothing tells how to read them.

    by_book: outputs that do not come back at all are what they should be.
    """
    if once(cls, "documented outputs", lambda: _are_documented(cls)):
        return cls
    forms = (*FORMS, BY_BOOK) if by_book else FORMS
    return once(cls, ("whole outputs", by_book), lambda: _seen_whole(cls, forms))


def _seen_whole(cls: CandidateClass, forms: Sequence[Form]) -> CandidateClass:
    try:
        form = _form(cls, forms)
    except StudentFault:  # what cannot be called is charged where it is called
        return cls
    return cls if form is None else WholeClass(cls, form, cls.name)


def _are_documented(cls: CandidateClass) -> bool:
    """Also where forward cannot be called, which is charged where it is called."""
    x = np.random.default_rng(60).normal(size=(T, B, HIDDEN[0]))
    try:
        read_forward(cls(*HIDDEN).forward(x), _sizes(x, HIDDEN))
    except (BadValue, ReturnedNothing):
        return False
    except StudentFault:
        return True
    return True


def _form(cls: CandidateClass, forms: Sequence[Form]) -> Form | None:
    """The form that explains the outputs; None where there is none."""
    rng = np.random.default_rng(60)
    x = rng.normal(size=(T, B, HIDDEN[0]))
    rnn = cls(*HIDDEN)
    rnn.forward(x)  # some make their arrays in it
    rnn.write({path: rng.uniform(-0.5, 0.5, held.shape) for path, held in rnn.read().items()})
    return next((form for form in forms if _explains(form, rnn, x)), None)


def _explains(form: Form, rnn: CandidateObject, x: Array) -> bool:
    """Whether so read a sequence alone gives the same, and its last input moves the last output."""
    whole = WholeObject(rnn, form, HIDDEN)
    changed = x.copy()
    changed[-1] += 1.0
    try:
        first, alone, later = (whole.outputs(inputs) for inputs in (x, x[:, :1], changed))
    except (BadValue, ReturnedNothing):
        return False
    return (
        agrees(first[:, :1], alone, ROUGHLY)
        and agrees(later[:-1], first[:-1], ROUGHLY)
        and not agrees(later[-1], first[-1], ROUGHLY)
    )


def _sizes(x: Array, sizes: tuple[int, ...]) -> Sizes:
    steps, batch, _ = x.shape
    return Sizes(steps, batch, *sizes)


@dataclass
class WholeObject:
    """An object of such a class: forward returns (outputs, hidden states)."""

    rnn: CandidateObject
    form: Form
    sizes: tuple[int, ...]  # I, H, O

    def forward(self, *arguments: Any) -> Any:
        return self.replay([Call("forward", arguments)])[0]

    def backward(self, *arguments: Any) -> Any:
        return self.rnn.backward(*arguments)

    def update_parameters(self, *arguments: Any) -> Any:
        return self.rnn.update_parameters(*arguments)

    def read(self) -> dict[str, Array]:
        return self.rnn.read()

    def write(self, values: Mapping[str, Array]) -> None:
        self.rnn.write(values)

    @property
    def changed_inputs(self) -> tuple[int, ...]:
        return self.rnn.changed_inputs

    @property
    def seconds(self) -> tuple[float, ...]:
        return self.rnn.seconds

    def outputs(self, x: Array) -> Array:
        """Outputs (T, B, O). Raises BadValue where there are none of this form."""
        return read_forward(self.forward(x), _sizes(x, self.sizes)).outputs

    def replay(self, steps: Sequence[Step]) -> list[Any]:
        """As any object's; a forward may take several calls."""
        calls = [self._calls(step) for step in steps]
        values = iter(self.rnn.replay([one for several in calls for one in several]))
        returned = [[next(values) for _ in several] for several in calls]
        return [
            self._seen(step, values) if _is_forward(step) else values[0]
            for step, values in zip(steps, returned, strict=True)
        ]

    def _calls(self, step: Step) -> list[Step]:
        return self.form.calls(step) if _is_forward(step) else [step]

    def _seen(self, forward: Call, values: list[Any]) -> Any:
        """What it returns in the documented form; what it did return where it is none."""
        (x,) = forward.arguments
        return self.form.seen(values, x, _sizes(x, self.sizes)) or values[0]

    def train(self, rounds: Rounds) -> tuple[int, Any]:
        """One round at a time: only here are the outputs known."""
        steps: list[Step] = [Call("backward", (rounds.d_outputs,))]
        if rounds.updates:
            steps.append(Call("update_parameters", (rounds.rate,)))
        return 1, self.replay([*steps, Call("forward", (rounds.inputs[0],))])[-1]


def _is_forward(step: Step) -> TypeGuard[Call]:
    return isinstance(step, Call) and step.method == "forward" and not step.echo


@dataclass
class WholeClass:
    """A class whose objects' outputs are read in this form."""

    cls: CandidateClass
    form: Form
    name: str
    memo: dict[Any, Any] = field(default_factory=dict)

    def __call__(self, *arguments: Any) -> WholeObject:
        return WholeObject(self.cls(*arguments), self.form, arguments)

    def holding(self, values: Mapping[str, Array], *arguments: Any) -> WholeObject:
        return WholeObject(self.cls.holding(values, *arguments), self.form, arguments)

    def implements(self, method: str) -> bool:
        return self.cls.implements(method)

    @property
    def kept_up(self) -> tuple[str, ...]:
        return self.cls.kept_up

    @kept_up.setter
    def kept_up(self, paths: tuple[str, ...]) -> None:
        self.cls.kept_up = paths
