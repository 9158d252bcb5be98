"""Zip files: members are read into memory under caps; nothing is ever extracted to disk."""

from __future__ import annotations

import stat
import struct
import warnings
import zlib
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import BinaryIO
from zipfile import ZipFile, ZipInfo

from grader.intake.collection import Caps, Trouble
from grader.intake.reading.arrivals import CHUNK, Arrival, LimitReached, Parcel, Raw
from grader.intake.reading.decoding import decode_name
from grader.intake.reading.members import Members, link, locked, time_of
from grader.language import say

_UTF8_FLAG, _ENCRYPTED_FLAG = 0x800, 0x1
_DIRECTORY_ENTRY = b"PK\x01\x02"
_UNICODE_PATH = 0x7075  # APPNOTE.TXT, 4.6.9


def open_zip(raw: Raw, caps: Caps) -> tuple[Parcel, Iterator[Raw | Arrival]]:
    """The zip as a parcel, and its members. Raises whatever `zipfile` finds wrong."""
    _count_entries(raw.stream, raw.budget.members_left)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # doubled names: both are read
        archive = ZipFile(raw.stream)
    members = Members(raw, caps)
    return members.parcel, _all(archive, members)


def _count_entries(stream: BinaryIO, limit: int) -> None:
    """Refuse a million entries before `zipfile` builds an object for each."""
    count, tail = 0, b""
    while chunk := stream.read(CHUNK):
        count += (tail + chunk).count(_DIRECTORY_ENTRY)
        tail = chunk[-3:]
    stream.seek(0)
    if count > limit:
        raise LimitReached(say("It holds more files than the limit; reading stopped."))


def _all(archive: ZipFile, members: Members) -> Iterator[Raw | Arrival]:
    for info in archive.infolist():
        if not info.is_dir():
            opened = partial(archive.open, info)
            yield members.take(
                member_name(info),
                time_of(datetime, *info.date_time),
                info.file_size,
                opened=opened,
                refused=_refusal(info),
            )


def member_name(info: ZipInfo) -> str:
    """The name as its writer meant it: without the UTF-8 flag it is mostly GB18030.

    `zipfile` itself reads the Unicode Path field from Python 3.12 on only.
    """
    if info.flag_bits & _UTF8_FLAG:
        return info.orig_filename
    stored = info.orig_filename.encode("cp437", "replace")
    return _unicode_path(info.extra, stored) or decode_name(stored)


def _unicode_path(extra: bytes, stored: bytes) -> str:
    """The name in the Unicode Path field, "" where none belongs to the stored name.

    An archiver that renames and does not know the field leaves the old name in it: the checksum of
    the stored name tells.
    """
    while len(extra) >= 4:  # noqa: PLR2004 - a field's header
        kind, size = struct.unpack_from("<HH", extra)
        field, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == _UNICODE_PATH and field[:5] == struct.pack("<BL", 1, zlib.crc32(stored)):
            return field[5:].decode("utf-8", "ignore")
    return ""


def _refusal(info: ZipInfo) -> Trouble | None:
    if stat.S_ISLNK(info.external_attr >> 16):
        return link()
    return locked() if info.flag_bits & _ENCRYPTED_FLAG else None
