"""What can be said about a program by looking at its text; nothing is ever executed here."""

from __future__ import annotations

import re

_RNN = re.compile(r"^[ \t]*(?:class[ \t]+SimpleRNN\b|SimpleRNN[ \t]*=[^=])", re.MULTILINE)
_STUB = re.compile(r"^[ \t]+(?:pass|raise NotImplementedError\b.*)[ \t]*$", re.MULTILINE)


def defines_rnn(program: str) -> bool:
    """Whether a line of the text defines SimpleRNN."""
    return _RNN.search(program) is not None


def stubs(program: str) -> int:
    """How many bodies look as they were handed out: a line of `pass` or NotImplementedError."""
    return len(_STUB.findall(program))
