"""Mails: .eml, .emlx and Maildir files, mbox files, and mails inside mails."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.generator import BytesGenerator
from email.message import Message as Mail
from email.parser import BytesFeedParser
from io import BytesIO
from itertools import chain
from typing import BinaryIO

from grader.intake.collection import Caps, Trouble
from grader.intake.reading.arrivals import (
    Arrival,
    Parcel,
    Raw,
    arrival,
)
from grader.intake.reading.bodies import in_place_of_a_file, own_words, text_of, uuencoded
from grader.intake.reading.filenames import LONGEST
from grader.intake.reading.headers import (
    RAW_HEADERS,
    file_name,
    header,
    received_at,
    recipients,
    sender,
    sent_at,
    written_at,
    wrong_clock,
)
from grader.intake.reading.kinds import kept_apart, stem_of, too_large
from grader.language import say
from grader.records import Concern

_SUFFIXES = {
    "text/x-python": ".py",
    "application/x-python": ".py",
    "text/markdown": ".md",
    "application/x-ipynb+json": ".ipynb",
    "application/zip": ".zip",
    "application/x-zip-compressed": ".zip",
}


def open_mail(raw: Raw, caps: Caps) -> tuple[Parcel, Iterator[Raw | Arrival]]:
    """The mail as a parcel, and its attachments."""
    mail = _parsed(raw.stream.read(caps.file))
    name, address = sender(mail)
    leaves = list(_leaves(mail, raw.budget.members_left + 1))
    packed = uuencoded(leaf.part for leaf in leaves if not leaf.name)
    named = [leaf.name if not leaf.is_mail else ".eml" for leaf in leaves if leaf.name]
    named += [name for name, _ in packed]
    texts = [text_of(leaf.part) for leaf in leaves if not leaf.name]
    lure, linked = in_place_of_a_file(named, texts)
    parcel = Parcel(
        "mail",
        raw.path,
        (header(mail, "Subject") or linked)[:LONGEST],
        raw.parcel,
        sender=address,
        sender_name=name,
        received=_outermost_received(raw.parcel) or received_at(mail),
        to=recipients(mail),
        lure=lure,
        words=own_words(texts),
    )
    sent = sent_at(mail)
    raw = replace(raw, sent=sent or raw.sent)
    doubt = (
        [arrival(raw, "mail", _doubted(mail), opens=parcel, remark=True)]
        if wrong_clock(mail)
        else []
    )
    inside = (raw.inside(parcel, name, data) for name, data in packed)
    return parcel, chain(doubt, _parts(leaves, raw, parcel), inside)


def _doubted(mail: Mail) -> Trouble:
    written = written_at(mail)
    return Trouble(
        say(
            "Its Date, {date}, cannot be when it was sent; the time of its arrival counts, if it has one.",
            date=written.strftime("%Y-%m-%d") if written else "?",
        ),
        say("Nothing, if that is right; else give the student an extension in overrides.csv."),
        Concern.INFORMATION,
    )


def open_emlx(raw: Raw, caps: Caps) -> tuple[Parcel, Iterator[Raw | Arrival]]:
    """Apple Mail's own file: a line with the length of the mail, the mail, what Apple notes of it."""
    length = int(raw.stream.readline(LONGEST))
    return open_mail(replace(raw, stream=BytesIO(raw.stream.read(min(length, caps.file)))), caps)


def _parsed(data: bytes) -> Mail:
    """As `email.message_from_bytes`, in one piece and not in pieces of 8 kB, which takes longer."""
    parser = BytesFeedParser(policy=RAW_HEADERS)
    parser.feed(data)
    return parser.close()


def _outermost_received(parcel: Parcel) -> datetime | None:
    """What a forwarded mail claims about its own way counts less than the mail around it."""
    return next((outer.received for outer in parcel.outwards() if outer.received), None)


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A part that is no container, or a whole mail inside; `name` is "" for the mail's own text."""

    part: Mail
    number: int
    name: str
    is_mail: bool = False


def _leaves(mail: Mail, most: int) -> Iterator[_Leaf]:
    """The parts in their order, each with the name of its attachment; of these at most `most`."""
    stack = [mail]
    number = named = 0
    while stack and named < most:
        part = stack.pop()
        number += 1
        if part.is_multipart() and part.get_content_type() == "message/rfc822":
            name = file_name(part) or f"forwarded-{number}"
            named += 1
            yield _Leaf(part, number, name, is_mail=True)
        elif part.is_multipart():
            stack.extend(reversed(_children(part)))
        else:
            name = _name_of(part, number)
            named += bool(name)
            yield _Leaf(part, number, name)


def _parts(leaves: Sequence[_Leaf], raw: Raw, parcel: Parcel) -> Iterator[Raw | Arrival]:
    for leaf in leaves:
        if leaf.is_mail:
            yield _forwarded(leaf, raw, parcel)
        elif leaf.name:
            found = raw.inside(parcel, leaf.name, _content(leaf.part))
            apart = not found.size and leaf.part.get("X-Apple-Content-Length")
            yield arrival(found, "unreadable", kept_apart(found.name)) if apart else found


def _children(part: Mail) -> list[Mail]:
    payload = part.get_payload()
    return (
        [inner for inner in payload if isinstance(inner, Mail)] if isinstance(payload, list) else []
    )


def _forwarded(leaf: _Leaf, raw: Raw, parcel: Parcel) -> Raw:
    inner, name = _children(leaf.part)[0], leaf.name
    # mangle_from_ would change lines that begin with "From ".
    buffer = BytesIO()
    BytesGenerator(buffer, mangle_from_=False, policy=RAW_HEADERS).flatten(inner)
    return raw.inside(
        parcel, name if name.lower().endswith(".eml") else f"{name}.eml", buffer.getvalue()
    )


def _name_of(part: Mail, number: int) -> str:
    """The attachment's name, made from its type where it has none; "" for the mail's own text."""
    if name := file_name(part):
        return name
    kind = part.get_content_type()
    attached = part.get_content_disposition() == "attachment"
    if kind in ("text/plain", "text/html") and not attached:
        return ""
    return f"part-{number}{_SUFFIXES.get(kind) or mimetypes.guess_extension(kind) or ''}"


def _content(part: Mail) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def open_mbox(raw: Raw, caps: Caps) -> tuple[Parcel, Iterator[Raw | Arrival]]:
    """The mbox as a folder of mails. `mailbox.mbox` wants a path; this one may lie in a zip."""
    parcel = Parcel("folder", raw.path, stem_of(raw.name), raw.parcel)
    return parcel, _messages(raw, parcel, caps)


def _messages(raw: Raw, parcel: Parcel, caps: Caps) -> Iterator[Raw | Arrival]:
    for number, data in enumerate(split_mbox(raw.stream, caps.file), start=1):
        message = raw.inside(parcel, f"{number:05}.eml", data)
        yield (
            arrival(message, "unreadable", too_large(caps.file))
            if len(data) > caps.file
            else message
        )


def split_mbox(stream: BinaryIO, limit: int) -> Iterator[bytes]:
    """The messages: each begins with a line `From ` at the start or after an empty line.

    A message above `limit` bytes is cut off a little after it.
    """
    lines: list[bytes] = []
    size, begun, blank = 0, False, True
    for line in iter(lambda: stream.readline(1 << 16), b""):
        if blank and line.startswith(b"From "):
            if begun:
                yield b"".join(lines)
            lines, size, begun = [], 0, True
        elif begun and size <= limit:
            lines.append(line)
            size += len(line)
        blank = line in (b"\n", b"\r\n")
    if begun:
        yield b"".join(lines)
