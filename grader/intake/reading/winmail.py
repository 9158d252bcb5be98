"""winmail.dat: what Outlook makes of attachments (TNEF, MS-OXTNEF), read by tnefparse."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from functools import partial
from typing import Any

from grader.intake.collection import Caps
from grader.intake.reading.arrivals import Arrival, LimitReached, Parcel, Raw
from grader.intake.reading.decoding import decode_name
from grader.intake.reading.members import Members
from grader.language import say

MOST_OBJECTS = 1_000  # tnefparse copies the rest of the file for each
_BEGIN, _HEADER = 6, 9  # signature and key; level, name, type and length of an object


def open_winmail(raw: Raw, caps: Caps) -> tuple[Parcel, Iterator[Raw | Arrival]]:
    """The attachments inside. Raises whatever tnefparse finds wrong."""
    from tnefparse import TNEF  # noqa: PLC0415 - rarely needed

    data = raw.stream.read(caps.file)
    if _objects(data) > MOST_OBJECTS:
        raise LimitReached(say("It holds more files than the limit; reading stopped."))
    message = TNEF(data)
    members = Members(raw, caps)
    return members.parcel, _all(message, members)


def _objects(data: bytes) -> int:
    count, position = 0, _BEGIN
    while position + _HEADER < len(data) and count <= MOST_OBJECTS:
        (length,) = struct.unpack_from("<L", data, position + 5)
        position += _HEADER + length + 2
        count += 1
    return count


def _all(message: Any, members: Members) -> Iterator[Raw | Arrival]:
    for number, part in enumerate(message.attachments, start=1):
        name = _name(part) or f"part-{number}"
        data = bytes(part.data)
        yield members.take(name, None, len(data), opened=partial(io.BytesIO, data))


def _name(part: Any) -> str:
    """The long name where there is one. The short one is bytes in a code page that seldom is told."""
    for attribute in part.mapi_attrs:
        if attribute.name == _LONG_NAME:
            return _text(attribute.data)
    return _text(part._name)  # noqa: SLF001 - its `name` decodes as UTF-8 and fails on GBK


_LONG_NAME = 0x3707  # PidTagAttachLongFilename


def _text(value: object) -> str:
    while isinstance(value, list | tuple):
        value = value[0] if value else ""
    text = decode_name(value) if isinstance(value, bytes) else str(value)
    return text.strip("\0 ")
