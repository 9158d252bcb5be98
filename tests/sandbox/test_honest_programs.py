"""Confinement does not hurt honest programs: what a student may well write works on every tier."""

from __future__ import annotations

from typing import Any

import pytest

from grader.protocol import Picture
from grader.sandbox import (
    Limits,
    session,
    start_command,
    tiers,
)

LIMITS = Limits(call=60.0, load=60.0, training=60.0, total=600.0)
# Name -> (source above, body of the function, what it must give).
PROGRAMS: dict[str, tuple[str, str, Any]] = {
    "linalg": ("", "return float(np.linalg.svd(np.eye(40))[1].sum())", 40.0),
    "fft": ("", "return round(float(np.abs(np.fft.fft(np.ones(8)))[0]), 9)", 8.0),
    "random": (
        "rng = np.random.default_rng(3)",
        "return [np.random.RandomState(1).randint(10), int(rng.integers(10))]",
        [5, 8],
    ),
    "save to memory": (
        "import io",
        (
            "buffer = io.BytesIO(); np.save(buffer, np.ones(3)); buffer.seek(0); "
            "return float(np.load(buffer).sum())"
        ),
        3.0,
    ),
    "save to the working folder": (
        "",
        (
            "np.save('w.npy', np.ones(3)); np.savez('w.npz', a=np.ones(2)); np.savetxt('w.txt', np.eye(2)); "
            "return float(np.load('w.npy').sum() + np.load('w.npz')['a'].sum() + np.loadtxt('w.txt').sum())"
        ),
        7.0,
    ),
    "a large product": ("", "a = np.ones((600, 600)); return float((a @ a)[0, 0])", 600.0),
    "pyplot show and savefig": (
        "import matplotlib\nmatplotlib.use('TkAgg')\nimport matplotlib.pyplot as plt",
        (
            "plt.figure(); plt.plot([1, 2]); plt.title('损失'); plt.show(); plt.savefig('loss.png'); "
            "plt.close('all'); return 'loss.png'"
        ),
        Picture,
    ),
    "pyplot in the function, with a CJK font asked for": (
        "",
        (
            "import matplotlib.pyplot as plt; plt.rcParams['font.sans-serif'] = ['SimHei']; "
            "plt.rcParams['axes.unicode_minus'] = False; f, a = plt.subplots(); a.plot([1]); "
            "a.set_xlabel('时间'); f.tight_layout(); return f"
        ),
        Picture,
    ),
    "another backend in the function": (
        "",
        (
            "from matplotlib import pyplot as plt; plt.switch_backend('TkAgg'); plt.ion(); "
            "f, a = plt.subplots(); a.plot([1]); plt.pause(0.01); plt.draw(); plt.ioff(); "
            "plt.show(block=False); return f"
        ),
        Picture,
    ),
    "figure as PDF and SVG": (
        "import matplotlib.pyplot as plt\nimport os",
        (
            "f, a = plt.subplots(); a.plot([1]); f.savefig('a.pdf'); f.savefig('a.svg'); "
            "return os.path.getsize('a.pdf') > 0 and os.path.getsize('a.svg') > 0"
        ),
        True,
    ),
    "logging": (
        "import logging\nlogging.basicConfig(level=logging.INFO)",
        "logging.info('epoch %d', 1); return 1",
        1,
    ),
    "logging to a file": (
        "import logging",
        (
            "logging.basicConfig(filename='train.log', force=True); logging.warning('x'); "
            "return open('train.log').read()"
        ),
        "WARNING:root:x\n",
    ),
    "dataclasses and typing": (
        (
            "from dataclasses import dataclass, field\nfrom typing import Dict, List, Optional\n"
            "@dataclass\nclass Config:\n    sizes: List[int] = field(default_factory=lambda: [1, 2])\n"
        ),
        "return Config().sizes",
        [1, 2],
    ),
    "pathlib and tempfile": (
        "import tempfile\nfrom pathlib import Path",
        (
            "folder = Path(tempfile.mkdtemp()); (folder / 'a').write_text('x'); "
            "f = tempfile.NamedTemporaryFile(); f.write(b'x'); f.flush(); "
            "return [(folder / 'a').read_text(), Path('missing').exists(), Path(f.name).stat().st_size]"
        ),
        ["x", False, 1],
    ),
    "time and progress": (
        "import time\nimport sys",
        (
            "a = time.time(); time.sleep(0.01); b = time.perf_counter(); "
            "sys.stdout.write('\\r50%'); sys.stdout.flush(); sys.stderr.write('x'); "
            "print(sys.stdout.isatty()); return time.time() > a and b > 0"
        ),
        True,
    ),
    "threads": (
        "from concurrent.futures import ThreadPoolExecutor\nimport threading",
        (
            "t = threading.Thread(target=lambda: None); t.start(); t.join(); "
            "return list(ThreadPoolExecutor(4).map(abs, [-1, -2, -3]))"
        ),
        [1, 2, 3],
    ),
    "a file that does not exist": (
        "try:\n    weights = np.load('weights.npy')\nexcept FileNotFoundError:\n    weights = np.ones(2)",
        "return float(weights.sum())",
        2.0,
    ),
    "a main block": (
        "done = []\nif __name__ == '__main__':\n    done.append(1)\n    import torch",
        "return done",
        [],
    ),
    "standard library": (
        (
            "import collections, copy, csv, functools, hashlib, itertools, json, math, pickle, random, "
            "statistics, string, sqlite3, argparse, abc, enum, warnings, contextlib, inspect, os, "
            "platform, decimal, fractions, heapq, bisect, operator, datetime, uuid, zlib, gzip, base64"
        ),
        (
            "warnings.warn('w'); pickle.loads(pickle.dumps(np.ones(3))); copy.deepcopy(np.ones(2)); "
            "os.makedirs('a/b', exist_ok=True); os.environ.get('HOME'); platform.machine(); "
            "return json.loads(json.dumps([hashlib.sha256(b'').hexdigest()[:4], os.cpu_count() > 0]))"
        ),
        ["e3b0", True],
    ),
    "recursion": (
        "import sys\nsys.setrecursionlimit(5000)",
        "f = lambda n: 0 if n == 0 else 1 + f(n - 1); return f(3000)",
        3000,
    ),
    "its own module": ("import sys", "import rnn; return rnn is sys.modules[__name__]", True),
    "memory of a real program": ("", "return float(np.ones(40_000_000).sum())", 40_000_000.0),
    "all warnings as errors of its own": (
        "import warnings\nwarnings.simplefilter('error')\nnp.seterr(all='raise')",
        "return 1",
        1,
    ),
}


@pytest.mark.parametrize("tier", start_command.TIERS)
def test_honest_programs_work(tier: str) -> None:
    if not tiers.probe_tier(tier).works:
        pytest.skip(f"this machine has no {tier}: {tiers.probe_tier(tier).reason}")
    for name, (above, body, expected) in PROGRAMS.items():
        given = result(above, body, tier)
        if isinstance(expected, type):
            assert isinstance(given, expected), name
        else:
            assert given == expected, name


def result(above: str, body: str, tier: str) -> Any:
    lines = "\n    ".join(body.split("; "))
    text = f"import numpy as np\n{above}\ndef generate_sequence_data():\n    {lines}\n"
    with session(text, LIMITS, tier) as student:
        assert student.load_fault is None, student.load_fault
        return student.environment()["generate_sequence_data"]()
