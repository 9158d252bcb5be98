"""A wish to stop, by Ctrl-C or SIGTERM: heard between two steps, never in the middle of one."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

# A run started in the background of a script ignores SIGINT; SIGTERM ends it as cleanly.
STOPS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stoppable() -> Iterator[None]:
    """In the block SIGTERM raises KeyboardInterrupt, as Ctrl-C does."""
    if not _hears_signals():
        yield
        return
    handler = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, handler)


@contextmanager
def held() -> Iterator[None]:
    """Both wait until the block is over."""
    if not _hears_signals():
        yield
        return
    came: list[int] = []
    handlers = {
        number: signal.signal(number, lambda number, _: came.append(number))
        for number in STOPS
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        if came:
            signal.raise_signal(came[0])


def _hears_signals() -> bool:
    return threading.current_thread() is threading.main_thread()
