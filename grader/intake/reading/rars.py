"""RAR archives, by rarfile: what is stored is read directly, what is packed by a tool if one is there.

Only the archive itself may go to a temporary file, for the tool; members come through a pipe.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

from grader.intake.collection import Caps, Trouble
from grader.intake.reading.arrivals import Arrival, LimitReached, Locked, Parcel, Raw
from grader.intake.reading.members import Members, link, locked, time_of
from grader.language import say
from grader.records import Concern

_STORED = 0x30  # RAR's own number for "not packed"


def open_rar(raw: Raw, caps: Caps) -> tuple[Parcel, Iterator[Raw | Arrival]]:
    """The archive as a parcel, and its members. Raises whatever rarfile finds wrong."""
    import rarfile  # noqa: PLC0415 - rarely needed

    # Names without the Unicode flag are Chinese, not UTF-16, which rarfile would try before.
    rarfile.TRY_ENCODINGS = ("utf8", "gb18030")
    archive = rarfile.RarFile(raw.stream)
    if archive.needs_password() and not archive.infolist():
        raise Locked
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > raw.budget.members_left:
        raise LimitReached(say("It holds more files than the limit; reading stopped."))
    members = Members(raw, caps)
    return members.parcel, _all(archive, infos, members, tool=_has_tool(rarfile))


def _has_tool(rarfile: Any) -> bool:
    try:
        rarfile.tool_setup()
    except rarfile.RarCannotExec:
        return False
    return True


def _all(
    archive: Any, infos: list[Any], members: Members, *, tool: bool
) -> Iterator[Raw | Arrival]:
    for info in infos:
        yield members.take(
            info.filename,
            time_of(datetime, *info.date_time[:6]) if info.date_time else None,
            info.file_size,
            opened=partial(archive.open, info),
            refused=_refusal(info, tool=tool),
        )


def _refusal(info: Any, *, tool: bool) -> Trouble | None:
    if info.is_symlink() or not info.is_file():
        return link()
    if info.needs_password():
        return locked()
    if not tool and info.compress_type != _STORED:
        return Trouble(
            say("No program on this machine unpacks RAR files."),
            say("Install unrar, 7-Zip or bsdtar and run again, or ask the student for a zip."),
            Concern.UNREADABLE,
        )
    return None
