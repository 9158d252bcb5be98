"""Files that are no containers, read as far as their kind can be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from grader.intake.collection import Caps
from grader.intake.reading.arrivals import Arrival, Raw, arrival
from grader.intake.reading.bodies import only_a_link
from grader.intake.reading.decoding import Decoded, Unreadable, decode
from grader.intake.reading.kinds import (
    REFUSED,
    address_in_place_of_a_file,
    damaged,
    is_between_attachments,
    kind_of,
    kit_failed,
    link_in_place_of_a_file,
    refusal,
    stem_of,
    suffix_of,
    too_large,
)
from grader.intake.reading.magics import EXPORTED, without_magics
from grader.intake.reading.programs import defines_rnn, is_bonus
from grader.intake.reading.typed import (
    addresses,
    is_address,
    is_typed,
    plain_text,
    typed_program,
    typed_report,
)
from grader.language import Message, say

_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]", re.MULTILINE)


def read_leaf(raw: Raw, caps: Caps) -> Arrival:
    """One file that is no container, by its kind. Raises nothing."""
    try:
        read = _by_kind(raw, caps)
        return arrival(raw, "ignored") if _is_between(raw, read) else read
    except Unreadable as finding:
        if is_between_attachments(raw.name):
            return arrival(raw, "ignored")
        return arrival(raw, "unreadable", finding.trouble)
    except Exception as error:  # noqa: BLE001 - a reader of ours that stops must stop nobody else
        return arrival(raw, "unreadable", kit_failed(error))


def _is_between(raw: Raw, read: Arrival) -> bool:
    """Whether it is a piece of a mail's text between attachments, and neither program nor report."""
    return is_between_attachments(raw.name) and not (
        read.program or _HEADING.search(read.report or "")
    )


def _by_kind(raw: Raw, caps: Caps) -> Arrival:
    kind = kind_of(raw)
    if kind == "document" and is_typed(raw.name, raw.parcel.clue):
        kind = "typed"
    if kind == "picture" and not raw.ignored:
        return arrival(raw, "picture")
    if kind == "document" and is_address(raw.name):
        return arrival(raw, "unreadable", address_in_place_of_a_file())
    if kind in REFUSED:
        return arrival(raw, "unreadable", refusal(kind, raw.name))
    reader = _READERS.get(kind)
    if reader is None:
        return arrival(raw, "ignored" if kind == "ignored" else "extra")
    return reader(raw, caps)


def _read(raw: Raw, limit: int) -> bytes:
    if raw.size > limit:
        raise Unreadable(too_large(limit))
    return raw.stream.read(limit)


def _words(data: bytes, *, python: bool = False) -> Decoded:
    """The text of a file. Raises `Unreadable` also where it only says where to find the work."""
    decoded = decode(data, python=python)
    if told := only_a_link(decoded.text):
        raise Unreadable(link_in_place_of_a_file(told))
    return decoded


def _read_python(raw: Raw, caps: Caps) -> Arrival:
    data = _read(raw, caps.source)
    decoded = (decode if _has_code(data) else _words)(data, python=True)
    text, notes = decoded.text, decoded.notes
    if "get_ipython()" in text and EXPORTED.search(text):
        text = without_magics(text)
        notes = (*notes, say("Lines that only IPython understands were left out."))
    role = "bonus" if is_bonus(stem_of(raw.name), text) else "source"
    return arrival(raw, role, program=text, notes=notes)


def _has_code(data: bytes) -> bool:
    """Whether any line looks like a statement, and not like a comment or an address."""
    return (
        re.search(rb"(?m)^[ \t]*(?:import|from|def|class|print)\b|^[^#\n:]*=(?!.*//)", data)
        is not None
    )


def _read_report(raw: Raw, caps: Caps) -> Arrival:
    decoded = _words(_read(raw, caps.report))
    return arrival(raw, "report", report=decoded.text, notes=decoded.notes)


def _read_text(raw: Raw, caps: Caps) -> Arrival:
    """A .txt or nameless text: a program if it defines SimpleRNN, else a .txt is a report."""
    head = _read(raw, caps.report)
    decoded = _words(head, python=True)
    if defines_rnn(decoded.text) and raw.size <= caps.source:
        note = say("{name} was taken for the program; it should end in .py.", name=raw.name)
        return arrival(raw, "source", program=decoded.text, notes=(*decoded.notes, note))
    note = say("{name} was taken for the report; it should end in .md.", name=raw.name)
    return arrival(raw, "report", report=decoded.text, notes=(*decoded.notes, note))


def _read_unknown(raw: Raw, caps: Caps) -> Arrival:
    try:
        read = _read_text(raw, caps)
    except Unreadable:
        return arrival(raw, "extra")
    return read if read.role == "source" else arrival(raw, "extra")


def _read_notebook(raw: Raw, caps: Caps) -> Arrival:
    from grader.intake.reading.notebooks import read_notebook  # noqa: PLC0415  # loads NumPy

    data = _read(raw, caps.report)
    raw.stream.seek(0)  # it may be no notebook, and be read again
    if data.count(b'"cell_type"') > caps.cells:  # validating is slow; no homework is this long
        raise Unreadable(too_large(caps.report))
    text = decode(data).text
    try:
        notebook = read_notebook(text)
    except Exception as error:
        if defines_rnn(text) and not text.lstrip().startswith("{"):
            return _read_text(raw, caps)
        raise Unreadable(damaged(error)) from error
    if not notebook.program and (told := only_a_link(notebook.report)):
        raise Unreadable(link_in_place_of_a_file(told))
    if len(notebook.program) > caps.source:
        raise Unreadable(too_large(caps.source))
    return arrival(
        raw,
        "source",
        program=notebook.program if notebook.program.strip() else None,
        report=notebook.report or None,
        notes=(*_misnamed(raw), *notebook.notes),
    )


def _misnamed(raw: Raw) -> Iterator[Message]:
    if suffix_of(raw.name) != ".ipynb":
        yield say("{name} holds a notebook; it should end in .ipynb.", name=raw.name)


def _read_typed(raw: Raw, caps: Caps) -> Arrival:
    """What a student typed into the platform's own page."""
    decoded = decode(_read(raw, caps.report))
    text = plain_text(decoded.text)
    if told := only_a_link("\n".join((text, *addresses(decoded.text)))):
        raise Unreadable(link_in_place_of_a_file(told))
    if defines_rnn(text) and raw.size <= caps.source:
        return arrival(raw, "source", program=text, notes=(*decoded.notes, typed_program()))
    return arrival(raw, "report", report=text, notes=(*decoded.notes, typed_report()))


def _read_listing(raw: Raw, caps: Caps) -> Arrival:
    return arrival(raw, "ignored", listing=decode(_read(raw, caps.report)).text)


_READERS: dict[str, Callable[[Raw, Caps], Arrival]] = {
    "python": _read_python,
    "notebook": _read_notebook,
    "report": _read_report,
    "text": _read_text,
    "unknown": _read_unknown,
    "typed": _read_typed,
    "listing": _read_listing,
}
