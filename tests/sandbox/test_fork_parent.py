"""Workers that are forked: nothing of one reaches the next, and no death costs anybody a point."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.faults import Crashed, KitFault
from grader.grading import Settings, grade
from grader.misconceptions import catalogue
from grader.records import Grade, Submission
from grader.sandbox import Limits, launch, session, start_command, tiers, workers
from grader.sandbox.forking.fork_parent import Parent
from grader.sandbox.forking.forked import Forked, ParentGone
from grader.sandbox.launch import Started
from grader.sandbox.worker import forkserver
from tests import ROOT

pytestmark = [pytest.mark.needs("linux")]
LIMITS = Limits()


@pytest.fixture(params=workers.TIERS)
def tier(request: pytest.FixtureRequest) -> str:
    probe = tiers.probe_tier(request.param)
    if not probe.works:
        pytest.skip(f"this machine has no {probe.tier}: {probe.reason}")
    return str(request.param)


@pytest.fixture
def parent(tier: str) -> Iterator[Parent]:
    made = workers.start(tier, LIMITS)
    yield made
    made.end()


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    workers._failures.clear()
    workers.end()  # one that another module's tests have left
    yield
    workers.end()


def kept(tier: str) -> Parent:
    return workers._parents[os.getpid(), tier]


def taken(tier: str) -> Any:
    return workers.take(LIMITS, tier, draws=True, many=True)


def ask(source: str, tier: str) -> Any:
    """What the program's function returns, in a worker that is forked."""
    with session(source, LIMITS, tier, many=True) as student:
        assert isinstance(student._worker, Forked)
        return student.environment()["generate_sequence_data"]()


def below(pid: int) -> list[int]:
    found = [pid]
    for one in found:  # grows
        try:
            found += map(int, Path(f"/proc/{one}/task/{one}/children").read_text().split())
        except OSError:
            continue
    return found


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def soon(act: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while not act():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


# -- nothing of one program is visible to the next ---------------------------------------------------

# All that a program could find, as data; the same for every program that is alone.
LOOK = """
import builtins, ctypes, gc, locale, os, random, resource, signal, sys, threading, time
import numpy as np

MARK = "ml6" + "left"
libc = ctypes.CDLL(None, use_errno=True)

def descriptors():
    found = []
    for number in range(256):
        try:
            found.append([number, os.fstat(number).st_mode])
        except OSError:
            pass
    return found

def handlers():
    return [str(signal.getsignal(one)) for one in sorted(signal.valid_signals())]

def fresh_memory():
    libc.malloc.restype = ctypes.c_void_p
    size = 4 << 20
    blocks = [libc.malloc(size >> shift) for shift in range(12) for _ in range(4)]
    octets = b"".join(ctypes.string_at(block, 4 << 20 >> (n // 4)) for n, block in enumerate(blocks))
    return octets.count(MARK.encode())

def generate_sequence_data(seq_type="fibonacci", length=1000):
    own = [name for name in dir(np) + dir(builtins) + dir(sys) + dir(random) if MARK in name]
    return {
        "files": sorted(os.path.join(where, name) for where, _, names in os.walk(".") for name in names),
        "environment": {name: value.replace(os.getcwd(), ".") for name, value in os.environ.items()},
        "folder": os.getcwd() == os.environ["HOME"],
        "umask": os.umask(0o022),
        "modules": sorted(sys.modules),
        "attributes": own,
        "objects": sum(MARK in str(one) for one in gc.get_objects() if type(one) in (str, list)),
        "memory": fresh_memory(),
        "random": [random.random(), float(np.random.rand()), float(np.random.default_rng().random())],
        "hash": hash("a"),
        "descriptors": descriptors(),
        "handlers": handlers(),
        "mask": sorted(map(int, signal.pthread_sigmask(signal.SIG_BLOCK, []))),
        "pending": sorted(map(int, signal.sigpending())),
        "timer": list(signal.getitimer(signal.ITIMER_REAL)) + list(signal.getitimer(signal.ITIMER_VIRTUAL)),
        "recursion": sys.getrecursionlimit(),
        "limits": [list(resource.getrlimit(one)) for one in range(16)],
        "threads": [one.name for one in threading.enumerate()],
        "paths": [path.replace(os.getcwd(), ".") for path in sys.path[:1]],
        "numpy": [str(np.geterr()), np.get_printoptions()["precision"], np.tanh.__name__],
        "locale": locale.setlocale(locale.LC_ALL),
        "figures": sys.modules["matplotlib.pyplot"].get_fignums(),
        "style": float(sys.modules["matplotlib"].rcParams["lines.linewidth"]),
        "priority": os.getpriority(os.PRIO_PROCESS, 0),
        "processor": time.process_time() < 5.0,
    }
"""

# All that a program can leave behind.
LEAVE = """
import builtins, ctypes, locale, os, random, resource, signal, sys, threading, time, types
import matplotlib.pyplot as plt
import numpy as np

MARK = "ml6" + "left"
KEPT = [MARK * 4 for _ in range(100)]

def each(*acts):
    for act in acts:
        try:
            act()
        except Exception:
            pass

def leave_file():
    os.makedirs(f"{MARK}/deep")
    for name in (MARK, f"{MARK}/deep/{MARK}", ".matplotlib/matplotlibrc", "sitecustomize.py"):
        with open(name, "w") as file:
            file.write(MARK)

def fill_memory():
    libc = ctypes.CDLL(None)
    libc.malloc.restype = ctypes.c_void_p
    for shift in range(12):
        block = libc.malloc(4 << 20 >> shift)
        ctypes.memmove(block, MARK.encode() * ((4 << 20 >> shift) // 7), (4 << 20 >> shift) // 7 * 7)
        libc.free(ctypes.c_void_p(block))

def generate_sequence_data(seq_type="fibonacci", length=1000):
    for place in (np, builtins, sys, random):
        setattr(place, MARK, KEPT)
    sys.modules[MARK] = types.ModuleType(MARK)
    os.environ["ML6LEFT"] = MARK
    each(
        leave_file, fill_memory,
        lambda: np.random.seed(7), lambda: random.seed(7),
        lambda: np.seterr(all="raise"), lambda: np.set_printoptions(precision=3),
        lambda: setattr(np, "tanh", np.sin),
        lambda: sys.path.insert(0, MARK), lambda: sys.setrecursionlimit(300),
        lambda: os.umask(0o777), lambda: os.chdir(f"{MARK}/deep"),
        lambda: signal.signal(signal.SIGTERM, signal.SIG_IGN),
        lambda: signal.signal(signal.SIGCHLD, lambda *_: None),
        lambda: signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1, signal.SIGTERM]),
        lambda: signal.setitimer(signal.ITIMER_VIRTUAL, 1000.0),
        lambda: [open(os.devnull) for _ in range(9)] and KEPT.extend([open(os.devnull)]),
        lambda: [os.open(os.devnull, os.O_RDONLY) for _ in range(20)],
        lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (7, 7)),
        lambda: locale.setlocale(locale.LC_ALL, "C"),
        lambda: plt.plot([1, 2]), lambda: plt.rcParams.update({"lines.linewidth": 9}),
        lambda: threading.Thread(target=time.sleep, args=(60,), name=MARK, daemon=True).start(),
        lambda: os.nice(5),
        lambda: ctypes.CDLL(None).shmget(0x6d6c36, 4096, 0o1666),
        lambda: ctypes.CDLL(None).msgget(0x6d6c36, 0o1666),
        lambda: os.fork() or time.sleep(60),
    )
    return len(KEPT)
"""


def test_nothing_of_one_program_is_visible_to_the_next(tier: str) -> None:
    before = ask(LOOK, tier)
    first = kept(tier)
    assert ask(LEAVE, tier) >= 100
    after = ask(LOOK, tier)
    assert kept(tier) is first  # or there would be nothing to see
    assert after == before
    assert before["objects"] < 5  # its own
    assert before["memory"] == 0


def test_what_a_program_leaves_would_be_seen() -> None:
    """The look of the test above is sharp: in one process it finds nearly all that is left."""
    names = f"{LEAVE}\nleave = generate_sequence_data\n{LOOK}\nlook = generate_sequence_data\n"
    source = f"""{names}
def generate_sequence_data(seq_type="fibonacci", length=1000):
    before = look()
    leave()
    after = look()
    return [name for name in before if before[name] != after[name]]
"""
    with session(source, LIMITS, many=True) as student:
        seen = student.environment()["generate_sequence_data"]()
    blind = {"folder", "hash", "priority", "pending", "processor", "locale", "memory"}
    known = set(ask(LOOK, tiers.best()))
    assert set(seen) >= known - blind, known - blind - set(seen)


def test_a_forked_worker_is_what_a_started_one_is(tier: str) -> None:
    """Surroundings that a program can see, but for modules that are loaded and one more limit."""
    with session("import matplotlib.pyplot\n" + LOOK, LIMITS, tier) as student:
        assert isinstance(student._worker, Started)
        started = student.environment()["generate_sequence_data"]()
    forked = ask("import matplotlib.pyplot\n" + LOOK, tier)
    assert set(started["modules"]) <= set(forked["modules"])
    apart = {name for name in started if started[name] != forked[name]}
    assert apart <= {"modules", "limits", "descriptors", "objects"}
    assert len(started["descriptors"]) == len(forked["descriptors"])


def test_nothing_is_left_of_the_probe_in_the_worker_that_a_program_gets() -> None:
    source = "import matplotlib.pyplot\n" + LOOK
    found = []
    for known_tier in (tiers.best(), None):  # None: it is found with the program's own worker
        with session(source, LIMITS, known_tier) as student:
            assert student.tier == tiers.best()
            found.append(student.environment()["generate_sequence_data"]())
    assert found[0] == found[1]


def test_two_workers_of_one_parent_live_side_by_side(tier: str) -> None:
    source = "import os\nkept = []\ndef generate_sequence_data(kind='', n=0):\n    kept.append(n)\n    return kept\n"
    with (
        session(source, LIMITS, tier, many=True) as one,
        session(source, LIMITS, tier, many=True) as two,
    ):
        calls = [each.environment()["generate_sequence_data"] for each in (one, two)]
        assert calls[0]("", 1) == [1]
        assert calls[1]("", 2) == [2]
        two.close()
        assert calls[0]("", 3) == [1, 3]
        assert kept(tier)._live == {one._worker.pid}


def test_one_parent_serves_many_programs_and_then_another_does(
    tier: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "PROGRAMS", 3)  # the proof of a parent is the first
    source = "import ctypes\ndef generate_sequence_data(kind='', n=0):\n"
    source += "    return ctypes.cast(ctypes.CDLL(None).strfry, ctypes.c_void_p).value\n"
    places = [ask(source, tier) for _ in range(4)]
    assert places[0] == places[1] != places[2] == places[3]


def test_a_parent_that_has_served_enough_lives_until_its_last_worker_has_ended(
    tier: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "PROGRAMS", 2)
    source = "def generate_sequence_data(kind='', n=0):\n    return 7\n"
    with session(source, LIMITS, tier, many=True) as student:
        first = kept(tier)
        assert ask(source, tier) == 7
        assert kept(tier) is not first
        assert not first.over
        assert student.environment()["generate_sequence_data"]() == 7
    assert first.over
    assert not any(map(running, below(first.process.pid)))


# -- deaths ------------------------------------------------------------------------------------------

WORK = "import time\ndef generate_sequence_data(kind='', n=0):\n    time.sleep(n)\n    return n\n"


def test_a_parent_that_died_is_replaced(tier: str) -> None:
    assert ask(WORK, tier) == 0
    first = kept(tier)
    first.process.kill()
    first.process.wait()
    assert ask(WORK, tier) == 0
    assert kept(tier) is not first


def kill_parent(worker: Forked) -> None:
    worker.parent.process.kill()
    assert soon(lambda: not running(worker.pid))


def kill_keeper(worker: Forked) -> None:
    status = Path(f"/proc/{worker.pid}/status").read_text()
    keeper = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("PPid"))
    os.kill(keeper, signal.SIGKILL)
    assert soon(lambda: not running(worker.pid))


@pytest.mark.parametrize("harm", [kill_parent, kill_keeper])
def test_whose_parent_dies_is_no_students_fault(tier: str, harm: Callable[[Forked], None]) -> None:
    with pytest.raises(ParentGone), session(WORK, LIMITS, tier, many=True) as student:  # noqa: PT012
        work = student.environment()["generate_sequence_data"]
        assert work("", 0) == 0
        harm(student._worker)
        with pytest.raises(ParentGone):
            work("", 0)
        with pytest.raises(ParentGone):  # and stays so: no later case may be judged
            work("", 0)
        raise KitFault("as otter's file ends that met it")


def test_who_ends_the_program_is_still_the_program(tier: str) -> None:
    source = "import os\ndef generate_sequence_data(kind='', n=0):\n    os._exit(3)\n"
    with pytest.raises(Crashed, match="exit status 3"):
        ask(source, tier)
    assert not kept(tier).over


@pytest.mark.slow
@pytest.mark.parametrize("harm", [kill_parent, kill_keeper])
def test_a_death_in_the_middle_changes_no_grade(
    tier: str, harm: Callable[[Forked], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    submission = Submission("1", "x", catalogue.reference_source())
    settings = Settings(secret=b"deaths" * 6, tier=tier, many=True, only="q4_2")
    expected = grade(submission, settings)
    exchange, calls = launch.Worker.exchange, iter(range(1000))

    def harmed(worker: Any, frame: bytes, seconds: float) -> Any:
        if next(calls) == 3:
            harm(worker)
        return exchange(worker, frame, seconds)

    monkeypatch.setattr(launch.Worker, "exchange", harmed)
    result = grade(submission, settings)
    assert next(calls) > 4
    assert without_time(result) == without_time(expected)
    assert result.auto == result.auto_possible


def without_time(result: Grade) -> Any:
    return (result.status, result.questions, result.notes, result.sandbox)


def test_a_dead_parent_takes_all_with_it(parent: Parent) -> None:
    workers_of = [parent.fork(LIMITS) for _ in range(2)]
    family = below(parent.process.pid)
    assert len(family) >= 5
    os.kill(parent.process.pid, signal.SIGKILL)
    assert soon(lambda: not any(map(running, family[1:])))
    for worker in workers_of:
        worker.kill()


EXAMINER = """
import os, sys, time
from grader.sandbox import Limits, session
from grader.sandbox.session import session
source = "while True: pass"
with session("x = 1", Limits(), sys.argv[1], many=True) as student:
    print(student._worker.parent.process.pid, flush=True)
    with session("def generate_sequence_data():\\n    while True: pass", Limits(), sys.argv[1], many=True) as other:
        other.environment()["generate_sequence_data"]()
"""


def test_a_killed_examiner_leaves_nothing_behind(tier: str) -> None:
    examiner = subprocess.Popen(
        [sys.executable, "-c", EXAMINER, tier], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert examiner.stdout is not None
    pid = int(examiner.stdout.readline())
    assert soon(lambda: len(below(pid)) >= (5 if tier == start_command.SELF_CONFINED else 9))
    family = below(pid)
    examiner.kill()
    examiner.wait()
    examiner.stdout.close()
    assert soon(lambda: not any(map(running, family)))


def test_a_parent_does_not_die_with_the_thread_that_asked_for_it(tier: str) -> None:
    for _ in range(2):
        answers: list[Any] = []
        thread = threading.Thread(target=lambda: answers.append(ask(WORK, tier)))  # noqa: B023
        thread.start()
        thread.join()
        assert answers == [0]
        time.sleep(0.05)
        assert running(kept(tier).process.pid)
    assert kept(tier).programs == 3


FORKED_EXAMINER = """
import os, sys
from grader.sandbox import Limits, workers
worker = workers.take(Limits(), sys.argv[1], draws=True, many=True)
child = os.fork()
if child == 0:
    other = workers.take(Limits(), sys.argv[1], draws=True, many=True)
    good = other.parent is not worker.parent and not worker.parent.over
    workers.end()
    os._exit(0 if good else 1)
assert os.waitpid(child, 0)[1] == 0
assert worker.parent.process.poll() is None
worker.kill()
"""


def test_a_forked_examiner_has_a_parent_of_its_own(tier: str) -> None:
    subprocess.run([sys.executable, "-c", FORKED_EXAMINER, tier], cwd=ROOT, check=True)


# -- what the examiner refuses -------------------------------------------------------------------------


def test_a_forked_worker_that_lacks_a_layer_is_refused(
    parent: Parent, monkeypatch: pytest.MonkeyPatch
) -> None:
    needed = {parent.tier: launch.NEEDED[parent.tier] | {"moonshine"}}
    monkeypatch.setattr(launch, "NEEDED", needed)
    with pytest.raises(KitFault, match="lacks moonshine"):
        parent.fork(LIMITS)


@pytest.mark.needs("bubblewrap")
def test_a_worker_says_what_holds_it(tier: str) -> None:
    worker = taken(tier)
    assert set(worker.layers) >= launch.NEEDED[tier]
    facts = dict(
        line.split(":\t")
        for line in Path(f"/proc/{below(worker.pid)[-1]}/status").read_text().splitlines()
    )
    assert facts["Seccomp"] == "2"
    assert facts["NoNewPrivs"] == "1"
    assert int(facts["CapEff"], 16) == int(facts["CapPrm"], 16) == 0
    if tier == start_command.BUBBLEWRAP:
        assert facts["NSpid"].split()[-1] == "2"
        assert (os.geteuid() == 0) == ("other uid" in worker.layers)
    worker.kill()


def test_a_parent_whose_workers_can_get_out_is_refused(
    tier: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiers, "PROBE", 'def generate_sequence_data():\n    return ["fork"]\n')
    with pytest.raises(KitFault, match="this still works: fork"):
        workers.start(tier, LIMITS)
    worker = taken(tier)
    assert isinstance(worker, Started)  # today's way
    worker.kill()


def test_where_no_parent_can_be_had_workers_are_started_and_soon_nobody_asks(
    tier: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def fails(tier: str, _limits: Limits) -> Parent:
        tried.append(tier)
        raise KitFault("user namespaces are forbidden here")

    monkeypatch.setattr(workers, "start", fails)
    for _ in range(5):
        worker = taken(tier)
        assert isinstance(worker, Started)
        assert set(worker.layers) >= launch.NEEDED[tier]
        worker.kill()
    assert len(tried) == workers.MOST_FAILURES


def test_on_the_plain_tier_and_for_one_program_workers_are_started() -> None:
    for tier, many in ((start_command.PLAIN, True), (tiers.best(), False)):
        worker = workers.take(LIMITS, tier, draws=False, many=many)
        assert isinstance(worker, Started)
        worker.kill()
    assert not workers._parents


def send(report: socket.socket, word: bytes, *descriptors: int) -> None:
    socket.send_fds(report, [word], list(descriptors))


def test_every_word_of_a_parent_is_checked(parent: Parent) -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.settimeout(5)
    stranger = subprocess.Popen(["sleep", "60"])
    gone = subprocess.Popen(["true"])
    handles = [os.pidfd_open(one.pid) for one in (stranger, gone)]
    gone.wait()
    file = os.open(os.devnull, os.O_RDONLY)
    user = os.geteuid()
    try:
        for word, descriptors, what in (
            (b"started!", handles[:1], "was due"),
            (forkserver.MAP, handles[:1], "was due"),
            (forkserver.STARTED, [], "was due"),
            (forkserver.STARTED, [file], "no pidfd"),
            (forkserver.STARTED, handles[1:], "no pidfd"),
            (forkserver.STARTED, handles[:1], "somebody else's"),
        ):
            send(theirs, word, *descriptors)
            with pytest.raises(ValueError, match=what):
                parent._named(ours, forkserver.STARTED, None)
        send(theirs, forkserver.STARTED, handles[0])
        with pytest.raises(ValueError, match="another user"):
            parent._named(ours, forkserver.STARTED, user + 1)
        theirs.close()
        with pytest.raises(ValueError, match="was due"):
            parent._named(ours, forkserver.STARTED, None)
    finally:
        stranger.kill()
        stranger.wait()
        for handle in (*handles, file):
            os.close(handle)
        ours.close()


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("CapEff", ["0000000000200000"]),
        ("CapPrm", ["0000000000000001"]),
        ("NoNewPrivs", ["0"]),
        ("NSpid", ["17"]),
        ("NSpid", ["17", "4", "2"]),
        ("NSpid", ["17", "4", "3", "1"]),
    ],
)
def test_a_process_must_be_confined_by_the_kernels_word(fact: str, value: list[str]) -> None:
    parent = Parent.__new__(Parent)
    parent.tier = start_command.BUBBLEWRAP
    own = len(Path("/proc/self/status").read_text().partition("NSpid:")[2].splitlines()[0].split())
    zero = ["0000000000000000"]
    facts = {
        "CapPrm": zero,
        "CapEff": zero,
        "NoNewPrivs": ["1"],
        "NSpid": [*["9"] * (own + 1), "1"],
    }
    assert parent._stands_alone(facts)
    if fact == "NSpid":
        value = [*["9"] * (own - 1), *value]
    assert not parent._stands_alone({**facts, fact: value})


def test_a_status_that_is_none_ends_the_parent(parent: Parent) -> None:
    worker = parent.fork(LIMITS)
    assert isinstance(worker, Forked)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    worker.report.close()
    worker.report = ours
    theirs.send(b"fine, thanks")
    with pytest.raises(ParentGone):
        worker.kill(hung_up=True)
    assert parent.over
    theirs.close()
