"""What an exception hints at that its words do not say: surroundings, versions, the main block."""

from __future__ import annotations

import re
import sys

from grader import portability
from grader.language import Message, say
from grader.sandbox.program_text import ProgramText
from grader.sandbox.worker import schema
from grader.sandbox.worker.ordinary.no_network import NO_NETWORK
from grader.sandbox.worker.ordinary.no_processes import NO_PROCESSES, NO_PROGRAMS

_NUMPY_2 = re.compile(
    r"only 0-dimensional arrays can be converted|inhomogeneous shape"
    r"|setting an array element with a sequence"
)
_UNKNOWN_NAME = re.compile(r"name '(\w+)' is not defined")
_TOO_OLD = frozenset({"ImportError", "ModuleNotFoundError", "AttributeError", "SyntaxError"})


def of(fault: schema.Fault, program: ProgramText) -> Message | None:
    """The hint; it holds no word of the student's, so that it may stand beside a hidden case."""
    need = program.newer.get(fault.line) if _by_version(fault) else None
    if need is not None:
        return portability.words(need, sys.version_info[:2])
    if _NUMPY_2.search(fault.text):
        return say(
            "Hint: since NumPy 2.4 an array of one element is no longer taken for a number, and "
            "rows of different length are no array; index the element (`a[0]`, `a.item()`) or make the "
            "shapes equal."
        )
    if (hint := _of_surroundings(fault)) is not None:
        return hint
    name = _UNKNOWN_NAME.search(fault.text)
    if name and name[1] in program.only_in_main_block:
        return say(
            'A name that is needed here is set only under `if __name__ == "__main__":`, which does not '
            "run when your file is imported. Set it above, at the top of the file."
        )
    return None


def _of_surroundings(fault: schema.Fault) -> Message | None:
    if NO_PROCESSES in fault.text or NO_PROGRAMS in fault.text:
        return say(
            "The grader runs your program alone: no other processes run here and no other programs. "
            "Use a plain loop, or threads."
        )
    if NO_NETWORK in fault.text:
        return say("The grader has no network: make the data in the program itself.")
    if fault.builtin == "ModuleNotFoundError":
        return say(
            "Only the standard library of Python, NumPy and matplotlib are there when this is graded."
        )
    if fault.builtin == "EOFError" and "reading a line" in fault.text:
        return say(
            "input() waits for somebody to type, and nobody does while this is graded. Leave it out, or "
            'put it under `if __name__ == "__main__":`.'
        )
    return None


def _by_version(fault: schema.Fault) -> bool:
    return fault.kind == "syntax" or fault.builtin in _TOO_OLD
