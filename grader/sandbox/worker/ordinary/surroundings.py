"""What an ordinary `python rnn.py` finds around it and a confined process lacks.

Everything here serves honest programs and guards nothing: confinement is the kernel's, see `confine`.
The same in every tier, so that a program meets at home what it meets in class.

This file runs in the worker: it imports the standard library and its siblings only.
"""

from __future__ import annotations

import os
import re
import site
import sys
import warnings
from collections.abc import Callable
from typing import Any

from grader.sandbox.worker import stand_ins
from grader.sandbox.worker.ordinary import home_folders, import_hook, no_network, no_processes

NO_LOCALE = "unsupported locale setting"  # `fault_messages` knows these words again
# "zh_CN.UTF-8", "zh-Hans-CN", and as Windows says it: "Chinese_China.936".
_LOCALE = re.compile(
    r"(?P<language>[A-Za-z]{2,3})([_-][A-Z][a-z]{3})?([_-][A-Z]{2})?([.@][\w-]+)*"
    r"|(?P<word>[A-Z][a-z]+)(_[A-Z][\w ]+)?([.@][\w-]+)*"
)
_AGEING = (DeprecationWarning, PendingDeprecationWarning, FutureWarning)


def settle() -> None:
    """Make this process an ordinary one, as far as it can be."""
    site.setquit()
    site.setcopyright()
    site.sethelper()
    _name_user()
    os.chmod, os.utime = _if_denied_nothing(os.chmod), _if_denied_nothing(os.utime)
    home_folders.settle()
    os.fork, os.system = no_processes.refuse_process, no_processes.system  # type: ignore[assignment]  # parameters by position
    _keep_ageing_harmless()
    import_hook.install(
        {
            "subprocess": no_processes.change_subprocess,
            "multiprocessing.process": no_processes.change_process,
            "multiprocessing.heap": no_processes.change_heap,
            "_multiprocessing": no_processes.change_primitives,
            "socket": no_network.change_socket,
            "asyncio.selector_events": no_network.change_event_loop,
            "locale": _change_locale,
            "ctypes": _add_windows,
        }
    )


def run_as(path: str) -> None:
    """Let this process look as one that was started as `python PATH`."""
    sys.argv[:] = [path]
    folder = os.path.dirname(path)  # noqa: PTH120 - as in landlock, no pathlib before need
    if folder not in sys.path[:1]:  # where the probe of `tiers` has run before, it is there
        sys.path.insert(0, folder)
    sys.modules["__main__"].__file__ = path


def _name_user() -> None:
    """The user that the environment names, also where the machine's own list is hidden."""
    name, home = os.environ["USER"], os.environ["HOME"]
    os.getlogin = lambda: name
    if sys.platform == "win32":
        return
    import pwd  # noqa: PLC0415 - Windows has none

    uid, by_uid, by_name = os.getuid(), pwd.getpwuid, pwd.getpwnam
    user = pwd.struct_passwd((name, "x", uid, os.getgid(), "", home, "/bin/sh"))
    pwd.getpwuid = lambda number: user if number == uid else by_uid(number)
    pwd.getpwnam = lambda wanted: user if wanted == name else by_name(wanted)


def _if_denied_nothing(change: Callable[..., None]) -> Callable[..., None]:
    """Modes and times of files cannot be changed here: nobody will miss it in a folder that goes."""

    def changed(path: Any, *arguments: Any, **named: Any) -> None:
        try:
            change(path, *arguments, **named)
        except PermissionError:
            os.stat(path)  # noqa: PTH116 - raises where there is no such file

    return changed


def _keep_ageing_harmless() -> None:
    """Who turns warnings into errors means mistakes of their own, and not an old way of NumPy's.

    At home that way may not even have warned: it depends on the version.
    """
    simplefilter = warnings.simplefilter

    def wrapped(original: Callable[..., None]) -> Callable[..., None]:
        def changed(action: Any, *arguments: Any, **named: Any) -> None:
            original(action, *arguments, **named)
            if action == "error":
                for category in _AGEING:
                    simplefilter("ignore", category)

        return changed

    warnings.simplefilter = wrapped(simplefilter)
    warnings.filterwarnings = wrapped(warnings.filterwarnings)


def _add_windows(ctypes: Any) -> None:
    """Windows' own libraries: a program tells them at its top that its window is sharp."""
    for name in ("windll", "oledll"):
        if not hasattr(ctypes, name):
            setattr(ctypes, name, stand_ins.StandIn(f"ctypes.{name}"))


def _change_locale(locale: Any) -> None:
    """A locale that this machine lacks, and others have, is C.UTF-8 here."""
    original = locale.setlocale

    def setlocale(category: int, wanted: Any = None) -> Any:
        try:
            return original(category, wanted)
        except locale.Error:
            if not _exists_elsewhere(locale, wanted):
                raise locale.Error(f"{NO_LOCALE}: {wanted!r}") from None
            original(category, "C.UTF-8")
            return wanted

    locale.setlocale = setlocale


def _exists_elsewhere(locale: Any, wanted: Any) -> bool:
    """Whether a name is one of a language that Python knows ("zh_CN.UTF-8", "Chinese_China.936")."""
    name = ".".join(wanted) if isinstance(wanted, tuple) else str(wanted)
    found = _LOCALE.fullmatch(name)
    if found is None:
        return False
    known = locale.locale_alias
    if found["language"]:
        return found["language"].lower() in known
    return any(alias.startswith(found["word"].lower()) for alias in known)  # "chinese-s"
