"""The process that runs a student's code. This docstring is the whole protocol.

Started by `launch`, or forked from a `forkserver`, with one end of a socketpair as an open file
descriptor:

1. The worker confines itself (`confine`) before it has read a byte of the student's, and sends
   `Ready(layers)`: what holds it from now on.
2. The examiner sends one request, the worker one reply, and so on until the socket closes.
   `Load(source)` runs the source as module `rnn` and is answered by `Loaded`: what it defines of
   the assignment, and what went wrong. `Construct`, `Invoke` and `Steps` make objects, call
   functions, and call methods, read and write arrays; `Train` calls methods in turn on many
   batches. All are answered by `Done`. `Observe` runs a function while a class is watched; it is
   answered by `Seen`. `Patch` tries edits of functions, one after the other; it is answered by
   `Patched`. `Look` asks for the shapes of a function's expressions; it is answered by `Shapes`.
3. Frames, schema and caps: `wire`. Values: `values`. A fault of the student's code is a field of
   the reply. The worker knows nothing of grading, holds no secret, and is believed in nothing.

The worker keeps no clock of its own except for the import: the examiner kills it when it is late.
"""

from __future__ import annotations

import os
from functools import partial
from typing import Any

from grader.sandbox.worker import confine, generators, schema, wire
from grader.sandbox.worker.ordinary import surroundings
from grader.sandbox.worker.pictures import figures
from grader.sandbox.worker.printed import Printed
from grader.sandbox.worker.runner import Runner
from grader.sandbox.worker.source import FILENAME


def main(settings: dict[str, Any]) -> None:
    """Confine, load what the program will, then serve requests."""
    layers = confine.apply(settings)
    bring_fonts(settings["fonts"])
    if settings["draws"]:
        figures.prepare()
    serve(settings["channel"], layers)


def serve(channel: int, layers: list[str]) -> None:
    """Say what holds this process, then answer requests until the examiner hangs up."""
    printed = _silence()
    surroundings.settle()
    _send(channel, wire.FrameWriter().frame(schema.Ready(layers)))
    runner = Runner({}, (FILENAME,))
    runner.printed = printed
    generators.seed()
    while True:
        try:
            header, body = wire.receive(partial(_fill, channel))
        except EOFError:  # the examiner has hung up
            return
        _send(channel, runner.answer(wire.decode_request(header), body))


# read and write, not recv and send: the system calls of sockets are denied.
def _fill(channel: int, view: memoryview) -> int:
    count = os.readv(channel, [view])
    if not count:
        raise EOFError
    return count


def _send(channel: int, frame: bytes) -> None:
    view = memoryview(frame)
    while view:
        view = view[os.write(channel, view) :]


def bring_fonts(cache: str) -> None:
    """The list of fonts into the working folder: without it, matplotlib looks for 2 s."""
    if cache:
        home = os.environ["MPLCONFIGDIR"]
        os.makedirs(home, exist_ok=True)  # noqa: PTH103 - as in landlock, no pathlib before need
        with open(cache, "rb") as source:  # noqa: PTH123 - as above
            words = source.read()
        with open(f"{home}/{os.path.basename(cache)}", "wb") as target:  # noqa: PTH119, PTH123
            target.write(words)


def _silence() -> Printed:
    """From here on nothing that is written to standard output or error goes anywhere else.

    Descriptors 0 and 1 lead to /dev/null since before the confinement, which denies questions
    about devices that are opened later.
    """
    os.dup2(1, 2)
    printed = Printed()
    printed.install()
    return printed
