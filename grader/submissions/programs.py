"""What can be said about a program by looking at its text; nothing is ever executed here."""

from __future__ import annotations

import re

_RNN = re.compile(r"^[ \t]*(?:class[ \t]+SimpleRNN\b|SimpleRNN[ \t]*=[^=])", re.MULTILINE)


def defines_rnn(program: str) -> bool:
    """Whether a line of the text defines SimpleRNN."""
    return _RNN.search(program) is not None
