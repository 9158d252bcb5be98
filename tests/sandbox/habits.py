"""Ordinary programs, one habit each: (what stands above, the body of a function that returns data).

Under plain Python and in every tier of the sandbox each must come to the same outcome: the same
value, or an exception of the same type.
"""

from __future__ import annotations

HABITS: dict[str, tuple[str, str]] = {
    # -- text streams
    "reconfigure": (
        "import sys\nsys.stdout.reconfigure(encoding='utf-8')",
        "return sys.stdout.encoding",
    ),
    "reconfigure line buffering": (
        "import sys\nsys.stdout.reconfigure(line_buffering=True, errors='replace')",
        "return [sys.stdout.line_buffering, sys.stdout.errors]",
    ),
    "wrap the buffer": (
        "import io, sys\nsys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding='utf-8')",
        "print('中文'); sys.stdout.flush(); return sys.stdout.encoding",
    ),
    "wrap the buffer in a codec": (
        "import codecs, sys\nsys.stdout = codecs.getwriter('utf-8')(sys.stdout.buffer)",
        "print('中文'); return type(sys.stdout).__name__",
    ),
    "wrap a detached buffer": (
        "import io, sys\nsys.stdout = io.TextIOWrapper(sys.stdout.detach(), encoding='utf-8')",
        "print('中文'); return sys.stdout.writable()",
    ),
    "open the descriptor": (
        "import sys\nsys.stdout = open(sys.stdout.fileno(), 'w', encoding='utf-8', buffering=1)",
        "print('中文'); return sys.stdout.encoding",
    ),
    "write bytes": ("import sys", "return sys.stdout.buffer.write(b'abc')"),
    "numbers of the streams": (
        "import sys",
        "return [sys.stdin.fileno(), sys.stdout.fileno(), sys.stderr.fileno()]",
    ),
    "names of the streams": (
        "import sys",
        "return [sys.stdout.name, sys.stderr.name, sys.stdout.mode]",
    ),
    "the first streams": (
        "import sys",
        "return [sys.stdout is sys.__stdout__, sys.stderr is sys.__stderr__]",
    ),
    "is a terminal": ("import sys", "return [sys.stdout.isatty(), sys.stdin.isatty()]"),
    "redirect": (
        "import contextlib, io",
        "with contextlib.redirect_stdout(io.StringIO()) as kept: print('x')\nreturn kept.getvalue()",
    ),
    "a tee": (
        (
            "import sys\nclass Tee:\n    def __init__(self): self.terminal, self.log = sys.stdout, []\n"
            "    def write(self, words): self.terminal.write(words); self.log.append(words)\n"
            "    def flush(self): self.terminal.flush()\nsys.stdout = Tee()"
        ),
        "print('a', 1); return sys.stdout.log",
    ),
    "print to stderr": (
        "import sys",
        "print('x', file=sys.stderr, flush=True); return sys.stderr.encoding",
    ),
    "input at the end of the file": ("", "return input()"),
    "input with a default": (
        "",
        "try:\n    return input('?')\nexcept EOFError:\n    return 'default'",
    ),
    "read all of stdin": ("import sys", "return sys.stdin.read()"),
    "faulthandler": (
        "import faulthandler\nfaulthandler.enable()",
        "return faulthandler.is_enabled()",
    ),
    "a traceback on the screen": (
        "import traceback",
        "try:\n    1 / 0\nexcept ZeroDivisionError:\n    traceback.print_exc()\nreturn 1",
    ),
    # -- the file itself
    "absolute file": ("import os", "return [os.path.isabs(__file__), os.path.basename(__file__)]"),
    "into its own folder": (
        "import os\nos.chdir(os.path.dirname(__file__))",
        "return os.path.exists('rnn.py')",
    ),
    "a folder beside it": (
        "import os\nHERE = os.path.dirname(os.path.abspath(__file__))\nos.makedirs(os.path.join(HERE, 'out'), exist_ok=True)",
        "return os.path.isdir(os.path.join(HERE, 'out'))",
    ),
    "path of the parent": (
        "from pathlib import Path\nROOT = Path(__file__).resolve().parent",
        "(ROOT / 'a.txt').write_text('x'); return (ROOT / 'a.txt').read_text()",
    ),
    "read oneself": (
        "",
        "return 'generate_sequence_data' in open(__file__, encoding='utf-8').read()",
    ),
    "source of a class": (
        "import inspect\nclass A:\n    x = 1",
        "return inspect.getsource(A).splitlines()[1].strip()",
    ),
    "arguments": (
        "import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument('--n', type=int, default=3)\nARGS = parser.parse_args()",
        "return ARGS.n",
    ),
    "argv": ("import os, sys", "return [len(sys.argv), os.path.basename(sys.argv[0])]"),
    "folder on the path": (
        "import os, sys",
        "return sys.path[0] == os.path.dirname(os.path.abspath(__file__))",
    ),
    "a module of its own": (
        "from pathlib import Path\nPath('helper.py').write_text('X = 5')\nimport helper",
        "return helper.X",
    ),
    "file of the main module": (
        "import os, sys",
        "return os.path.basename(sys.modules['__main__'].__file__)",
    ),
    "frame": (
        "import inspect, os",
        "return os.path.basename(inspect.currentframe().f_code.co_filename)",
    ),
    # -- what site gives
    "help": ("class A:\n    'A class.'\n\nhelp(A)", "return repr(help)[:12]"),
    "copyright": (
        "copyright",
        "print(copyright, credits, license); return 'Python' in str(copyright)",
    ),
    "exit": ("", "exit()"),
    "quit": ("", "quit(1)"),
    "exit is there": ("", "return callable(exit) and callable(quit)"),
    # -- a user with a name and a home
    "getuser": ("import getpass\nAUTHOR = getpass.getuser()", "return bool(AUTHOR)"),
    "expanduser": ("import os", "return os.path.isdir(os.path.expanduser('~'))"),
    "write at home": (
        "from pathlib import Path",
        "place = Path.home() / '.ml6-habit'; place.write_text('x'); place.unlink(); return place.is_absolute()",
    ),
    "variables": (
        "import os",
        "return [name in os.environ for name in ('HOME', 'USER', 'PATH', 'LANG', 'TMPDIR')]",
    ),
    "pwd": ("import os, pwd", "return bool(pwd.getpwuid(os.getuid()).pw_name)"),
    "temporary folder": (
        "import os, tempfile",
        "with tempfile.TemporaryDirectory() as folder: open(os.path.join(folder, 'a'), 'w').close()\nreturn os.path.isdir(tempfile.gettempdir())",
    ),
    # -- no terminal, no programs
    "terminal size": ("import os", "return os.get_terminal_size()"),
    "errno of no terminal": (
        "import os",
        "try:\n    os.get_terminal_size()\nexcept OSError as error:\n    return error.errno",
    ),
    "terminal size with a default": ("import shutil", "return list(shutil.get_terminal_size())"),
    "a progress bar": (
        "import os",
        "try:\n    width = os.get_terminal_size().columns\nexcept OSError:\n    width = 79\nreturn width",
    ),
    "termios": ("import termios", "return termios.tcgetattr(0)"),
    "name of the terminal": ("import os", "return os.ttyname(0)"),
    "a missing program": ("import subprocess", "return subprocess.run(['no-such-program-here'])"),
    "errno of a missing program": (
        "import subprocess",
        "try:\n    subprocess.check_output(['no-such-program-here'])\nexcept OSError as error:\n    return [error.errno, error.filename]",
    ),
    "a missing program, caught": (
        "import subprocess",
        "try:\n    return subprocess.check_output(['no-such-program-here', 'rev-parse'], text=True)\nexcept (FileNotFoundError, subprocess.CalledProcessError):\n    return 'unknown'",
    ),
    "a missing program in a shell": (
        "import subprocess",
        "return subprocess.run('no-such-program-here --now', shell=True).returncode",
    ),
    "output of a missing program": (
        "import subprocess",
        "return subprocess.run('no-such-program-here', shell=True, capture_output=True, text=True).stdout",
    ),
    "system": ("import os", "return os.system('no-such-program-here')"),
    "popen": ("import os", "return os.popen('no-such-program-here 2> /dev/null').read()"),
    "which": ("import shutil", "return shutil.which('no-such-program-here')"),
    # -- threads, event loops, locks
    "asyncio": (
        "import asyncio\nasync def main():\n    await asyncio.sleep(0)\n    return 5",
        "return asyncio.run(main())",
    ),
    "asyncio gather": (
        "import asyncio\nasync def one(n):\n    await asyncio.sleep(0.001)\n    return n",
        "async def every(): return await asyncio.gather(*[one(n) for n in range(3)])\nreturn asyncio.run(every())",
    ),
    "asyncio with a thread": (
        "import asyncio",
        "async def main(): return await asyncio.to_thread(abs, -3)\nreturn asyncio.run(main())",
    ),
    "a loop of its own": (
        "import asyncio",
        "loop = asyncio.new_event_loop(); asyncio.set_event_loop(loop)\nasync def one(): return 1\ntry:\n    return loop.run_until_complete(one())\nfinally:\n    loop.close()",
    ),
    "thread pool": (
        "from concurrent.futures import ThreadPoolExecutor, as_completed",
        "with ThreadPoolExecutor(2) as pool:\n    return sorted(f.result() for f in as_completed([pool.submit(abs, -n) for n in range(3)]))",
    ),
    "pool of multiprocessing.dummy": (
        "from multiprocessing.dummy import Pool",
        "with Pool(2) as pool:\n    return pool.map(abs, [-1, -2])",
    ),
    "multiprocessing.pool.ThreadPool": (
        "from multiprocessing.pool import ThreadPool",
        "with ThreadPool(2) as pool:\n    return pool.map(abs, [-1, -2])",
    ),
    "lock of multiprocessing": (
        "from multiprocessing import Lock, Value\nLOCK = Lock()",
        "value = Value('d', 1.5)\nwith LOCK, value.get_lock():\n    value.value += 1\nreturn value.value",
    ),
    "queue of multiprocessing": (
        "from multiprocessing import Queue",
        "queue = Queue(); queue.put([1, 2]); got = queue.get(timeout=5); queue.close(); return got",
    ),
    "number of processors": (
        "import multiprocessing, os",
        "return [os.cpu_count() > 0, multiprocessing.cpu_count() > 0]",
    ),
    "freeze support": (
        "import multiprocessing\nmultiprocessing.freeze_support()\nmultiprocessing.set_start_method('spawn', force=True)",
        "return multiprocessing.get_start_method()",
    ),
    "a timer": (
        "import threading",
        "done = threading.Event(); threading.Timer(0.001, done.set).start(); return done.wait(5)",
    ),
    "a timed lock": (
        "import threading",
        "lock = threading.RLock(); return lock.acquire(timeout=0.1)",
    ),
    # -- files
    "copy a file": (
        "import os, shutil",
        "open('a', 'w').write('x'); shutil.copy('a', 'b'); shutil.copy2('a', 'c'); return [os.path.getsize(n) for n in 'bc']",
    ),
    "move between folders": (
        "import os, shutil",
        "os.makedirs('d', exist_ok=True); open('m', 'w').write('x'); shutil.move('m', 'd/m'); os.replace('d/m', 'm2'); return os.listdir('d')",
    ),
    "change a mode": (
        "import os",
        "open('a', 'w').close(); os.chmod('a', 0o644); return os.access('a', os.R_OK)",
    ),
    "touch": ("from pathlib import Path", "p = Path('t'); p.touch(); p.touch(); return p.exists()"),
    "remove a tree": (
        "import os, shutil",
        "os.makedirs('x/y/z'); open('x/y/f', 'w').close(); shutil.rmtree('x'); return os.path.exists('x')",
    ),
    "zip": (
        "import zipfile",
        "open('a', 'w').write('x')\nwith zipfile.ZipFile('z.zip', 'w') as z: z.write('a')\nzipfile.ZipFile('z.zip').extractall('out'); return open('out/a').read()",
    ),
    "shelve and sqlite": (
        "import sqlite3",
        "db = sqlite3.connect('a.db'); db.execute('create table t (x)'); db.execute('insert into t values (1)'); db.commit(); return db.execute('select x from t').fetchall()[0][0]",
    ),
    "a missing file": ("", "return open('no-such-file.csv').read()"),
    "a missing file by numpy": ("import numpy as np", "return np.loadtxt('no-such-file.csv')"),
    "memory map": (
        "import numpy as np",
        "m = np.memmap('m.dat', dtype='f8', mode='w+', shape=(3,)); m[:] = 2; m.flush(); return float(m.sum())",
    ),
    "log to a file": (
        "import logging",
        "h = logging.FileHandler('l.log', encoding='utf-8'); log = logging.getLogger('x'); log.addHandler(h); log.warning('中'); h.close(); return open('l.log', encoding='utf-8').read().strip()",
    ),
    "pickle an object": (
        "import pickle\nclass P:\n    pass",
        "p = P(); p.x = 1; return pickle.loads(pickle.dumps(p)).x",
    ),
    # -- time, place, network
    "time zone": (
        "from datetime import datetime\nfrom zoneinfo import ZoneInfo",
        "return datetime(2026, 1, 1, tzinfo=ZoneInfo('Asia/Shanghai')).utcoffset().seconds",
    ),
    "locale of the machine": (
        "import locale\nlocale.setlocale(locale.LC_ALL, '')",
        "return locale.getpreferredencoding()",
    ),
    "a locale that is none": (
        "import locale",
        "return locale.setlocale(locale.LC_ALL, 'no-such-locale')",
    ),
    "signal": (
        "import signal\nsignal.signal(signal.SIGINT, signal.SIG_DFL)",
        "return signal.getsignal(signal.SIGINT) is signal.SIG_DFL",
    ),
    "no answer from a server": (
        "import urllib.request",
        "try:\n    return urllib.request.urlopen('http://127.0.0.1:9/x', timeout=1).read()\nexcept OSError:\n    return 'offline'",
    ),
    "a name that is nowhere": (
        "import socket",
        "return socket.gethostbyname('no-such-host.invalid')",
    ),
    "platform": (
        "import platform, sys",
        "return [platform.system(), platform.python_version() == sys.version.split()[0]]",
    ),
    "version of a library": (
        "from importlib.metadata import version\nimport numpy as np",
        "return version('numpy') == np.__version__",
    ),
    "limits": ("import resource", "return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > 0"),
    "garbage and weak references": (
        "import gc, weakref\nclass W: pass",
        "w = weakref.ref(W()); gc.collect(); return w() is None",
    ),
    "at the end": ("import atexit\natexit.register(print, 'bye')", "return 1"),
    "its own module": (
        "import sys",
        "return sys.modules[__name__].generate_sequence_data is generate_sequence_data",
    ),
    "warnings as errors": (
        "import warnings\nwarnings.simplefilter('error')",
        "warnings.warn('mine'); return 1",
    ),
    "a warning as an error, caught": (
        "import warnings",
        "warnings.filterwarnings('error', category=RuntimeWarning)\ntry:\n    warnings.warn('x', RuntimeWarning)\nexcept RuntimeWarning:\n    return 'caught'",
    ),
    "warnings recorded": (
        "import warnings",
        "with warnings.catch_warnings(record=True) as kept:\n    warnings.simplefilter('always')\n    warnings.warn('x', DeprecationWarning)\nreturn len(kept)",
    ),
}
