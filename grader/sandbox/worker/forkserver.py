"""The parent of workers: has loaded what programs need, has read none of them, and forks.

Started by `fork_parent` in the sandbox of a tier. This docstring is the whole protocol:

1. It loads NumPy, pyplot and the worker's files, and says READY on `control`, a socket that keeps
   the borders of messages.
2. Each message that comes there is an `Order` with two descriptors: the channel of a new worker,
   and `report`. The parent forks a *keeper* for them and has no more to do with either.
3. The keeper takes the worker's user. As root, it makes a user namespace, says MAP with a pidfd of
   itself, and waits until the examiner has mapped that user and answers. Under bubblewrap it then
   makes namespaces of mounts, IPC and processes, with a tmpfs of their own. It drops all
   capabilities and forks: there the *init* of the namespace, which forks the worker; otherwise the
   worker itself. It says STARTED with a pidfd of what it forked.
4. The worker confines itself and serves, see `worker`.
5. When what it forked has ended, or the examiner has hung up on `report`, the keeper kills what is
   left, says how it ended (a wait status in digits), and ends.

When the examiner hangs up on `control`, the parent ends with the last of its keepers. Whoever dies
takes with it all that it forked.
"""

from __future__ import annotations

import _socket  # `socket` takes 5 ms to load, and brings nothing that is needed here
import gc
import os
import select
import signal
from array import array
from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn

import msgspec

from grader.sandbox.worker import confine, namespaces, process
from grader.sandbox.worker.pictures import figures

READY, MAP, STARTED = b"ready", b"map", b"started"
MOST_BYTES = 1 << 16  # of a message
HOME = "/tmp"  # noqa: S108 - under bubblewrap: where each program gets a tmpfs of its own
_SOCKET, _CHANNEL = _socket.SOL_SOCKET, 3
_FEW = 256  # descriptors: more than this process ever has open


class Order(msgspec.Struct, frozen=True):
    """A worker, please."""

    uid: int | None  # None: the user that the parent is
    folder: str  # where it may write
    room: int  # bytes of that folder, where it is a tmpfs
    limits: dict[str, int]  # see `Limits.resources`


def main(settings: dict[str, Any]) -> NoReturn:
    """Load, then fork a keeper for each order until the examiner hangs up."""
    control = _socket.socket(fileno=settings["control"])
    confine.give_nothing_away()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how a keeper ended
    process.bring_fonts(settings["fonts"])
    figures.prepare()
    figures.rehearse()
    gc.freeze()
    control.send(READY)
    own = os.getpid()
    while (message := _received(control)) is not None:
        order, channel, report = message
        if os.fork() == 0:
            control.close()
            _apart(partial(_keep, settings, order, channel, report, own))
        os.close(channel)
        os.close(report)
    while _has_children():
        pass
    os._exit(0)


def _received(control: _socket.socket) -> tuple[Order, int, int] | None:
    """The next order, channel and report; None when the examiner has hung up."""
    words, came, _, _ = control.recvmsg(MOST_BYTES, _socket.CMSG_SPACE(8), _socket.MSG_CMSG_CLOEXEC)
    if not words:
        return None
    descriptors = array("i")
    for _, _, octets in came:
        descriptors.frombytes(octets)
    channel, report = descriptors
    return msgspec.json.decode(words, type=Order), channel, report


def _has_children() -> bool:
    """Waits until one has ended."""
    try:
        os.waitpid(-1, 0)
    except ChildProcessError:
        return False
    return True


def _keep(settings: dict[str, Any], order: Order, channel: int, report: int, parent: int) -> None:
    """The keeper, from its first act to its last."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    talk = _socket.socket(fileno=report)
    if order.uid is not None:
        confine.become(order.uid)
    if settings["mapped"]:
        namespaces.own_users()
        _tell(talk, MAP, os.getpid())
        talk.recv(1)
    if settings["namespaces"]:
        namespaces.own_everything(order.folder, order.room)
    confine.give_up_privileges()
    if os.getppid() != parent:
        return  # it died before its death would have been ours
    first = os.fork()
    if first == 0:
        talk.close()
        act = _lead if settings["namespaces"] else _work
        _apart(partial(act, settings, order, channel))
    os.close(channel)
    _tell(talk, STARTED, first)
    _until_over(talk, first)
    os.kill(first, signal.SIGKILL)
    _, status = os.waitpid(first, 0)
    talk.send(b"%d" % status)


def _tell(talk: _socket.socket, word: bytes, pid: int) -> None:
    """Say `word`, with a pidfd of `pid`."""
    handle = os.pidfd_open(pid)
    talk.sendmsg([word], [(_SOCKET, _socket.SCM_RIGHTS, array("i", [handle]).tobytes())])
    os.close(handle)


def _until_over(talk: _socket.socket, pid: int) -> None:
    """Wait until `pid` has ended or the examiner has hung up."""
    handle = os.pidfd_open(pid)
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    poll.register(talk.fileno(), select.POLLIN | select.POLLRDHUP)
    poll.poll()
    os.close(handle)


def _lead(settings: dict[str, Any], order: Order, channel: int) -> None:
    """Pid 1 of a namespace: forks the worker, and ends as it did, as a shell would say it."""
    confine.die_with_parent()
    pid = os.fork()
    if pid == 0:
        _apart(partial(_work, settings, order, channel))
    os.closerange(_CHANNEL, _FEW)
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    os._exit(code if code >= 0 else 128 - code)


def _work(settings: dict[str, Any], order: Order, channel: int) -> None:
    """The worker: confined and surrounded as one that was started for itself."""
    os.dup2(channel, _CHANNEL)
    os.closerange(_CHANNEL + 1, _FEW)
    _move_into(order.folder)
    alone = settings["namespaces"] and (os.getpid(), os.getppid()) == (2, 1)
    layers = [confine.NAMESPACES] if alone else []
    layers += [confine.OTHER_UID] if order.uid is not None else []
    own = {"limits": order.limits, "writable": [order.folder]}
    layers += confine.restrict({**settings, **own})
    process.bring_fonts(settings["fonts"])
    process.serve(_CHANNEL, layers)


def _move_into(folder: str) -> None:
    os.chdir(folder)
    for name in ("HOME", "TMPDIR"):
        os.environ[name] = folder
    os.environ["MPLCONFIGDIR"] = f"{folder}/.matplotlib"


def _apart(act: Callable[[], None]) -> NoReturn:
    """Run `act` in a process of its own, just forked, and end it; nothing else runs there."""
    try:
        act()
    except BaseException as error:  # noqa: BLE001 - the examiner reads it in the last words
        os.write(2, f"{type(error).__name__}: {error}\n".encode())
        os._exit(1)
    os._exit(0)
