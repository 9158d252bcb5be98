"""Carries out one request after another on a student's classes and functions.

The same code serves the worker process (`worker`) and a notebook (`local`). It knows nothing of
grading: it makes objects, calls them, reads and writes their arrays, and says what went wrong.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Collection
from dataclasses import replace
from functools import partial
from typing import Any

import msgspec

from grader.sandbox.worker import parameters, patches, schema, source, wire
from grader.sandbox.worker.array_search import Leaf
from grader.sandbox.worker.exception_fault import from_exception, while_looking
from grader.sandbox.worker.generators import Luck
from grader.sandbox.worker.ordinary import surroundings
from grader.sandbox.worker.pictures import drawing
from grader.sandbox.worker.printed import Printed
from grader.sandbox.worker.values import Packer, TooMuch
from grader.sandbox.worker.watching import observer, training_rounds

_NOBODY = 0  # a handle that no examiner gives

METHODS = ("forward", "backward", "update_parameters", "step")


class Runner:
    """The student's namespace, the objects made from it, and how to answer a request."""

    def __init__(
        self,
        namespace: dict[str, Any],
        files: tuple[str, ...],
        caught: tuple[type[BaseException], ...] = (BaseException,),
    ) -> None:
        self.namespace = namespace
        self.second: dict[str, Any] = {}  # names that a second source defines
        self.files = files
        self.caught = caught  # in a notebook a KeyboardInterrupt is the user's, not a fault
        self.objects: dict[int, Any] = {}
        self.paths: dict[int, dict[str, Leaf]] = {}
        self.reach: dict[int, parameters.Reach] = {}  # by handle: where to look for its arrays
        self.printed: Printed | None = None
        self.luck: Luck | None = None  # as the program's import left it

    def answer(self, request: schema.Request, body: bytes | bytearray) -> bytes:
        """The frame that answers `request`. WireError where the request itself is broken."""
        reader = wire.FrameReader(body)
        if isinstance(request, schema.Load):
            return self._load(request, reader)
        if isinstance(request, schema.Observe):
            return self._observe(request)
        if isinstance(request, schema.Patch):
            return self._patch(request, reader)
        if isinstance(request, schema.Look):
            return self._look(request, reader)
        packer = Packer()
        done = schema.Done([], [], None, "")
        try:
            done = self._carry_out(request, reader, packer)
            return packer.writer.frame(self._with_printed(done))
        except (TooMuch, wire.WireError):
            fault = schema.Fault("too_much", step=len(done.values))
        except self.caught as error:  # an object that raises when it is looked at
            fault = while_looking(error, self.files)
        return wire.FrameWriter().frame(schema.Done([], [], fault, ""))

    def _load(self, request: schema.Load, reader: wire.FrameReader) -> bytes:
        words = bytes(reader.take(request.source)).decode()
        bonus = None if request.bonus is None else bytes(reader.take(request.bonus)).decode()
        folder = os.getcwd()  # noqa: PTH109 - as in landlock, no pathlib before need
        path = source.write(words, folder)
        self.files = (path,)
        if bonus is not None:  # before the first runs, which may import it
            self.files = (path, source.write(bonus, folder, source.BONUS_FILENAME))
        surroundings.run_as(path)
        asked = (*request.classes, *request.functions)
        module, fault = source.run(words, request.seconds, request.until, path, asked)
        self.namespace = module.__dict__
        self.luck = Luck(self.namespace)
        bonus_fault = None if bonus is None else self._load_bonus(request, bonus)
        names = {**self.namespace, **self.second}
        defined = source.defined(names, request.classes, request.functions)
        loaded = schema.Loaded(defined, fault, self._taken(), bonus_fault)
        return wire.FrameWriter().frame(loaded)

    def _load_bonus(self, request: schema.Load, words: str) -> schema.Fault | None:
        module, fault = source.run_bonus(words, request.seconds, self.files[1])
        self.second = source.chosen(request.optional, self.namespace, module.__dict__)
        return fault

    def _find(self, name: str) -> Any:
        """What the program calls by this name."""
        return self.second[name] if name in self.second else self.namespace.get(name)

    def _carry_out(
        self, request: schema.Request, reader: wire.FrameReader, packer: Packer
    ) -> schema.Done:
        if isinstance(request, schema.Construct):
            return self._construct(request, reader)
        if isinstance(request, schema.Invoke):
            function = self._find(request.name)
            return self._one(lambda: function, request, reader, packer)
        if isinstance(request, schema.Steps):
            return self._steps(request, reader, packer)
        if isinstance(request, schema.Train):
            return self._train(request, reader, packer)
        raise wire.WireError("no such request here")

    def _construct(self, request: schema.Construct, reader: wire.FrameReader) -> schema.Done:
        arguments = [reader.value(node, _refuse) for node in request.arguments]
        try:
            made = self._find(request.name)(*arguments)
        except self.caught as error:
            return schema.Done([], [], from_exception(error, self.files), "")
        self.objects[request.handle] = made
        if request.put is None:
            return schema.Done([None], [], None, "")
        done = self._write(request.handle, made, request.put, reader)
        if done.fault is None:
            return done
        self._forget(request.handle)
        return schema.Done([], [], _at_step(done.fault, 1), "")

    def _steps(
        self, request: schema.Steps, reader: wire.FrameReader, packer: Packer
    ) -> schema.Done:
        for handle in request.dropped:
            self._forget(handle)
        done = schema.Done([], [], None, "")
        values: list[Any] = []
        changed: list[int] = []
        seconds: list[float] = []
        for index, step in enumerate(request.steps):
            done = self._step(request.handle, step, reader, packer)
            changed = done.changed if isinstance(step, schema.Method) else changed
            values += done.values
            seconds += done.seconds
            if done.fault is not None:
                fault = _at_step(done.fault, index)
                return schema.Done(values, changed, fault, "")
        return schema.Done(values, changed, None, "", seconds)

    def _train(
        self, request: schema.Train, reader: wire.FrameReader, packer: Packer
    ) -> schema.Done:
        training = training_rounds.TrainingLoop(self.objects[request.handle], request, reader)
        try:
            count, returned = training.run()
        except training_rounds.Missing:
            fault = schema.Fault("missing")
        except self.caught as error:
            fault = from_exception(error, self.files)
        else:
            return schema.Done([count, packer.pack(returned)], [], None, "")
        return schema.Done([], [], _at_step(fault, training.step), "")

    def _patch(self, request: schema.Patch, reader: wire.FrameReader) -> bytes:
        """Try one edit after the other."""
        sources = [[bytes(reader.take(part.source)) for part in edit] for edit in request.edits]
        writer = wire.FrameWriter()
        results = []
        for edit, texts in zip(request.edits, sources, strict=True):
            patch = patches.AppliedPatch(self.namespace, self.files[0], edit, texts)
            trial = partial(self._trial, request, reader.body, reader.position)
            done, chunks = patches.outcome(patch, trial, request.seconds, self.files)
            writer.chunks += chunks
            writer.size += sum(map(len, chunks))
            results.append(done)
            self._forget(_NOBODY)
        return writer.frame(schema.Patched(results, self._taken()))

    def _look(self, request: schema.Look, reader: wire.FrameReader) -> bytes:
        """The shapes of a function's expressions."""
        found: list[patches.Shape] = []

        def trial(packer: Packer) -> schema.Done:
            run = partial(self._trial, request, reader.body, 0, packer)
            found.extend(patches.shapes_seen(request, self.files[0], run))
            return schema.Done([], [], None, "")

        nothing = patches.AppliedPatch(self.namespace, self.files[0], [], [])
        patches.outcome(nothing, trial, request.seconds, self.files)
        self._forget(_NOBODY)
        return wire.FrameWriter().frame(schema.Shapes(found, self._taken()))

    def _trial(
        self, request: schema.Patch | schema.Look, body: memoryview, start: int, packer: Packer
    ) -> schema.Done:
        """The steps on a new object, their arrays read from there on in the body."""
        self.objects[_NOBODY] = self.namespace[request.subject](*request.sizes)
        reader = wire.FrameReader(body)
        reader.position = start
        return self._steps(schema.Steps(_NOBODY, request.steps, []), reader, packer)

    def _forget(self, handle: int) -> None:
        self.objects.pop(handle, None)
        self.paths.pop(handle, None)
        self.reach.pop(handle, None)

    def _step(
        self, handle: int, step: Any, reader: wire.FrameReader, packer: Packer
    ) -> schema.Done:
        obj = self.objects[handle]
        if isinstance(step, schema.Get):
            return self._read(handle, obj, step, packer)
        if isinstance(step, schema.Put):
            return self._write(handle, obj, step, reader)
        if step.method not in METHODS:
            raise wire.WireError("no such method here")
        return self._one(lambda: getattr(obj, step.method), step, reader, packer)

    def _one(
        self,
        find: Callable[[], Any],
        call: schema.Invoke | schema.Method,
        reader: wire.FrameReader,
        packer: Packer,
    ) -> schema.Done:
        """Call what `find` gives; say which array arguments it changed in place."""
        nodes = call.arguments
        arguments, starts = [], []
        for node in nodes:
            starts.append(reader.position)
            arguments.append(reader.value(node, _refuse))
        try:
            function = find()
        except AttributeError:
            return schema.Done([], [], schema.Fault("missing"), "")
        except self.caught as error:
            return schema.Done([], [], from_exception(error, self.files), "")
        # A dict's own arrays, whatever the call binds in their place.
        given = [dict(one) if isinstance(one, dict) else one for one in arguments]
        began = time.perf_counter()
        try:
            result = function(*arguments)
        except self.caught as error:
            return schema.Done([], [], from_exception(error, self.files), "")
        seconds = time.perf_counter() - began
        changed = [
            index
            for index, node in enumerate(nodes)
            # The body still holds the arguments as they were sent.
            if isinstance(node, schema.Array)
            and _differ(arguments[index], reader, node, starts[index])
        ]
        result = [result, *given] if call.echo else result
        return schema.Done([packer.pack(result)], changed, None, "", [seconds])

    def _read(self, handle: int, obj: Any, step: schema.Get, packer: Packer) -> schema.Done:
        try:
            if step.apart:
                parameters.part(obj)
            found = self._leaves(handle, obj, step.kept_up, every=step.every)
            arrays = (
                parameters.shown(obj, step.shown, found) if step.shown else parameters.read(found)
            )
        except Exception as error:  # noqa: BLE001 - attribute access may run the student's code
            return schema.Done([], [], while_looking(error, self.files), "")
        self.paths.pop(handle, None)
        return schema.Done([packer.pack(arrays)], [], None, "")

    def _write(
        self, handle: int, obj: Any, step: schema.Put, reader: wire.FrameReader
    ) -> schema.Done:
        known = self.paths.get(handle, {})
        vector, start = reader.take(step.vector), 0
        if vector.size != sum(map(math.prod, step.shapes)):
            raise wire.WireError("a vector of another length than its arrays")
        for path, shape in zip(step.paths, step.shapes, strict=True):
            array = vector[start : start + math.prod(shape)].reshape(shape)
            start += array.size
            try:
                if path not in known:
                    known = self._known(handle, obj, path)
                    self.paths[handle] = known
                if path not in known:
                    known[path] = parameters.misfit(obj, path)
                parameters.write(obj, known[path], array)
            except Exception as error:  # noqa: BLE001 - attribute access may run student's code
                return schema.Done([], [], while_looking(error, self.files, "not_writable"), "")
        return schema.Done([None], [], None, "")

    def _known(self, handle: int, obj: Any, path: str) -> dict[str, Leaf]:
        """The object's arrays by path; this one may be there only apart, or be another's too."""
        known = self._by_path(handle, obj)
        if path not in known:
            parameters.part(obj)
            known = self._by_path(handle, obj)
        return known if path in known else self._by_path(handle, obj, every=True)

    def _by_path(self, handle: int, obj: Any, *, every: bool = False) -> dict[str, Leaf]:
        """The ways to the arrays, without what stands there now: it may be of another shape later."""
        found = self._leaves(handle, obj, every=every)
        return {leaf.path: replace(leaf, value=None) for leaf in found}

    def _leaves(
        self, handle: int, obj: Any, kept_up: Collection[str] = (), *, every: bool = False
    ) -> list[Leaf]:
        if handle not in self.reach:
            self.reach[handle] = parameters.reach_of(obj)
        reach = self.reach[handle]
        return (
            parameters.everywhere(obj, reach) if every else parameters.leaves(obj, reach, kept_up)
        )

    def _observe(self, request: schema.Observe) -> bytes:
        function = self.namespace.get(request.name)
        watcher = observer.Watcher(self.namespace.get(request.watched), function)
        returned, faults = None, observer.Faults()
        if self.luck is not None:
            self.luck.restore()
        with watcher:
            try:
                returned = function()  # type: ignore[misc]  # None raises as the student's would
            except self.caught as error:
                faults.ended = from_exception(error, self.files)
                faults.in_drawing = drawing.went_wrong(error)
        if drawing.failures:
            failure, line = drawing.failures[0]
            faults.drawing = msgspec.structs.replace(from_exception(failure, self.files), line=line)
        return watcher.frame(returned, faults, self._taken())

    def _taken(self) -> str:
        return "" if self.printed is None else self.printed.take()

    def _with_printed(self, done: schema.Done) -> schema.Done:
        return msgspec.structs.replace(done, printed=self._taken())


def _differ(given: Any, reader: wire.FrameReader, node: schema.Array, start: int) -> bool:
    end, reader.position = reader.position, start
    sent = reader.take(node)
    reader.position = end
    return bool(given.shape != sent.shape or given.tobytes() != sent.tobytes())


def _at_step(fault: schema.Fault, step: int) -> schema.Fault:
    return msgspec.structs.replace(fault, step=step)


def _refuse(_node: Any) -> Any:
    raise wire.WireError("an argument that cannot travel")
