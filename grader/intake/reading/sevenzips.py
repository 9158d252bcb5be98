"""7-Zip archives, by py7zr: sizes are added up before anything is unpacked, into memory only."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import partial
from typing import Any

from grader.intake.collection import Caps
from grader.intake.reading.arrivals import Arrival, LimitReached, Locked, Parcel, Raw
from grader.intake.reading.members import Members, link
from grader.language import say


def open_7z(raw: Raw, caps: Caps) -> tuple[Parcel, Iterator[Raw | Arrival]]:
    """The archive as a parcel, and its members. Raises whatever py7zr finds wrong.

    Members of a solid block come out together, so the whole archive is bound to what one file may
    be; a size in the header that lies stops at the same place.
    """
    import py7zr  # noqa: PLC0415 - slow to load, rarely needed
    from py7zr.io import BytesIOFactory  # noqa: PLC0415

    members = Members(raw, caps)
    with _listed(py7zr, raw) as archive:
        infos = [info for info in archive.list() if not info.is_directory]
        if len(infos) > raw.budget.members_left or sum(i.uncompressed for i in infos) > caps.file:
            raise LimitReached(say("It unpacks to more than the limit; reading stopped."))
        factory = BytesIOFactory(caps.file)
        archive.extract(targets=[info.filename for info in infos], factory=factory)
    return members.parcel, _all(infos, factory.products, members)


def _listed(py7zr: Any, raw: Raw) -> Any:
    """The open archive. Raises Locked, also where the list itself is encrypted."""
    try:
        archive = py7zr.SevenZipFile(raw.stream)
    except py7zr.exceptions.PasswordRequired as error:
        raise Locked from error
    if archive.needs_password():
        raise Locked
    return archive


def _self(stream: Any) -> Any:
    return stream


def _all(infos: list[Any], found: dict[str, Any], members: Members) -> Iterator[Raw | Arrival]:
    for info in infos:
        # Nothing is created for an empty file.
        stream = found.get(info.filename) or io.BytesIO()
        stream.seek(0)
        yield members.take(
            info.filename,
            info.creationtime,
            info.uncompressed,
            opened=partial(_self, stream),
            refused=None if info.is_file else link(),
        )
