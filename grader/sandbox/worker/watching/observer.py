"""Watch the student's SimpleRNN while `train_rnn_on_sequence` runs, in bounded memory.

The methods of the class, and of every subclass that overrides them, are replaced by wrappers that
count, note the lengths, hash the input windows and keep the last evaluations. A forward that a
backward of the same object follows is training; any other forward is evaluation.
"""

from __future__ import annotations

import functools
import time
from array import array
from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.sandbox.worker import schema, wire
from grader.sandbox.worker.pictures.figures import Figures
from grader.sandbox.worker.values import Packer, TooMuch
from grader.sandbox.worker.watching import learned_weights, window_log
from grader.sandbox.worker.watching.building_blocks import BuildingBlocks
from grader.sandbox.worker.watching.factory import Factory
from grader.sandbox.worker.watching.series import Series
from grader.sandbox.worker.watching.training_courses import Courses

MAX_EVALUATIONS = 4_096  # last forwards without backward
MAX_ERRORS = 1_000_000
MAX_ERRORS_EACH = 20_000  # of one object: more travel for nothing
MAX_OBJECTS = 16  # objects whose weights are compared
METHODS = ("__init__", "forward", "backward", "update_parameters")

Array = np.ndarray[Any, Any]  # not numpy.typing: its import costs every worker 5 ms


@dataclass
class Faults:
    """What went wrong in a run: what could not be drawn, and what ended it."""

    drawing: schema.Fault | None = None
    in_drawing: bool = False
    ended: schema.Fault | None = None


class Watcher:
    """A context in which `watched` is observed: a class, or a function that makes objects of one."""

    def __init__(self, watched: Any, function: Any) -> None:
        self.watched = watched if isinstance(watched, type) else None
        self.factory = Factory(watched, function, self._made)
        self.series = Series(function)
        self.undo: list[tuple[type, str, Any]] = []
        self.inside: set[int] = set()  # objects with a wrapped method on the stack
        self.calls = {"forward": 0, "backward": 0, "update_parameters": 0}
        # object -> its last forward, and the how manieth forward of all that was
        self.pending: dict[int, tuple[Array, Any, int]] = {}
        self.trained, self.evaluated = window_log.Windows(), window_log.Windows()
        self.evaluations: deque[tuple[Array, Array, int]] = deque(maxlen=MAX_EVALUATIONS)
        self.kept = 0
        self.errors = array("d")
        self.errors_of: dict[int, array[float]] = {}  # by object, as far as it is kept in `starts`
        self.starts: dict[int, learned_weights.Start] = {}  # by object, before its first call
        self.courses = Courses()
        self.blocks = BuildingBlocks(self.watched, function, lambda: bool(self.inside))
        self.figures = Figures()
        self.seconds = 0.0

    def __enter__(self) -> None:
        self.figures.start()
        self.series.start()
        self.blocks.start()
        if self.watched is not None:
            self._wrap(self.watched)
        self.factory.start()
        self.began = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self.seconds = time.perf_counter() - self.began
        for cls, name, original in reversed(self.undo):
            setattr(cls, name, original)
        self.factory.stop()
        for last in self.pending.values():
            self._evaluation(*last)
        self.pending.clear()
        self.blocks.stop()
        self.series.stop()
        self.figures.stop()

    def frame(self, returned: Any, faults: Faults, printed: str) -> bytes:
        """The reply to `Observe`."""
        try:
            return self._frame(returned, faults, printed)
        except (TooMuch, wire.WireError):
            faults.ended = faults.ended or schema.Fault("too_much")
            return self._frame(None, faults, printed)

    def _frame(self, returned: Any, faults: Faults, printed: str) -> bytes:
        packer = Packer()
        packed = packer.pack(returned)
        learned = [learned_weights.learned(*start) for start in self.starts.values()]
        in_order = sorted(self.evaluations, key=lambda one: one[2])
        held = [
            (x, y, self.trained.holds(x, call), self.trained.neighbours(x, call))
            for x, y, call in in_order
        ]
        evaluations = window_log.merged(held)[-window_log.MAX_RUNS :]
        seen = schema.Seen(
            packed,
            self.seconds,
            (self.calls["forward"], self.calls["backward"], self.calls["update_parameters"]),
            any(learned),
            sorted(self.trained.lengths),
            sorted(self.evaluated.lengths),
            self._first_and_last_error(),
            [packer.writer.add(np.array(one)) for one in self.errors_of.values()],
            (self.blocks.calls[0], self.blocks.calls[1]),
            self.evaluated.overlap(self.trained),
            self.trained.span,
            [(packer.writer.add(x), packer.writer.add(y)) for x, y, *_ in evaluations],
            [packer.writer.add(one) for *_, one, _ in evaluations],
            [packer.writer.add(one) for one in self.series.kept],
            [packer.image(*picture) for picture in self.figures.rendered()],
            faults.drawing,
            faults.in_drawing,
            faults.ended,
            printed,
            [digest for arrays in learned for digest in learned_weights.digests(arrays)],
            max((learned_weights.change(*start) for start in self.starts.values()), default=0.0),
            [packer.writer.add(one) for one in self.courses.tables()],
            [packer.writer.add(one) for *_, one in evaluations],
            [packer.writer.add(one) for one in self.trained.distinct()],
        )
        return packer.writer.frame(seen)

    def _made(self, obj: Any) -> None:
        """An object that a function made: its class is the one to watch."""
        self.watched = type(obj)
        self._wrap(self.watched)
        self._wrap_own(obj)

    # -- wrappers ------------------------------------------------------------------------------

    def _wrap(self, cls: type) -> None:
        """Replace the methods that `cls`, its bases and its subclasses define themselves."""
        family = [base for base in cls.__mro__ if base is not object]
        subclasses: list[type] = cls.__subclasses__()
        for one in (*family, *subclasses):
            for name in METHODS:
                member = vars(one).get(name)
                method = member if callable(member) else _bound_late(member)
                if method and not hasattr(method, "__watched__"):
                    try:
                        setattr(one, name, self._wrapper(name, method))
                    except TypeError:  # a built-in base class
                        continue
                    self.undo.append((one, name, member))
        for subclass in subclasses:
            self._wrap(subclass)

    def _is_network(self, obj: Any) -> bool:
        """Whether this is a network: of the watched class, a subclass or one that it came from."""
        watched = self.watched
        return watched is not None and (isinstance(obj, watched) or issubclass(watched, type(obj)))

    def _wrap_own(self, obj: Any) -> None:
        """Replace methods that an object got as attributes of its own, closures for example."""
        own = getattr(obj, "__dict__", {})
        for name in METHODS:
            if callable(member := own.get(name)) and not hasattr(member, "__watched__"):
                wrapper = self._wrapper(name, _unbound(member))
                own[name] = functools.wraps(member)(functools.partial(wrapper, obj))
                own[name].__watched__ = True

    def _wrapper(self, name: str, method: Any) -> Any:
        @functools.wraps(method)
        def wrapped(obj: Any, *arguments: Any, **named: Any) -> Any:
            key = id(obj)
            # super().forward(...), or forward called by backward; a layer of the same base class
            if key in self.inside or not self._is_network(obj):
                return method(obj, *arguments, **named)
            self.inside.add(key)
            try:
                if name == "__init__":
                    self._wrap(type(obj))  # a subclass that was defined a moment ago
                else:
                    self._before(name, obj, arguments, named)
                result = method(obj, *arguments, **named)
                if name == "__init__":
                    self._wrap_own(obj)
                if name == "forward":
                    self._after_forward(obj, result, arguments, named)
                if name == "update_parameters":
                    self.courses.updated(obj)
                return result
            finally:
                self.inside.discard(key)

        wrapped.__watched__ = True  # type: ignore[attr-defined]  # a mark on our own function
        return wrapped

    def _before(self, name: str, obj: Any, arguments: Any, named: Any) -> None:
        self.calls[name] += 1
        # Again while nothing is there: some make their weights in the first forward.
        begun = self.starts.get(id(obj))
        if not (begun and begun[1]) and len(self.starts) < MAX_OBJECTS:
            self.starts[id(obj)] = learned_weights.begin(obj)
        if name == "forward":
            if id(obj) in self.pending:
                self._evaluation(*self.pending.pop(id(obj)))
        elif name == "backward":
            inputs, _, call = self.pending.pop(id(obj), (None, None, 0))
            if inputs is not None:
                batch = self.trained.add(inputs, call)
                if id(obj) in self.starts:
                    self.courses.trains(obj, len(inputs), batch)
            self._error(obj, _first(arguments, named))

    def _after_forward(self, obj: Any, result: Any, arguments: Any, named: Any) -> None:
        inputs = window_log.sequence(_first(arguments, named))
        if inputs is not None:
            if len(self.pending) >= MAX_OBJECTS:
                self._evaluation(*self.pending.pop(next(iter(self.pending))))
            outputs = result[0] if isinstance(result, (tuple, list)) and result else result
            # Copies: a student's buffers may be used again for the next call.
            number = self.calls["forward"]
            self.pending[id(obj)] = (inputs.copy(), window_log.copied(outputs), number)

    def _evaluation(self, inputs: Array, outputs: Any, number: int) -> None:
        self.evaluated.add(inputs, number)
        predicted = window_log.sequence(outputs)
        if predicted is None or inputs.nbytes + predicted.nbytes > window_log.MAX_KEPT:
            return
        self.kept += inputs.nbytes + predicted.nbytes
        self.evaluations.append((inputs, predicted, number))
        while self.kept > window_log.MAX_KEPT or len(self.evaluations) == MAX_EVALUATIONS:
            old_inputs, old_outputs, _ = self.evaluations.popleft()
            self.kept -= old_inputs.nbytes + old_outputs.nbytes

    def _error(self, obj: Any, d_outputs: Any) -> None:
        gradient = window_log.numeric(d_outputs)
        if gradient is not None and gradient.size and len(self.errors) < MAX_ERRORS:
            gradient = gradient.astype(np.float64, copy=False)
            self.errors.append(float(np.vdot(gradient, gradient)) / gradient.size)
            own = self.errors_of.setdefault(id(obj), array("d")) if id(obj) in self.starts else None
            if own is not None and len(own) < MAX_ERRORS_EACH:
                own.append(self.errors[-1])

    def _first_and_last_error(self) -> tuple[float, float]:
        count = len(self.errors)
        if not count:
            return float("nan"), float("nan")
        tenth = max(1, count // 10)
        with np.errstate(all="ignore"):
            return float(np.mean(self.errors[:tenth])), float(np.mean(self.errors[-tenth:]))


def _first(arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
    return arguments[0] if arguments else next(iter(named.values()), None)


def _unbound(function: Any) -> Any:
    """A function that is called with the object first, as a method of a class is."""
    return lambda _obj, *arguments, **named: function(*arguments, **named)


def _bound_late(member: Any) -> Any:
    """A function for what becomes one when it is looked up, as a `singledispatchmethod` does."""
    if not hasattr(type(member), "__get__"):
        return None
    return lambda obj, *arguments, **named: member.__get__(obj, type(obj))(*arguments, **named)
