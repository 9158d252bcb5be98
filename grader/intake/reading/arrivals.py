"""The shapes that travel through the intake: containers, raw files, and what they were taken for."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import BinaryIO

from grader.intake.collection import Caps, Trouble
from grader.intake.reading.filenames import clean_path
from grader.language import Message, say
from grader.records import FileRecord

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, eq=False)
class Parcel:
    """A folder, zip or mail, seen from inside: files in one parcel tend to be one student's."""

    kind: str  # "folder", "zip" (any archive), "mail"
    path: str
    clue: str = ""  # its name or subject
    outer: Parcel | None = None
    top: bool = False  # the folder that was named on the command line
    sender: str = ""  # mail only: address and display name
    sender_name: str = ""
    received: datetime | None = None  # mail only: when the instructor's server took it
    to: frozenset[str] = frozenset()  # mail only: whom it was sent to, by address
    lure: Trouble | None = None  # mail only: what its text holds in place of an attachment
    words: str = ""  # mail only: the beginning of its text, without what it quotes

    def outwards(self) -> Iterator[Parcel]:
        """Yield the parcel itself and those around it, nearest first."""
        parcel: Parcel | None = self
        while parcel is not None:
            yield parcel
            parcel = parcel.outer


@dataclass(slots=True)
class Budget:
    """What may still come out of one file on disk, all levels together."""

    bytes_left: int
    members_left: int

    @classmethod
    def of(cls, size: int, caps: Caps) -> Budget:
        ratio = max(caps.expansion_floor, caps.expansion_ratio * size)
        return cls(min(caps.expansion, ratio), caps.members)

    def spend(self, count: int) -> None:
        """Raises `LimitReached` where more came out than may."""
        self.bytes_left -= count
        if self.bytes_left < 0:
            raise LimitReached(
                say("It unpacks to more than the limit; reading stopped (a zip bomb?).")
            )

    def open_member(self) -> None:
        self.members_left -= 1
        if self.members_left < 0:
            raise LimitReached(say("It holds more files than the limit; reading stopped."))


class LimitReached(Exception):
    """A container holds more than is read."""

    def __init__(self, reason: Message) -> None:
        super().__init__(str(reason))
        self.reason = reason


class Locked(Exception):
    """A container cannot be listed without its password."""


@dataclass(frozen=True, slots=True, eq=False)
class Raw:
    """Bytes with a name, before anybody knows what they are."""

    name: str  # decoded base name
    path: str  # containers and name, for people
    parcel: Parcel
    stream: BinaryIO  # at its start, seekable
    size: int
    sha256: str
    budget: Budget
    sent: datetime | None = None  # time of the mail around it
    modified: datetime | None = None
    depth: int = 0
    ignored: bool = False

    def inside(self, parcel: Parcel, name: str, data: bytes, **changes: object) -> Raw:
        """A file found in this one; counts against the budget that both share."""
        self.budget.open_member()
        clean = clean_path(name)
        inner = replace(
            self,
            name=clean.rsplit("/", 1)[-1],
            path=f"{self.path}/{clean}",
            parcel=parcel,
            stream=io.BytesIO(data),
            size=len(data),
            sha256=sha256(data).hexdigest(),
            depth=self.depth + 1,
        )
        return replace(inner, **changes) if changes else inner  # type: ignore[arg-type]  # names checked by replace()


@dataclass(frozen=True, slots=True, eq=False)
class Handed:
    """What a platform's download says of a file: by whom, and whether in time."""

    key: str  # one per student and download
    within: Parcel  # the platform's own container, whose name is no clue
    platform: str
    name: str = ""
    student_id: str = ""
    email: str = ""
    late: bool = False
    account: str = ""  # the platform's own number or name for the student
    attempt: str = ""  # which of a student's sendings, where the platform keeps them apart


@dataclass(frozen=True, slots=True, eq=False)
class Arrival:
    """One file that came in, read as far as it can be."""

    path: str
    name: str
    parcel: Parcel
    sha256: str
    size: int
    role: str  # as in FileRecord
    time: datetime | None = None  # when it was sent, by a mail or a platform
    modified: datetime | None = None  # the file's own time: proves nothing
    program: str | None = None
    report: str | None = None
    notes: tuple[Message, ...] = ()
    trouble: Trouble | None = None
    opens: Parcel | None = None  # the parcel that this mail or archive turned out to be
    remark: bool = False  # a finding about a file that is listed already
    listing: str = ""  # the text of a platform's own list of submissions
    handed: Handed | None = None
    copy: bool = False  # the same file once more, for another of several students

    @property
    def late(self) -> bool:
        """Whether the platform that it was handed in to calls it late."""
        return self.handed is not None and self.handed.late

    @property
    def record(self) -> FileRecord:
        return FileRecord(self.path, self.sha256, self.size, self.role)


def arrival(raw: Raw, role: str, trouble: Trouble | None = None, **more: object) -> Arrival:
    """What became of `raw`."""
    return Arrival(
        raw.path,
        raw.name,
        raw.parcel,
        raw.sha256,
        raw.size,
        role,
        raw.sent,
        raw.modified,
        trouble=trouble,
        **more,  # type: ignore[arg-type]  # fields of Arrival, checked by its constructor
    )
