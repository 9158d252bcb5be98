"""One side of `before`: measures on request, in the build that it is started in.

Started as `python _side.py NAMES SOURCES`: the module with that build's names, and a JSON list of
programs. Each line that comes names a measure; each is answered by a line with seconds of it.
"""

from __future__ import annotations

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

import importlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

names: Any  # of the build, see below
HERE = Path(__file__).parent
SECRET = b"benchmark " * 4
STUDENTS, PARTS = 200, 2  # a class; graded in parts, turn about: a run has a start of its own
REPORTED = 2_000


def wall(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def cpu(act: Callable[[], Any], who: int = resource.RUSAGE_SELF) -> float:
    before = used(who)
    act()
    return used(who) - before


def used(who: int) -> float:
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def source(name: str) -> str:
    return Path(name).read_text(encoding="utf-8")


def graded(path: str, **settings: Any) -> Any:
    how = names.Settings(**{"secret": SECRET, **names.MANY, **settings})
    return names.grade(names.Submission("bench", "bench", source(path)), how)


def worker() -> float:
    taken: list[Any] = []
    seconds = wall(lambda: taken.append(names.take()))
    taken[0].kill()
    return seconds


def students_of(number: int) -> list[Any]:
    """One part of the class: alike from all of the programs."""
    sources = json.loads(source(sys.argv[2]))
    chosen = [sources[int(one * len(sources) / STUDENTS)] for one in range(STUDENTS)]
    return [
        names.Submission(f"{one:08}", f"s{one}", f"{text}\n# student {one}\n")
        for one, text in list(enumerate(chosen))[number::PARTS]
    ]


def part_of_class(number: int) -> float:
    submissions = students_of(number)
    how = partial(names.grade, settings=names.Settings(secret=SECRET, **names.MANY))
    examiners = names.LocalExaminers(2, preload=names.PRELOAD, patience=1e4)
    with tempfile.TemporaryDirectory() as folder, names.Store(Path(folder) / names.NAME) as store:
        run = store.begin("bench")
        store.admit(submissions)
        return wall(lambda: names.run(store.submissions(run), how, store, examiners, names.Quiet()))


def cpu_of_part(number: int) -> float:
    """What the examiner takes for the same part, one by one; nobody can say it of killed workers."""
    how = names.Settings(secret=SECRET, **names.MANY)
    return cpu(lambda: [names.grade(one, how) for one in students_of(number)])


def memory() -> float:
    """MiB at the peak of an examiner that has graded some of the class."""
    code = (
        "import importlib, sys, _side; _side.names = importlib.import_module(sys.argv[1]); "
        "print(_side.peak())"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(Path.cwd()), str(HERE)))}
    arguments = [sys.executable, "-c", code, *sys.argv[1:3]]
    done = subprocess.run(arguments, check=True, stdout=subprocess.PIPE, env=environment)
    return float(done.stdout)


def peak() -> float:
    importlib.import_module(names.PRELOAD)
    how = names.Settings(secret=SECRET, **names.MANY)
    for one in students_of(0)[::12]:
        names.grade(one, how)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@cache
def reported() -> Path:
    """A folder whose store holds the grades of many students."""
    out = Path(tempfile.mkdtemp())
    with names.Store(out / names.NAME) as store:
        store.begin(names.fakes.KIT)
        for one in map(names.fakes.submission, range(REPORTED)):
            store.admit([one])
            store.record(one, names.fakes.grade(one))
        store.finish()
    return out


def report() -> float:
    from grader.assignment import load

    with names.Store(reported() / names.NAME) as store:
        return wall(lambda: names.outputs.write_all(store, reported(), "en", load()))


def command(*words: str) -> None:
    arguments = [sys.executable, "-m", "grader", *words]
    quiet = subprocess.DEVNULL
    subprocess.run(arguments, check=False, stdout=quiet, stderr=quiet, env=as_at_home())


@cache
def as_at_home() -> dict[str, str]:
    """The environment of a second run: what the first one compiled is there, wherever this is."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": tempfile.mkdtemp()}


MEASURES: dict[str, Callable[[], float]] = {
    "worker": worker,
    "skeleton": lambda: wall(lambda: graded("student/rnn.py")),
    "q4_1": lambda: wall(lambda: graded("solutions/rnn.py", only="q4_1")),
    "reference": lambda: wall(lambda: graded("solutions/rnn.py")),
    "examiner": lambda: cpu(lambda: graded("solutions/rnn.py")),
    "public": lambda: wall(lambda: graded("solutions/rnn.py", secret=b"", public_only=True)),
    "home": lambda: wall(lambda: command("grade", "student/rnn.py", "--local", "--public-only")),
    "help": lambda: cpu(lambda: command("--help"), resource.RUSAGE_CHILDREN),
    "report": report,
    "memory": memory,
    **{f"class{number}": partial(part_of_class, number) for number in range(PARTS)},
    **{f"cpu{number}": partial(cpu_of_part, number) for number in range(PARTS)},
}

if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    names = importlib.import_module(sys.argv[1])
    for line in sys.stdin:
        print(MEASURES[line.strip()](), flush=True)
