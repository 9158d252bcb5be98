"""From what a worker reports to what a student reads. Everything reported is the student's word.

`guarded` texts (for hidden cases) carry only the name of a built-in exception and a line number
of the student's own file, so that a hidden input cannot be read out through them.
"""

from __future__ import annotations

import builtins
import unicodedata

from grader.faults import (
    BadValue,
    Crashed,
    NotDefined,
    NotImplementedYet,
    PerhapsOurs,
    StudentFault,
    TimedOut,
)
from grader.language import Message, Value, say
from grader.sandbox import fault_hints
from grader.sandbox.program_text import ProgramText
from grader.sandbox.worker import schema
from grader.sandbox.worker.source import BONUS_FILENAME, FILENAME

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}  # control, format (bidi), surrogate, private use


def plain(words: str, limit: int = 300) -> str:
    """A student's words, safe in a terminal: control and direction characters are spelled out."""
    cut = words if len(words) <= limit else words[: limit - 1] + "…"
    return "".join(
        f"\\u{ord(sign):04x}"
        if unicodedata.category(sign) in _HIDDEN and sign not in "\n\t"
        else sign
        for sign in cut
    )


def of_call(fault: schema.Fault, where: str, program: ProgramText) -> StudentFault:
    """The fault of a call; `where` names what was called ("SimpleRNN.forward")."""
    if fault.ours:
        return _perhaps_ours(fault, where)
    if fault.kind == "missing":
        return NotDefined(where)
    if fault.kind == "too_much":
        return BadValue(say("{where} returned more data than the grader takes.", where=where))
    if fault.kind == "not_writable":
        return BadValue(say("The parameters of {where} cannot be written.", where=where))
    if fault.builtin == "NotImplementedError":
        return NotImplementedYet(where)
    return crash(fault, where, program)


def _perhaps_ours(fault: schema.Fault, where: str) -> PerhapsOurs:
    """The student is not to blame for it, so far as anybody here can know."""
    return PerhapsOurs(
        say(
            "The grader's own code stopped with {exception} while it looked into {where}: probably "
            "no mistake of yours. Tell your teacher; where teachers grade, a person is asked to look.",
            exception=_builtin(fault.builtin), where=where,
        )
    )  # fmt: skip


def crash(fault: schema.Fault, where: str, program: ProgramText) -> Crashed:
    """A call that raised: the exception, its words, the student's line, and a hint."""
    code = program.line(fault.line)
    cell, line = program.cell(fault.line)
    known: dict[str, Value] = {
        "where": where,
        "exception": plain(fault.exception, 60),
        "words": _one_line(fault.text),
        "line": line,
        "cell": cell,
        "code": _one_line(code),
    }
    if code and cell:
        message = say(
            "{where} raised {exception}: {words} (cell {cell}, line {line}: {code}).", **known
        )
        guarded = say(
            "{where} raised {exception} (cell {cell} of your notebook, line {line}).",
            where=where, exception=_builtin(fault.builtin), cell=cell, line=line,
        )  # fmt: skip
    elif code:
        message = say("{where} raised {exception}: {words} (line {line}: {code}).", **known)
        guarded = say(
            "{where} raised {exception} (line {line} of your file).",
            where=where, exception=_builtin(fault.builtin), line=line,
        )  # fmt: skip
    else:
        message = say("{where} raised {exception}: {words}.", **known)
        guarded = say("{where} raised {exception}.", where=where, exception=_builtin(fault.builtin))
    return _hinted(message, guarded, fault, program)


def of_load(fault: schema.Fault, program: ProgramText, seconds: float) -> StudentFault:
    """What went wrong while the file was read or run."""
    if cell := program.cell(fault.line)[0]:
        return _of_cell(fault, cell, program)
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
        return _hinted(
            say(
                "Python cannot read your file: {words} (line {line}: {code}). "
                "Only what stands above was graded.",
                words=_one_line(fault.text), line=fault.line, code=_one_line(program.line(fault.line)),
            ),
            say("Python cannot read your file from line {line} on.", line=fault.line),
            fault,
            program,
        )  # fmt: skip
    return _load_crash(fault, program)


def _of_cell(fault: schema.Fault, cell: int, program: ProgramText) -> StudentFault:
    """What went wrong in one cell of a notebook; the others were run."""
    known: dict[str, Value] = {
        "cell": cell,
        "exception": plain(fault.exception, 60),
        "words": _one_line(fault.text),
        "code": _one_line(program.line(fault.line)),
    }
    if fault.kind == "late":
        return TimedOut(
            say(
                "Cell {cell} of your notebook took too long and was stopped. The others were run.",
                cell=cell,
            )
        )
    if fault.kind == "syntax":
        message = say(
            "Python cannot read cell {cell} of your notebook: {words} ({code}). The others were run.",
            **known,
        )
        guarded = say("Python cannot read cell {cell} of your notebook.", cell=cell)
    else:
        message = say(
            "Cell {cell} of your notebook raised {exception}: {words} ({code}). The others were run.",
            **known,
        )
        guarded = say(
            "Cell {cell} of your notebook raised {exception}. The others were run.",
            cell=cell,
            exception=_builtin(fault.builtin),
        )
    return _hinted(message, guarded, fault, program)


def _load_crash(fault: schema.Fault, program: ProgramText) -> Crashed:
    inner = crash(fault, BONUS_FILENAME if fault.bonus else FILENAME, program)
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


def _hinted(
    message: Message, guarded: Message, fault: schema.Fault, program: ProgramText
) -> Crashed:
    hint = fault_hints.of(fault, program)
    if hint is None:
        return Crashed(message, guarded)
    return Crashed(_followed(message, hint), _followed(guarded, hint))


def _followed(message: Message, hint: Message) -> Message:
    return say("{what} {hint}", what=message, hint=hint)


def _one_line(words: str) -> str:
    return plain(" ".join(words.split()), 300)


def _builtin(name: str) -> str:
    """`name` where it is a built-in exception's; it came from the worker."""
    kind = getattr(builtins, name, None) if name.isidentifier() else None
    is_exception = isinstance(kind, type) and issubclass(kind, BaseException)
    return name if is_exception else "Exception"


def _number(seconds: float) -> str:
    return f"{seconds:g}"
