"""From paths to arrivals: containers are opened level by level, leaves are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from grader.intake.collection import Caps, Trouble
from grader.intake.reading.arrivals import (
    Arrival,
    LimitReached,
    Parcel,
    Raw,
    arrival,
)
from grader.intake.reading.decoding import Unreadable, decode
from grader.intake.reading.disk import from_disk
from grader.intake.reading.kinds import (
    damaged,
    kind_of,
    refusal,
    stopped,
    too_deep,
    too_large,
)
from grader.intake.reading.mails import open_mail, open_mbox
from grader.intake.reading.notebooks import EXPORTED, read_notebook, without_magics
from grader.intake.reading.programs import defines_rnn
from grader.intake.reading.zips import open_zip
from grader.language import say

Opener = Callable[[Raw, Caps], tuple[Parcel, Iterator[Raw | Arrival]]]

OPENERS: dict[str, tuple[Opener, str]] = {
    "zip": (open_zip, "archive"),
    "mail": (open_mail, "mail"),
    "mbox": (open_mbox, "mail"),
}


def arrivals(paths: Sequence[Path], caps: Caps) -> Iterator[Arrival]:
    """Everything under `paths`, containers before their contents.

    Nothing stays in memory but the texts of programs and reports.
    """
    for found in walk(paths, caps):
        yield read_leaf(found, caps) if isinstance(found, Raw) else found


def contents(
    paths: Sequence[Path], caps: Caps, wanted: AbstractSet[str]
) -> Iterator[tuple[str, bytes]]:
    """(sha256, bytes) of the files with these hashes, each once: a report's pictures, say.

    Read anew, so that an intake of thousands of mails holds no pictures in memory.
    """
    missing = set(wanted)
    for found in walk(paths, caps):
        if isinstance(found, Raw) and found.sha256 in missing and found.size <= caps.file:
            missing.remove(found.sha256)
            yield found.sha256, found.stream.read(caps.file)


def walk(paths: Sequence[Path], caps: Caps) -> Iterator[Raw | Arrival]:
    """All leaves, unread, and an arrival for every container."""
    for found in from_disk(paths, caps):
        yield from _unpack(found, caps)


def _unpack(found: Raw | Arrival, caps: Caps) -> Iterator[Raw | Arrival]:
    kind = kind_of(found) if isinstance(found, Raw) else ""
    if isinstance(found, Arrival) or kind not in OPENERS:
        yield found
        return
    opener, role = OPENERS[kind]
    if trouble := _not_to_open(found, kind, caps):
        yield arrival(found, "unreadable", trouble)
        return
    try:
        parcel, members = opener(found, caps)
    except LimitReached as limit:
        yield arrival(found, "unreadable", stopped(limit.reason))
        return
    except Exception as error:  # noqa: BLE001 - zipfile and email raise many types on hostile bytes; one file must not stop the rest
        yield arrival(found, "unreadable", damaged(error))
        return
    yield arrival(found, role, opens=parcel)
    for member in _guarded(members, found, role):
        yield from _unpack(member, caps)


def _not_to_open(raw: Raw, kind: str, caps: Caps) -> Trouble | None:
    if raw.depth > caps.depth:
        return too_deep(caps.depth)
    return too_large(caps.file) if kind == "mail" and raw.size > caps.file else None


def _guarded(members: Iterator[Raw | Arrival], raw: Raw, role: str) -> Iterator[Raw | Arrival]:
    """The members up to the first that cannot be had; then a remark that says why."""
    try:
        yield from members
    except LimitReached as limit:
        yield arrival(raw, role, stopped(limit.reason), remark=True)
    except Exception as error:  # noqa: BLE001 - as above
        yield arrival(raw, role, damaged(error), remark=True)


def read_leaf(raw: Raw, caps: Caps) -> Arrival:
    """One file that is no container, by its kind."""
    kind = kind_of(raw)
    if kind in ("archive", "document", "outlook"):
        return arrival(raw, "unreadable", refusal(kind, raw.name))
    reader = _READERS.get(kind)
    if reader is None:
        return arrival(raw, "ignored" if kind == "ignored" else "extra")
    try:
        return reader(raw, caps)
    except Unreadable as finding:
        return arrival(raw, "unreadable", finding.trouble)


def _read(raw: Raw, limit: int) -> bytes:
    if raw.size > limit:
        raise Unreadable(too_large(limit))
    return raw.stream.read(limit)


def _read_python(raw: Raw, caps: Caps) -> Arrival:
    decoded = decode(_read(raw, caps.source), python=True)
    text, notes = decoded.text, decoded.notes
    if EXPORTED.search(text) and "get_ipython()" in text:
        text = without_magics(text)
        notes = (*notes, say("Lines that only IPython understands were left out."))
    return arrival(raw, "source", program=text, notes=notes)


def _read_report(raw: Raw, caps: Caps) -> Arrival:
    decoded = decode(_read(raw, caps.report))
    return arrival(raw, "report", report=decoded.text, notes=decoded.notes)


def _read_text(raw: Raw, caps: Caps) -> Arrival:
    """A .txt or nameless text: a program if it defines SimpleRNN, else a .txt is a report."""
    head = _read(raw, caps.report)
    decoded = decode(head, python=True)
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
    data = _read(raw, caps.report)
    if data.count(b'"cell_type"') > caps.cells:  # validating is slow; no homework is this long
        raise Unreadable(too_large(caps.report))
    text = decode(data).text
    try:
        notebook = read_notebook(text)
    except Exception as error:
        raise Unreadable(damaged(error)) from error
    if len(notebook.program) > caps.source:
        raise Unreadable(too_large(caps.source))
    return arrival(
        raw,
        "source",
        program=notebook.program if notebook.program.strip() else None,
        report=notebook.report or None,
        notes=notebook.notes,
    )


_READERS: dict[str, Callable[[Raw, Caps], Arrival]] = {
    "python": _read_python,
    "notebook": _read_notebook,
    "report": _read_report,
    "text": _read_text,
    "unknown": _read_unknown,
}
