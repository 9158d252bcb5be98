"""Tar archives and single files, packed by gzip, bzip2 or xz: read as a stream, under the caps."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import IO, BinaryIO, cast

from grader.intake.collection import Caps
from grader.intake.reading.arrivals import Arrival, Budget, Parcel, Raw
from grader.intake.reading.decoding import decode_name
from grader.intake.reading.filenames import normalise
from grader.intake.reading.members import Members, OpenMember, link, time_of

_PACKERS = ((b"\x1f\x8b", gzip.open), (b"BZh", bz2.open), (b"\xfd7zXZ", lzma.open))
_BLOCK = 512
_MAGIC = slice(257, 262)  # POSIX.1-1988: "ustar"
_SUFFIXES = (".gz", ".bz2", ".xz")


class _Metered:
    """A stream that a container's budget pays for, so that no header makes memory of promises."""

    def __init__(self, stream: IO[bytes], begun: bytes, budget: Budget) -> None:
        self._stream, self._begun, self._budget = stream, begun, budget

    def read(self, size: int) -> bytes:
        data, self._begun = self._begun[:size], self._begun[size:]
        if len(data) < size:
            data += self._stream.read(size - len(data))
        self._budget.spend(len(data))
        return data


def open_tar(raw: Raw, caps: Caps) -> tuple[Parcel, Iterator[Raw | Arrival]]:
    """The archive as a parcel, and its members; a packed file that is no tar is its only member."""
    stream = _unpacked(raw.stream)
    begun = stream.read(_BLOCK)
    members = Members(raw, caps)
    if begun[_MAGIC] != b"ustar" and stream is raw.stream:
        raise tarfile.ReadError("no tar")
    if begun[_MAGIC] != b"ustar":
        whole = io.BufferedReader(cast("io.RawIOBase", _Rest(begun, stream)))
        return members.parcel, iter([_only(raw, members, whole)])
    metered = _Metered(stream, begun, raw.budget)
    return members.parcel, _all(metered, members)


def _unpacked(stream: BinaryIO) -> IO[bytes]:
    head = stream.read(6)
    stream.seek(0)
    opener = next((opener for magic, opener in _PACKERS if head.startswith(magic)), None)
    return cast("IO[bytes]", opener(stream)) if opener else stream


class _Rest(io.RawIOBase):
    """What was read already, then the rest."""

    def __init__(self, begun: bytes, stream: IO[bytes]) -> None:
        self._parts = [io.BytesIO(begun), stream]

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # any writable buffer
        while self._parts:
            if data := self._parts[0].read(len(buffer)):
                buffer[: len(data)] = data
                return len(data)
            self._parts.pop(0)
        return 0


def _only(raw: Raw, members: Members, stream: OpenMember) -> Raw | Arrival:
    name = normalise(raw.name)
    inner = next((name[: -len(end)] for end in _SUFFIXES if name.lower().endswith(end)), name)
    return members.take(inner, None, raw.size, opened=lambda: stream)


def _all(stream: _Metered, members: Members) -> Iterator[Raw | Arrival]:
    # Names that are no UTF-8 come as surrogates, from which their bytes can be had again.
    with tarfile.open(
        fileobj=stream, mode="r|", errors="surrogateescape", encoding="utf-8"
    ) as archive:  # type: ignore[call-overload]  # only read() is asked of it
        for info in archive:
            if info.isdir():
                continue
            name = decode_name(info.name.encode("utf-8", "surrogateescape"))
            plain = info.isreg() and not info.issparse()
            yield members.take(
                name,
                time_of(datetime.fromtimestamp, info.mtime, UTC),
                info.size,
                opened=partial(_open, archive, info),
                refused=None if plain else link(),
            )


def _open(archive: tarfile.TarFile, info: tarfile.TarInfo) -> OpenMember:
    member = archive.extractfile(info)
    if member is None:
        raise tarfile.ReadError(info.name)
    return member
