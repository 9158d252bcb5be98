"""Programs that reach for what no solution of this assignment needs: a reason to look, no proof.

The sandbox keeps every program in, whatever it tries. What is listed here is what stands in the
source, with its line; what a program hides from a reader of its source is not found.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from grader.language import Message, say

PROCESSES = say("other processes")
SYSTEM = say("files of the system")
GRADER = say("the grader's own code")
FRAMES = say("the variables of whoever calls it")
MEMORY = say("raw memory")
NETWORK = say("a network socket")
DESCRIPTORS = say("open files that it did not open")
LIMITS = say("its own limits")
PATCHES = say("Python's own functions, to replace them")

CALLS = {
    "os.fork": PROCESSES,
    "os.forkpty": PROCESSES,
    "os.kill": PROCESSES,
    "os.killpg": PROCESSES,
    "os.getppid": PROCESSES,
    "os.pidfd_open": PROCESSES,
    "os.setns": PROCESSES,
    "os.unshare": PROCESSES,
    "os.execv": PROCESSES,
    "os.execve": PROCESSES,
    "os.posix_spawn": PROCESSES,
    "signal.pidfd_send_signal": PROCESSES,
    "signal.pthread_kill": PROCESSES,
    "sys._getframe": FRAMES,
    "sys._current_frames": FRAMES,
    "inspect.stack": FRAMES,
    "gc.get_objects": FRAMES,
    "gc.get_referrers": FRAMES,
    "ctypes.pythonapi": MEMORY,
    "ctypes.memmove": MEMORY,
    "ctypes.string_at": MEMORY,
    "ctypes.CDLL": MEMORY,
    "os.memfd_create": MEMORY,
    "os.fstat": DESCRIPTORS,
    "os.write": DESCRIPTORS,
    "os.dup": DESCRIPTORS,
    "os.symlink": SYSTEM,
    "os.link": SYSTEM,
    "os.mknod": SYSTEM,
    "os.mkfifo": SYSTEM,
    "sys.meta_path": PATCHES,
    "signal.setitimer": LIMITS,
    "socket.socket": NETWORK,
    "socket.socketpair": NETWORK,
    "socket.fromfd": NETWORK,
    "socket.create_connection": NETWORK,
    "resource.setrlimit": LIMITS,
    "resource.prlimit": LIMITS,
    "sys.settrace": PATCHES,
    "sys.setprofile": PATCHES,
    "sys.addaudithook": PATCHES,
}
FRAME_NAMES = {"f_back", "tb_frame", "f_globals", "gi_frame"}
PATCHED = re.compile(r"(builtins|__builtins__|sys\.modules|np\.testing|numpy\.testing|msgspec)\b")
SECRET_PATHS = re.compile(
    r"^/(proc|sys|etc/(passwd|shadow|hosts|group)|root|dev/(?!null|std))\b|(\.\./){4}|\.secret$"
)
GRADERS = re.compile(
    r"^(solutions(\.|/|$)|grader[./](?!handout)|.*questions[./]hidden|.*solutions/rnn\.py)"
)
# Whether a source is worth parsing at all.
QUICK = re.compile(
    r"\b(os|sys|signal|gc|ctypes|socket|resource|inspect|builtins|__builtins__|f_back|tb_frame|"
    r"f_globals|gi_frame|solutions|grader|testing|msgspec)\b|/proc|/sys|/etc|/root|/dev|\.\./|\.secret"
)


@dataclass(frozen=True, slots=True)
class Sign:
    """Something that a program reaches for, and the line where it does."""

    line: int
    what: Message


def signs(source: str) -> tuple[Sign, ...]:
    """What a program reaches for, each thing once; nothing where it does not parse."""
    if not QUICK.search(source):
        return ()
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    names = dict(_imported(tree))
    found: dict[Message | str, Sign] = {}
    for node in ast.walk(tree):
        what = _reached(node, names)
        if what is not None:
            found.setdefault(what.text, Sign(getattr(node, "lineno", 0), what))
    return tuple(sorted(found.values(), key=lambda sign: sign.line))


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """What each name of the file stands for: `from os import fork as f` makes f os.fork."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.asname or alias.name, alias.name
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _reached(node: ast.AST, names: dict[str, str]) -> Message | None:
    if isinstance(node, ast.Attribute | ast.Name):
        if isinstance(node, ast.Attribute) and node.attr in FRAME_NAMES:
            return FRAMES
        return CALLS.get(_full_name(node, names))
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return _path(node.value)
    if isinstance(node, ast.Import | ast.ImportFrom):
        modules = [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            modules = [node.module or ""]
        return GRADER if any(GRADERS.match(module) for module in modules) else None
    if isinstance(node, ast.Assign):
        patched = any(_is_patch(target, names) for target in node.targets)
        return PATCHES if patched else None
    return None


def _path(text: str) -> Message | None:
    if SECRET_PATHS.search(text):
        return SYSTEM
    return GRADER if GRADERS.match(text) and "\n" not in text else None


def _is_patch(target: ast.expr, names: dict[str, str]) -> bool:
    """Whether an assignment puts something into a module that is not the student's."""
    if isinstance(target, ast.Subscript):
        return bool(PATCHED.match(_full_name(target.value, names)))
    return isinstance(target, ast.Attribute) and bool(
        PATCHED.match(_full_name(target.value, names))
    )


def _full_name(node: ast.expr, names: dict[str, str]) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.insert(0, node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([names.get(node.id, node.id), *parts])
