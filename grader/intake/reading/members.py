"""What every kind of archive shares: folders inside it as parcels, members read under the caps."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from grader.intake.collection import Caps, Trouble
from grader.intake.reading.arrivals import CHUNK, Arrival, LimitReached, Parcel, Raw, arrival
from grader.intake.reading.filenames import clean_path
from grader.intake.reading.kinds import damaged, is_ignored, stem_of, too_large
from grader.language import say
from grader.records import Concern


class OpenMember(Protocol):
    """A member that is open for reading."""

    def read(self, size: int = ..., /) -> bytes: ...


class Members:
    """The inside of one archive. Nothing is ever written to disk."""

    def __init__(self, raw: Raw, caps: Caps) -> None:
        self.parcel = Parcel("zip", raw.path, stem_of(raw.name), raw.parcel)
        self._raw, self._caps = raw, caps
        self._folders = {"": self.parcel}

    def take(
        self,
        name: str,
        modified: datetime | None,
        size: int,
        *,
        opened: Callable[[], OpenMember],
        refused: Trouble | None = None,
    ) -> Raw | Arrival:
        """One member: its bytes, or why they cannot be had. Raises LimitReached."""
        clean = clean_path(name)
        raw = self._raw.inside(self._folder_of(clean), clean, b"", size=size, modified=modified)
        hidden = raw.ignored or any(is_ignored(part) for part in raw.path.split("/"))
        raw = replace(raw, ignored=hidden, sha256="")
        if refused:
            return arrival(raw, "unreadable", refused)
        try:
            data, size, digest = self._read(opened(), raw)
        except LimitReached:
            raise
        except Exception as error:  # noqa: BLE001 - zlib, lzma, bz2 and the archives' own modules raise many types on damaged data; each is the file's fault
            return arrival(raw, "unreadable", damaged(error))
        raw = replace(raw, size=size, sha256=digest, stream=io.BytesIO(data))
        if size > self._caps.file:
            trouble = None if hidden else too_large(self._caps.file)
            return arrival(raw, "ignored" if hidden else "unreadable", trouble)
        return raw

    def _folder_of(self, name: str) -> Parcel:
        """The folder inside the archive, made with those around it at first sight."""
        path = name.rpartition("/")[0]
        if path not in self._folders:
            outer = self._folder_of(path)
            shown = f"{self._raw.path}/{path}"
            self._folders[path] = Parcel("folder", shown, path.rsplit("/", 1)[-1], outer)
        return self._folders[path]

    def _read(self, member: OpenMember, raw: Raw) -> tuple[bytes, int, str]:
        """Content up to the cap; true size and hash of all of it. Sizes in the header may lie."""
        digest, kept, size = hashlib.sha256(), bytearray(), 0
        while chunk := member.read(CHUNK):
            raw.budget.spend(len(chunk))
            digest.update(chunk)
            size += len(chunk)
            if size <= self._caps.file:
                kept += chunk
        return bytes(kept), size, digest.hexdigest()


def time_of(make: Callable[..., datetime], *stored: object) -> datetime | None:
    """When a member was last changed; None where what is stored is no time.

    Most archives store local time without an offset: it is taken in this machine's zone.
    """
    try:
        return make(*stored).astimezone()
    except (ValueError, OverflowError, OSError):
        return None


def link() -> Trouble:
    return Trouble(
        say("It is a link inside an archive; links are not followed."),
        say("Ask the student for the file itself."),
        Concern.UNREADABLE,
    )


def locked() -> Trouble:
    return Trouble(
        say("The archive is protected by a password."),
        say("Ask the student for a zip without a password."),
        Concern.UNREADABLE,
    )
