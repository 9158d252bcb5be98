"""Zip files: members are read into memory under caps; nothing is ever extracted to disk."""

from __future__ import annotations

import hashlib
import stat
import warnings
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import BinaryIO
from zipfile import ZipFile, ZipInfo

from grader.intake.collection import Caps, Trouble
from grader.intake.reading.arrivals import (
    CHUNK,
    Arrival,
    LimitReached,
    Parcel,
    Raw,
    arrival,
)
from grader.intake.reading.decoding import decode_name
from grader.intake.reading.filenames import clean_path
from grader.intake.reading.kinds import (
    damaged,
    is_ignored,
    stem_of,
    too_large,
)
from grader.language import say

_UTF8_FLAG, _ENCRYPTED_FLAG = 0x800, 0x1
_DIRECTORY_ENTRY = b"PK\x01\x02"


def open_zip(raw: Raw, caps: Caps) -> tuple[Parcel, Iterator[Raw | Arrival]]:
    """The zip as a parcel, and its members. Raises whatever `zipfile` finds wrong."""
    _count_entries(raw.stream, raw.budget.members_left)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # doubled names: both are read
        archive = ZipFile(raw.stream)
    parcel = Parcel("zip", raw.path, stem_of(raw.name), raw.parcel)
    return parcel, _members(archive, raw, parcel, caps)


def _count_entries(stream: BinaryIO, limit: int) -> None:
    """Refuse a million entries before `zipfile` builds an object for each."""
    count, tail = 0, b""
    while chunk := stream.read(CHUNK):
        count += (tail + chunk).count(_DIRECTORY_ENTRY)
        tail = chunk[-3:]
    stream.seek(0)
    if count > limit:
        raise LimitReached(say("It holds more files than the limit; reading stopped."))


def _members(archive: ZipFile, raw: Raw, parcel: Parcel, caps: Caps) -> Iterator[Raw | Arrival]:
    folders = {"": parcel}
    for info in archive.infolist():
        if info.is_dir():
            continue
        name = clean_path(member_name(info))
        folder = _folder_of(name, raw, folders)
        yield _member(archive, info, raw.inside(folder, name, b""), caps)


def _folder_of(name: str, raw: Raw, folders: dict[str, Parcel]) -> Parcel:
    """The folder inside the zip, made with those around it at first sight."""
    path = name.rpartition("/")[0]
    if path not in folders:
        outer = _folder_of(path, raw, folders)
        folders[path] = Parcel("folder", f"{raw.path}/{path}", path.rsplit("/", 1)[-1], outer)
    return folders[path]


def member_name(info: ZipInfo) -> str:
    """The name as its writer meant it: without the UTF-8 flag it is mostly GB18030."""
    if info.flag_bits & _UTF8_FLAG:
        return info.orig_filename
    return decode_name(info.orig_filename.encode("cp437", "replace"))


def _member(archive: ZipFile, info: ZipInfo, raw: Raw, caps: Caps) -> Raw | Arrival:
    raw = replace(
        raw,
        size=info.file_size,
        sha256="",
        modified=_time(info),
        ignored=raw.ignored or any(is_ignored(part) for part in raw.path.split("/")),
    )
    if stat.S_ISLNK(info.external_attr >> 16):
        return arrival(raw, "unreadable", _link())
    if info.flag_bits & _ENCRYPTED_FLAG:
        return arrival(raw, "unreadable", _locked())
    try:
        data, size, digest = _read(archive, info, raw, caps)
    except LimitReached:
        raise
    except Exception as error:  # noqa: BLE001 - zlib, lzma, bz2 and zipfile raise many types on damaged data; each is the file's fault
        return arrival(raw, "unreadable", damaged(error))
    raw = replace(raw, size=size, sha256=digest)
    if size > caps.file:
        trouble = None if raw.ignored else too_large(caps.file)
        return arrival(raw, "ignored" if raw.ignored else "unreadable", trouble)
    raw.stream.write(data)
    raw.stream.seek(0)
    return raw


def _read(archive: ZipFile, info: ZipInfo, raw: Raw, caps: Caps) -> tuple[bytes, int, str]:
    """Content up to the cap; true size and hash of all of it. Sizes in the header may lie."""
    digest, kept, size = hashlib.sha256(), bytearray(), 0
    with archive.open(info) as member:
        while chunk := member.read(CHUNK):
            raw.budget.spend(len(chunk))
            digest.update(chunk)
            size += len(chunk)
            if size <= caps.file:
                kept += chunk
    return bytes(kept), size, digest.hexdigest()


def _time(info: ZipInfo) -> datetime | None:
    """Local time without an offset in the file: taken in this machine's zone."""
    try:
        return datetime(*info.date_time).astimezone()
    except (ValueError, OverflowError, OSError):
        return None


def _link() -> Trouble:
    return Trouble(
        say("It is a link inside a zip; links are not followed."),
        say("Ask the student for the file itself."),
    )


def _locked() -> Trouble:
    return Trouble(
        say("The zip is protected by a password."),
        say("Ask the student for a zip without a password."),
    )
