"""评分程序的入口：第一次运行时先安装 · The way to the grader; installs it first where needed.

    python kit/run.py make grade Q=q4_3      (`make grade Q=q4_3`, and `make.bat` on Windows)
    python kit/run.py grade rnn.py --help    (the grader's own command line)

Standard library only. Makes `.venv` beside `rnn.py`, installs `kit/requirements.txt` into it once,
and again when that file changes; then hands over to `python -m grader`.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

KIT = Path(__file__).resolve().parent
FOLDER = KIT.parent
VENV = FOLDER / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
REQUIREMENTS = KIT / "requirements.txt"
STAMP = VENV / "ml6-installed.txt"
# In the kit's own repository nothing is installed here: its environment does.
CHECKOUT = FOLDER.parent

# make's verb -> the grader's arguments, and which option each NAME=value becomes.
VERBS = {
    "grade": (["grade", "--public-only"], {"SOURCE": "", "Q": "--question", "PLOTS": True}),
    "watch": (["watch"], {"SOURCE": "", "Q": "--question"}),
    "explain": (["explain"], {"Q": ""}),
    "pack": (
        ["pack"],
        {"NAME": "--name", "ID": "--id", "SOURCE": "--source", "REPORT": "--report", "FORCE": True},
    ),
}
FLAGS = {"PLOTS": "--plots", "FORCE": "--force"}
DEFAULTS = {"SOURCE": "rnn.py"}

NO_PYTHON = "需要 Python 3.11、3.12 或 3.13，这里是 {found} · Python 3.11, 3.12 or 3.13 is needed, this is {found}"
NO_KIT = "kit/requirements.txt 不见了，请重新解压 · kit/requirements.txt is missing: unpack the zip again"
NO_VENV = "不能建立 .venv（Debian、Ubuntu 上先装 python3-venv） · cannot make .venv (on Debian, Ubuntu: install python3-venv)"
NO_PIP = "安装没有成功，请检查网络后再试 · the installation failed: check the network and try again"
NO_VERB = "不认识 {verb}；可以用 · unknown: {verb}; there are: {verbs}"
NO_NAME = "请写上姓名和学号 · give your name and student id: make pack NAME=张三 ID=2023001"
WAIT = "第一次运行：正在安装，约一到三分钟…… · first run: installing, one to three minutes ..."


def main(arguments):
    """Set up where needed, then run the grader; the exit code is the grader's."""
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        sys.exit(NO_PYTHON.format(found=sys.version.split()[0]))
    os.chdir(FOLDER)
    if arguments[:2] == ["make", "notebook"]:
        hand_over(["-m", "jupyterlab", "rnn.ipynb"], also="jupyterlab")
    if arguments[:1] == ["make"]:
        arguments = translated(arguments[1:])
    hand_over(["-m", "grader", *arguments])


def translated(words):
    """["pack", "NAME=张三", "ID=2023001"] as arguments of the grader."""
    verb = words[0] if words else "grade"
    if verb not in VERBS:
        sys.exit(NO_VERB.format(verb=verb, verbs=", ".join([*VERBS, "notebook"])))
    fixed, options = VERBS[verb]
    given = dict(word.partition("=")[::2] for word in words[1:])
    values = {**DEFAULTS, **{name: value for name, value in given.items() if value}}
    if verb == "pack" and not (values.get("NAME") and values.get("ID")):
        sys.exit(NO_NAME)
    arguments = list(fixed)
    for name, option in options.items():
        if name in values:
            arguments += [FLAGS[name]] if option is True else [option, values[name]] if option else [values[name]]
    return arguments


def hand_over(arguments, also=""):
    """Become the environment's Python, or on Windows run it and leave with its exit code."""
    python, environment = prepared()
    if also and subprocess.run([str(python), "-c", f"import {also}"], stderr=subprocess.DEVNULL).returncode:
        pip_install(python, also)
    if os.name == "nt":
        sys.exit(subprocess.run([str(python), *arguments], env=environment).returncode)
    sys.stdout.flush()
    os.execve(str(python), [str(python), *arguments], environment)


def prepared():
    """The interpreter that has the grader, and the environment to run it in."""
    environment = {**os.environ, "PYTHONUTF8": "1"}
    if not REQUIREMENTS.exists():
        if not (CHECKOUT / "pyproject.toml").exists():
            sys.exit(NO_KIT)
        own = CHECKOUT / ".venv" / PYTHON.relative_to(VENV)
        return own if own.exists() else Path(sys.executable), {**environment, "PYTHONPATH": str(CHECKOUT)}
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if not (PYTHON.exists() and STAMP.exists() and STAMP.read_text() == wanted):
        print(WAIT, flush=True)
        if subprocess.run([sys.executable, "-m", "venv", str(VENV)]).returncode:
            sys.exit(NO_VENV)
        # The list is complete and carries a hash for every file, so nothing else is fetched.
        pip_install(PYTHON, "--require-hashes", "--no-deps", "-r", str(REQUIREMENTS))
        STAMP.write_text(wanted)
    return PYTHON, environment


def pip_install(python, *arguments):
    """Install into that Python; the paths in the list are relative to `kit/`."""
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if subprocess.run([*pip, *arguments], cwd=KIT).returncode:
        sys.exit(NO_PIP)


if __name__ == "__main__":
    main(sys.argv[1:])
