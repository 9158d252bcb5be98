"""From what a worker reports to what a student reads. Everything reported is the student's word.

`guarded` texts (for hidden cases) carry only the name of a built-in exception and a line number
of the student's own file, so that a hidden input cannot be read out through them.
"""

from __future__ import annotations

import builtins
import re
import unicodedata
from collections.abc import Callable

from grader.faults import BadValue, Crashed, NotDefined, NotImplementedYet, StudentFault, TimedOut
from grader.language import Message, Value, say
from grader.sandbox.worker import schema

LineOf = Callable[[int], str]
FILE = "rnn.py"

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}  # control, format (bidi), surrogate, private use
_NUMPY_2 = re.compile(
    r"only 0-dimensional arrays can be converted|inhomogeneous shape"
    r"|setting an array element with a sequence"
)


def plain(words: str, limit: int = 300) -> str:
    """A student's words, safe in a terminal: control and direction characters are spelled out."""
    cut = words if len(words) <= limit else words[: limit - 1] + "…"
    return "".join(
        f"\\u{ord(sign):04x}"
        if unicodedata.category(sign) in _HIDDEN and sign not in "\n\t"
        else sign
        for sign in cut
    )


def of_call(fault: schema.Fault, where: str, line_of: LineOf) -> StudentFault:
    """The fault of a call; `where` names what was called ("SimpleRNN.forward")."""
    if fault.kind == "missing":
        return NotDefined(where)
    if fault.kind == "too_much":
        return BadValue(say("{where} returned more data than the grader takes.", where=where))
    if fault.kind == "not_writable":
        return BadValue(say("The parameters of {where} cannot be written.", where=where))
    if fault.builtin == "NotImplementedError":
        return NotImplementedYet(where)
    return crash(fault, where, line_of)


def crash(fault: schema.Fault, where: str, line_of: LineOf) -> Crashed:
    """A call that raised: the exception, its words, the student's line, and a hint."""
    code = line_of(fault.line)
    known: dict[str, Value] = {
        "where": where,
        "exception": plain(fault.exception, 60),
        "words": _one_line(fault.text),
        "line": fault.line,
        "code": _one_line(code),
    }
    if code:
        message = say("{where} raised {exception}: {words} (line {line}: {code}).", **known)
        guarded = say(
            "{where} raised {exception} (line {line} of your file).",
            where=where, exception=_builtin(fault.builtin), line=fault.line,
        )  # fmt: skip
    else:
        message = say("{where} raised {exception}: {words}.", **known)
        guarded = say("{where} raised {exception}.", where=where, exception=_builtin(fault.builtin))
    if _NUMPY_2.search(fault.text):
        return Crashed(_with_hint(message), _with_hint(guarded))
    return Crashed(message, guarded)


def of_load(fault: schema.Fault, line_of: LineOf, seconds: float) -> StudentFault:
    """What went wrong while the file was read or run."""
    if fault.kind == "late":
        return TimedOut(
            say(
                "Running your file took more than {seconds} s and was stopped at line {line}. "
                'Put training under `if __name__ == "__main__":`. '
                "What stands above that line was graded.",
                seconds=_number(seconds), line=fault.line,
            )
        )  # fmt: skip
    if fault.kind == "syntax":
        return Crashed(
            say(
                "Python cannot read your file: {words} (line {line}: {code}). "
                "Only what stands above was graded.",
                words=_one_line(fault.text), line=fault.line, code=_one_line(line_of(fault.line)),
            ),
            say("Python cannot read your file from line {line} on.", line=fault.line),
        )  # fmt: skip
    return _load_crash(fault, line_of)


def _load_crash(fault: schema.Fault, line_of: LineOf) -> Crashed:
    inner = crash(fault, FILE, line_of)
    return Crashed(
        say("{what} Only what stands above that line was graded.", what=inner.message),
        say("{what} Only what stands above that line was graded.", what=inner.guarded),
    )


def late(where: str, seconds: float) -> TimedOut:
    return TimedOut(
        say("{where} did not return within {seconds} s.", where=where, seconds=_number(seconds))
    )


def worn_out(deaths: int) -> Crashed:
    return Crashed(say("Your program was started {count} times and ended each time.", count=deaths))


def spent(seconds: float) -> TimedOut:
    return TimedOut(
        say("Your program used up the {seconds} s that it has in all.", seconds=_number(seconds))
    )


def overfull(where: str, size: int) -> Crashed:
    return Crashed(
        say(
            "{where} wrote more than {size} MiB of files into its working folder.",
            where=where, size=size >> 20,
        )
    )  # fmt: skip


def left(where: str, how: Message) -> Crashed:
    return Crashed(
        say("{where} ended the program ({how}).", where=where, how=how),
        # An exit status is chosen by the program: for a hidden case it would carry a byte out.
        say("{where} ended the program.", where=where),
    )


def garbled(where: str) -> BadValue:
    return BadValue(say("{where} sent back something that is no data.", where=where))


def _with_hint(message: Message) -> Message:
    return say(
        "{what} Hint: since NumPy 2.4 an array of one element is no longer taken for a number, and "
        "rows of different length are no array; index the element (`a[0]`, `a.item()`) or make the "
        "shapes equal.",
        what=message,
    )


def _one_line(words: str) -> str:
    return plain(" ".join(words.split()), 300)


def _builtin(name: str) -> str:
    """`name` where it is a built-in exception's; it came from the worker."""
    kind = getattr(builtins, name, None) if name.isidentifier() else None
    is_exception = isinstance(kind, type) and issubclass(kind, BaseException)
    return name if is_exception else "Exception"


def _number(seconds: float) -> str:
    return f"{seconds:g}"
