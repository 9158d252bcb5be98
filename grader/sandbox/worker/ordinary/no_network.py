"""No network: the errors of a machine that is offline, in words that say so; event loops run.

This file runs in the worker: it imports the standard library only.
"""

from __future__ import annotations

import errno
import os
from typing import Any

NO_NETWORK = "there is no network here"  # `fault_messages` knows these words again


def change_socket(socket: Any) -> None:
    """Sockets to other machines cannot be made, names cannot be looked up."""
    create = socket.socket.__init__

    def make(self: Any, family: int = -1, *arguments: Any, **named: Any) -> None:
        if family in (-1, socket.AF_INET, socket.AF_INET6) and named.get("fileno") is None:
            raise OSError(errno.ENETUNREACH, f"{os.strerror(errno.ENETUNREACH)}: {NO_NETWORK}")
        create(self, family, *arguments, **named)

    def look_up(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(
            socket.EAI_AGAIN, f"Temporary failure in name resolution: {NO_NETWORK}"
        )

    socket.socket.__init__ = make
    socket.getaddrinfo = socket.gethostbyname = look_up


def change_event_loop(selector_events: Any) -> None:
    """An event loop wakes itself through a pipe; the pair of sockets that it takes is denied."""
    selector_events.BaseSelectorEventLoop._make_self_pipe = _make_self_pipe


def _make_self_pipe(loop: Any) -> None:
    """As asyncio/selector_events.py, CPython 3.11 to 3.14, with a pipe."""
    loop._ssock, loop._csock = map(_PipeEnd, os.pipe())
    loop._internal_fds += 1
    loop._add_reader(loop._ssock.fileno(), loop._read_from_self)


class _PipeEnd:
    """One end of a pipe with as much of a socket's interface as an event loop uses."""

    def __init__(self, descriptor: int) -> None:
        os.set_blocking(descriptor, False)
        self._descriptor = descriptor

    def fileno(self) -> int:
        return self._descriptor

    def recv(self, size: int) -> bytes:
        return os.read(self._descriptor, size)

    def send(self, data: bytes) -> int:
        return os.write(self._descriptor, data)

    def close(self) -> None:
        os.close(self._descriptor)
