"""Where attacks are let loose: something to steal, something to break, and eyes on what is left."""

from __future__ import annotations

import contextlib
import ctypes
import os
import secrets
import select
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from grader.faults import BadValue, Crashed, StudentFault, TimedOut
from grader.language import render
from grader.sandbox import Limits, Session, session, start_command, workers
from tests import PROGRAMS, ROOT

ATTACKS = PROGRAMS / "attacks"
KIT = ROOT
# Short for programs that are to be stopped; the others need not hurry on a busy machine.
SHORT = Limits(call=1.0, load=1.0, training=1.0, total=6.0)
LONG = Limits(call=30.0, load=30.0, training=30.0, total=100.0)
GOOD = """
import numpy as np

class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.W = np.arange(input_size * hidden_size, dtype=float).reshape(input_size, hidden_size)
    def forward(self, inputs):
        return np.tanh(inputs @ self.W), inputs

def generate_sequence_data(seq_type="fibonacci", length=1000):
    import os
    left = [name for name in os.listdir(".") if "left" in name]
    return np.concatenate([np.random.rand(2), [len(left), float("ML6_LEFT" in os.environ)]])
"""
LUCK = [0.5488135039273248, 0.7151893663724195, 0.0, 0.0]  # np.random.seed(0); rand(2)
_PR_SET_CHILD_SUBREAPER = 36
LEFT = "ml6left"  # in the name of whatever an attack leaves behind


@dataclass
class Range:
    """The targets. Attacks know where each is, so that finding it is no part of the defence."""

    home: Path
    canary: str = field(default_factory=lambda: f"canary-{secrets.token_hex(12)}")

    def __post_init__(self) -> None:
        self.home.chmod(0o755)  # the canary is there for anybody to read
        self.hidden = self.home / "q4_2_hidden.py"
        self.hidden.write_text(f"expected = '{self.canary}'\n")
        self.victim = self.home / "grades.csv"
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.abstract, self.path = f"ml6-range-{secrets.token_hex(6)}", self.home / "socket"
        self.servers = [self.tcp, _listening(f"\0{self.abstract}"), _listening(str(self.path))]
        for file in (self.hidden, self.path):
            file.chmod(0o666)
        self.reset()

    def reset(self) -> None:
        self.victim.write_text("total\n60\n")
        self.victim.chmod(0o666)
        self.before = _stamp(self.victim)

    def close(self) -> None:
        for server in self.servers:
            server.close()

    def fill(self, source: str) -> str:
        """The source of an attack, told where everything is. What runs already is not its doing."""
        _there.clear()
        _there.update(pid for pid, _ in _below())
        known = {
            "PID": os.getpid(),
            "HIDDEN": self.hidden,
            "VICTIM": self.victim,
            "KIT": KIT,
            "PORT": self.tcp.getsockname()[1],
            "ABSTRACT": self.abstract,
            "SOCKET": self.path,
        }
        for name, value in known.items():
            source = source.replace(f"@{name}@", str(value))
        return source

    def damage(self) -> list[str]:
        """What an attack has done, beside what it said."""
        found = []
        if _stamp(self.victim) != self.before:
            found.append("the examiner's file was changed")
            self.reset()
        if select.select(self.servers, [], [], 0)[0]:
            found.append("a server was reached")
        return found + left_behind()


@contextmanager
def subreaper() -> Iterator[None]:
    """Orphans of our workers become our children, so that none goes unseen."""
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    yield
    libc.prctl(_PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def left_behind() -> list[str]:
    """Processes, files, keys, sockets and queues that are still there."""
    found = [f"process {one}" for one in _children()]
    for place in ("/tmp", "/var/tmp", "/dev/shm", str(Path.cwd()), str(KIT), str(KIT / "grader")):
        found += [str(file) for file in Path(place).glob(f"*{LEFT}*")]
    found += [str(one) for one in _own(Path("/tmp").glob("ml6-worker-*"))]
    for table in ("/proc/keys", "/proc/net/unix"):
        if LEFT in Path(table).read_text():
            found.append(table)
    for kind in ("shm", "sem", "msg"):  # the key that ipc-sysv uses
        if str(0x6D6C36) in Path(f"/proc/sysvipc/{kind}").read_text():
            found.append(f"System V {kind}")
    return found


def _own(folders: Iterator[Path]) -> list[Path]:
    """Of the working folders of everybody's workers, those that this process made."""
    return [one for one in folders if one.name in _made]


_made: set[str] = set()
_there: set[int] = set()  # processes of other tests of this session, before the attack began


def _children(patience: float = 3.0) -> list[str]:
    """Processes below this one, after a while in which killed ones may end."""
    deadline = time.monotonic() + patience
    while True:
        alive = []
        for pid, state in _below():
            if state == "Z":
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(pid, os.WNOHANG)
            elif pid not in _there:
                alive.append(f"{pid} {state}")
        if not alive or time.monotonic() > deadline:
            return alive
        time.sleep(0.02)


# What a parent of workers starts beside itself: under bubblewrap its init, and itself below that.
FAMILY = {start_command.BUBBLEWRAP: 2, start_command.SELF_CONFINED: 0}


def _below() -> list[tuple[int, str]]:
    """Our children but for parents of workers, and what these have forked that is still there."""
    kept = {one.process.pid: FAMILY[one.tier] for one in workers._parents.values() if not one.over}
    pids = [pid for pid in _forked_by(os.getpid()) if pid not in kept]
    for pid, family in kept.items():
        pids += _descendants(pid)[family:]
    found = []
    for pid in pids:
        try:
            found.append((pid, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]))
        except OSError:
            continue
    return found


def _descendants(pid: int) -> list[int]:
    found = _forked_by(pid)
    for one in found:  # grows
        found += _forked_by(one)
    return found


def _forked_by(pid: int) -> list[int]:
    try:
        return [*map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
    except OSError:
        return []


def _listening(name: str) -> socket.socket:
    server = socket.socket(socket.AF_UNIX)
    server.bind(name)
    server.listen()
    return server


def _stamp(path: Path) -> tuple[Any, ...]:
    status = path.stat()
    attributes = os.listxattr(path) if sys.platform == "linux" else ()
    return (status.st_mode, status.st_uid, status.st_mtime_ns, path.read_bytes(), *attributes)


@dataclass
class Shot:
    """What came of one attack: the verdict on its call, on its import, and all that was said."""

    outcome: str
    load: str
    said: str


def shoot(source: str, tier: str, limits: Limits, *, many: bool) -> Shot:
    """Let an attack loose in a sandbox and use all that it defines. Only StudentFaults come out."""
    said: list[str] = []
    with session(source, limits, tier, many=many) as student:
        _made.add(_folder(student))
        load = _verdict(student.load_fault, said) if student.load_fault else ""
        environment = student.environment()
        outcome = "missing"
        if "generate_sequence_data" in environment:
            outcome = _try(lambda: environment["generate_sequence_data"]("sine", 10), said)
            _try(lambda: environment["generate_sequence_data"]("fibonacci", 10), said)
        if "SimpleRNN" in environment:
            _use(environment["SimpleRNN"], said)
        said.append(student.printed_since())
    return Shot(outcome, load, "\n".join(said))


def _folder(student: Session) -> str:
    worker = student._worker
    return "" if worker is None or worker.scratch is None else worker.scratch.name


def _use(cls: Any, said: list[str]) -> None:
    made: list[Any] = []
    _try(lambda: made.append(cls(2, 3, 2)), said)
    for one in made:
        for act in (
            one.read,
            lambda one=one: one.forward(np.ones((4, 2, 2))),
            one.read,
            lambda one=one: one.backward(np.ones((4, 2, 2))),
            lambda one=one: one.update_parameters(0.1),
            one.read,
        ):
            _try(act, said)


def _try(act: Any, said: list[str]) -> str:
    try:
        value = act()
    except StudentFault as fault:
        return _verdict(fault, said)
    said.append(repr(value)[:5000])
    return "data"


def _verdict(fault: StudentFault, said: list[str]) -> str:
    for message in (fault.message, fault.guarded):
        said += [render(message, "en"), render(message, "zh")]
    for kind, name in ((TimedOut, "timed_out"), (Crashed, "crashed"), (BadValue, "bad_value")):
        if isinstance(fault, kind):
            return name
    return type(fault).__name__


def next_is_right(tier: str, *, many: bool) -> bool:
    """Whether the program that comes after an attack gives what it always gives."""
    with session(GOOD, Limits(), tier, many=many) as student:
        environment = student.environment()
        x = np.linspace(-1, 1, 12).reshape(3, 2, 2)
        outputs, _ = environment["SimpleRNN"](2, 3, 2).forward(x)
        luck = environment["generate_sequence_data"]()
        expected = np.tanh(x @ np.arange(6.0).reshape(2, 3))
        return bool(np.array_equal(outputs, expected)) and luck.tolist() == LUCK
