"""评分程序的入口：第一次运行时先安装 · The way to the grader; installs it first where needed.

    python kit/run.py make grade Q=q4_3      (`make grade Q=q4_3`, and `make.bat` on Windows)
    python kit/run.py grade rnn.py --help    (the grader's own command line)

Standard library only. Makes `.venv` beside `rnn.py` with the newest Python that fits, installs
`kit/requirements.txt` into it once, and again when that file changes; then hands over to
`python -m grader`. `make notebook` installs `kit/requirements-notebook.txt` besides.
"""

import hashlib
import os
import sys
from pathlib import Path

# Every run waits for what is imported here; what only an installation needs is imported there.

KIT = Path(__file__).resolve().parent
FOLDER = KIT.parent
VENV = FOLDER / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LISTS = {"grade": KIT / "requirements.txt", "notebook": KIT / "requirements-notebook.txt"}
# In the kit's own repository nothing is installed here: its environment does.
CHECKOUT = FOLDER.parent
SUPPORTED = ((3, 13), (3, 12), (3, 11))

# make's verb -> the grader's arguments, and which option each NAME=value becomes.
VERBS = {
    "grade": (["grade", "--public-only"], {"SOURCE": "", "Q": "--question", "PLOTS": True}),
    "watch": (["watch"], {"SOURCE": "", "Q": "--question"}),
    "explain": (["explain"], {"Q": ""}),
    "compare": (["compare"], {"SOURCE": ""}),
    "pack": (
        ["pack"],
        {
            "NAME": "--name", "ID": "--id", "SOURCE": "--source", "REPORT": "--report", "INTO": "--into",
            "FORCE": True,
        },
    ),
}  # fmt: skip
FLAGS = {"PLOTS": "--plots", "FORCE": "--force"}
DEFAULTS = {"grade": {"SOURCE": "rnn.py"}, "watch": {"SOURCE": "rnn.py"}}

NO_PYTHON = """\
需要 Python 3.11、3.12 或 3.13；这里是 {found}，电脑上没有找到别的。请安装 Python 3.13 再运行一次；
装好后也可以自己指定：make grade PYTHON=python3.13（Windows：py -3.13 kit\\run.py make grade）
Python 3.11, 3.12 or 3.13 is needed; this is {found}, and no other was found. Install Python 3.13 and
run this again; or say which: make grade PYTHON=python3.13 (Windows: py -3.13 kit\\run.py make grade)"""
NO_KIT = "{list} 不见了，请重新解压 · {list} is missing: unpack the zip again"
NO_VENV = """\
不能建立 .venv（Debian、Ubuntu 上先安装：sudo apt install python3-venv）
cannot make .venv (on Debian, Ubuntu install this first: sudo apt install python3-venv)"""
NO_PIP = """\
安装没有成功，上面是 pip 的话。改好以后再运行同一条命令，已经下载的不会再下载。
the installation failed; pip's own words stand above. Run the same command again afterwards."""
NO_NETWORK = """\
安装没有成功：连不上 Python 软件源。请检查网络；学校或公司的网络可能要用代理（HTTPS_PROXY），
或者换成离你近的镜像（mirror）：python -m pip config set global.index-url 镜像地址，再运行一次。
the installation failed: the Python package index cannot be reached. Check the network; your school's
may need a proxy (HTTPS_PROXY) or a mirror of the index near you:
python -m pip config set global.index-url ADDRESS, then run this again."""
SLOW = """\
下载有点慢。可以继续等；也可以按 Ctrl-C 停下，换成离你近的 Python 软件源镜像（mirror）再来：
python -m pip config set global.index-url 镜像地址
this is slow. Wait, or stop it with Ctrl-C and use a mirror of the Python package index near you:
python -m pip config set global.index-url ADDRESS"""
NO_VERB = "不认识 {verb}；可以用 · unknown: {verb}; there are: {verbs}"
NO_NAME = "请写上姓名和学号 · give your name and student id: make pack NAME=张三 ID=2023001"
WAIT = {
    "grade": "第一次运行：正在用 Python {version} 安装，约一分钟…… · first run: installing with Python {version}, about a minute ...",
    "notebook": "第一次打开笔记本：正在安装 Jupyter，约两分钟…… · first notebook: installing Jupyter, about two minutes ...",
}
UNPACKING = "正在解包…… · unpacking ..."
SLOW_SECONDS = 90
OFFLINE = (
    "connection", "timed out", "timeout", "name resolution", "getaddrinfo", "proxy", "unreachable",
    "no matching distribution", "max retries", "ssl",
)  # fmt: skip


def main(arguments):
    """Set up where needed, then run the grader; the exit code is the grader's."""
    os.chdir(str(FOLDER))
    given = dict(word.partition("=")[::2] for word in arguments if "=" in word)
    # The language of all words, for every system's make: see README.md.
    if given.get("ML6_LANG"):
        os.environ["ML6_LANG"] = given["ML6_LANG"]
    fixed = bool(given.get("PYTHON"))
    if arguments[:2] == ["make", "notebook"]:
        hand_over(["-m", "jupyterlab", "rnn.ipynb"], fixed, "grade", "notebook")
    if arguments[:1] == ["make"]:
        arguments = translated(arguments[1:])
    hand_over(["-m", "grader"] + arguments, fixed, "grade")


def translated(words):
    """["pack", "NAME=张三", "ID=2023001"] as arguments of the grader."""
    verb = words[0] if words else "grade"
    if verb not in VERBS:
        sys.exit(NO_VERB.format(verb=verb, verbs=", ".join(list(VERBS) + ["notebook"])))
    fixed, options = VERBS[verb]
    given = dict(word.partition("=")[::2] for word in words[1:])
    values = dict(DEFAULTS.get(verb, {}))
    values.update({name: value for name, value in given.items() if value})
    if verb == "pack" and not (values.get("NAME") and values.get("ID")):
        sys.exit(NO_NAME)
    arguments = list(fixed)
    for name, option in options.items():
        if name in values:
            arguments += [FLAGS[name]] if option is True else [option, values[name]] if option else [values[name]]
    return arguments


def hand_over(arguments, fixed, *lists):
    """Become the environment's Python, or on Windows run it and leave with its exit code."""
    python, environment = prepared(fixed, lists)
    if os.name == "nt":
        import subprocess

        sys.exit(subprocess.call([str(python)] + arguments, env=environment))
    sys.stdout.flush()
    os.execve(str(python), [str(python)] + arguments, environment)


def prepared(fixed, lists):
    """The interpreter that has what the lists name, and the environment to run it in."""
    environment = dict(os.environ, PYTHONUTF8="1")
    if not LISTS["grade"].exists() and (CHECKOUT / "pyproject.toml").exists():
        own = CHECKOUT / ".venv" / PYTHON.relative_to(VENV)
        return own if own.exists() else Path(sys.executable), dict(environment, PYTHONPATH=str(CHECKOUT))
    for name in lists:
        if not LISTS[name].exists():
            sys.exit(NO_KIT.format(list=LISTS[name].relative_to(FOLDER).as_posix()))
        stamp = VENV / ("ml6-installed-%s.txt" % name)
        wanted = hashlib.sha256(LISTS[name].read_bytes()).hexdigest()
        if not (PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted):
            set_up(name, fixed)
            stamp.write_text(wanted)
    return PYTHON, environment


def set_up(name, fixed):
    """Make `.venv` unless it is there, and install one list into it."""
    import subprocess

    version = ""
    if name == "grade":
        command, version = interpreter(fixed)
    print(WAIT[name].format(version=version), flush=True)
    if name == "grade":
        # An editor may have made one with a Python that does not fit.
        anew = ["--clear"] if PYTHON.exists() and not starts([str(PYTHON)], version) else []
        if subprocess.call(command + ["-m", "venv"] + anew + [str(VENV)]):
            sys.exit(NO_VENV)
    # The list is complete and carries a hash for every file, so nothing else is fetched.
    pip_install("--require-hashes", "--no-deps", "-r", str(LISTS[name]), count=pins(LISTS[name]))
    if name == "notebook":
        pip_install("jupyterlab", count=0)


def interpreter(fixed):
    """The command and the version of the newest Python here that fits; this one where `fixed`."""
    this = sys.version_info[:2]
    if not (fixed and this in SUPPORTED):
        for version in SUPPORTED:
            text = "%d.%d" % version
            if version == this:
                return [sys.executable], text
            for command in (["python" + text], ["py", "-" + text]):
                if starts(command, text):
                    return command, text
    if this in SUPPORTED:
        return [sys.executable], "%d.%d" % this
    return sys.exit(NO_PYTHON.format(found=sys.version.split()[0]))


def starts(command, version):
    """Whether this is a Python of that version that can make a .venv; a pyenv shim alone cannot."""
    import shutil
    import subprocess

    if not shutil.which(command[0]):
        return False
    asked = command + ["-c", "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"]
    done = subprocess.run(asked, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    return done.stdout.decode("ascii", "ignore").strip() == version


def pins(requirements):
    """How many packages a list names; one that has several versions counts once."""
    lines = requirements.read_text(encoding="utf-8").splitlines()
    return len({line.split("==")[0].split(" --hash")[0] for line in lines if line and line[0] not in " #"})


def pip_install(*arguments, count):
    """Install, with one line per package; the paths in the list are relative to `kit/`."""
    import subprocess

    # Compiling thousands of modules that are never imported takes half of an installation.
    pip = [str(PYTHON), "-m", "pip", "install", "--no-compile", "--disable-pip-version-check"]
    with subprocess.Popen(
        pip + list(arguments), cwd=str(KIT), env=dict(os.environ, PYTHONUTF8="1"),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True, encoding="utf-8", errors="replace",
    ) as process:  # fmt: skip
        said = watched(process, count)
    if process.returncode:
        print("".join(said[-12:]), end="", flush=True)
        offline = any(word in line.lower() for line in said for word in OFFLINE)
        sys.exit(NO_NETWORK if offline else NO_PIP)


def watched(process, count):
    """Show what pip is at, and a hint where it takes long; give what it complained about."""
    import threading

    hint = threading.Timer(SLOW_SECONDS, lambda: print(SLOW, flush=True))
    hint.daemon = True
    hint.start()
    said = follow(process.stdout, count)
    hint.cancel()
    return said


def follow(lines, count):
    """Show what pip is at; give what it complained about."""
    done, said = 0, []
    for line in lines:
        if line.startswith(("Collecting ", "Processing ")):
            done += 1
            of = "%d/%d" % (min(done, count), count) if count else str(done)
            print("  %s  %s" % (of, line.split()[1].split("/")[-1]), flush=True)
        elif line.startswith("Installing collected"):
            print("  " + UNPACKING, flush=True)
        elif line.lstrip().startswith(("ERROR", "WARNING", "error")):
            said.append(line)
    return said


if __name__ == "__main__":
    main(sys.argv[1:])
