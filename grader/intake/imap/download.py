"""Fetch a mailbox over IMAP with TLS: read-only, one .eml per message, resumable.

The folder is opened with EXAMINE and messages are read with BODY.PEEK, so that nothing is marked
as read. A message's file name holds the mailbox, UIDVALIDITY and UID (RFC 3501, 2.3.1.1), which
together name it for ever: what is on disk already is not fetched again.
"""

from __future__ import annotations

import imaplib
import os
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from grader.intake.imap import mailboxes
from grader.intake.imap.folders import decode_folder, quoted
from grader.intake.imap.mailboxes import FetchError, Mailbox
from grader.language import say

TIMEOUT = 60.0  # seconds without a sign of life
PAUSE = 1.0  # seconds before connecting again
RETRIES = 3  # connections lost in a row, without a message in between
LARGEST = 64 << 20  # bytes of one message, as in the intake


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a run did, in messages."""

    total: int
    new: int
    present: int
    skipped: tuple[int, ...] = ()  # UIDs of messages that are too large


Progress = Callable[[int, int], None]  # (messages on disk, messages in the mailbox)


def fetch(
    mailbox: Mailbox,
    password: str,
    into: Path,
    *,
    ca_file: Path | None = None,
    progress: Progress,
) -> Fetched:
    """Save every message of the folder that is not in `into` yet.

    Reconnects when the connection breaks. Raises FetchError; whatever was saved by then stays, and
    the same call goes on from there.
    """
    into.mkdir(parents=True, exist_ok=True)
    _remove_unfinished(into)
    before, failures = _count(into, mailbox), 0
    while True:
        count = _count(into, mailbox)
        try:
            total, skipped = _session(mailbox, password, into, ca_file, progress)
        except ssl.SSLCertVerificationError as error:
            raise FetchError(mailboxes.untrusted(mailbox, error)) from error
        except (imaplib.IMAP4.abort, OSError) as error:
            failures = failures + 1 if _count(into, mailbox) == count else 1
            hopeless = isinstance(error, socket.gaierror | ConnectionRefusedError)
            if hopeless or failures > RETRIES:
                raise FetchError(mailboxes.lost(mailbox, error, _count(into, mailbox))) from error
            time.sleep(PAUSE)
        except imaplib.IMAP4.error as error:
            raise FetchError(mailboxes.refused(mailbox, error)) from error
        else:
            new = _count(into, mailbox) - before
            return Fetched(total, new, total - new - len(skipped), tuple(skipped))


def _session(
    mailbox: Mailbox, password: str, into: Path, ca_file: Path | None, progress: Progress
) -> tuple[int, list[int]]:
    """One connection: log in, look what is missing, fetch it."""
    skipped: list[int] = []
    with _connection(mailbox, ca_file) as server:
        _log_in(server, mailbox, password)
        prefix = f"imap-{mailbox.key}-{_examine(server, mailbox)}"
        uids = _uids(server)
        names = {uid: into / f"{prefix}-{uid:010}.eml" for uid in uids}
        done = sum(name.exists() for name in names.values())
        progress(done, len(uids))
        for uid in [uid for uid in uids if not names[uid].exists()]:
            if too_large := _size(server, uid) > LARGEST:
                skipped.append(uid)
            elif (message := _message(server, uid)) is not None:
                _save(names[uid], *message)
            done += not too_large
            progress(done, len(uids))
    return len(uids), skipped


@contextmanager
def _connection(mailbox: Mailbox, ca_file: Path | None) -> Iterator[imaplib.IMAP4_SSL]:
    """A verified connection, closed whatever happens."""
    try:
        context = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    except (OSError, ssl.SSLError) as error:
        reason = say("{file}: no certificate can be read from it.", file=str(ca_file))
        raise FetchError(reason) from error
    server = imaplib.IMAP4_SSL(mailbox.host, mailbox.port, ssl_context=context, timeout=TIMEOUT)
    try:
        yield server
        server.logout()
    except BaseException:
        # No LOGOUT in the middle of a message: the server would go on sending it.
        with suppress(OSError):
            server.shutdown()
        raise


def _log_in(server: imaplib.IMAP4_SSL, mailbox: Mailbox, password: str) -> None:
    """Log in, and introduce ourselves: some providers refuse to open folders without (RFC 2971)."""
    credentials = f"\0{mailbox.user}\0{password}".encode()
    try:
        if "AUTH=PLAIN" in server.capabilities:  # unlike LOGIN it carries any UTF-8
            server.authenticate("PLAIN", lambda _: credentials)
        else:
            server.login(mailbox.user, password)
    except imaplib.IMAP4.abort:
        raise
    except (imaplib.IMAP4.error, UnicodeError) as error:
        raise FetchError(mailboxes.no_login(mailbox, error)) from error
    if b"ID" in server.capability()[1][0].upper().split():
        imaplib.Commands.setdefault("ID", ("AUTH", "SELECTED"))
        server.xatom("ID", '("name" "ml6-kit" "version" "1")')


def _examine(server: imaplib.IMAP4_SSL, mailbox: Mailbox) -> int:
    """Open the folder read-only; its UIDVALIDITY."""
    status, answer = server.select(quoted(mailbox.folder), readonly=True)
    if status != "OK":
        raise FetchError(mailboxes.no_folder(mailbox, mailboxes.words(answer[0]), _folders(server)))
    validity = server.response("UIDVALIDITY")[1][0]
    if validity is None:
        raise imaplib.IMAP4.error("no UIDVALIDITY")
    return int(validity)


def _folders(server: imaplib.IMAP4_SSL) -> list[str]:
    rows = [row for row in server.list()[1] if isinstance(row, bytes)]
    found = (re.search(rb'(?:"((?:[^"\\]|\\.)*)"|(\S+))\s*$', row) for row in rows)
    return [decode_folder((hit[1] or hit[2]).decode("ascii", "replace")) for hit in found if hit]


def _uids(server: imaplib.IMAP4_SSL) -> list[int]:
    return sorted(int(uid) for row in _ok(server.uid("SEARCH", "ALL")) for uid in row.split())


def _size(server: imaplib.IMAP4_SSL, uid: int) -> int:
    answer = _ok(server.uid("FETCH", str(uid), "(RFC822.SIZE)"))
    found = re.search(rb"RFC822\.SIZE (\d+)", answer[0]) if answer else None
    return int(found[1]) if found else 0


def _message(server: imaplib.IMAP4_SSL, uid: int) -> tuple[bytes, datetime | None] | None:
    """The message and when the server received it; None if it was deleted meanwhile."""
    answer = _ok(server.uid("FETCH", str(uid), "(INTERNALDATE BODY.PEEK[])"))
    for item in answer:
        if isinstance(item, tuple):
            return item[1], _internal_date(item[0])
    return None


def _internal_date(line: bytes) -> datetime | None:
    parsed = imaplib.Internaldate2tuple(line)
    return datetime(*parsed[:6]).astimezone(UTC) if parsed else None


def _ok(answer: tuple[str, Sequence[object]]) -> list[Any]:
    status, data = answer
    if status != "OK":
        raise imaplib.IMAP4.error(f"{status} {mailboxes.words(data[0])}")
    return [item for item in data if isinstance(item, bytes | tuple)]


def _save(path: Path, message: bytes, received: datetime | None) -> None:
    """All or nothing: written aside, flushed to the disk, then renamed."""
    unfinished = path.with_name(f".{path.name}.part")
    try:
        with unfinished.open("wb") as file:
            file.write(message)
            file.flush()
            os.fsync(file.fileno())
        if received is not None:
            os.utime(unfinished, (received.timestamp(), received.timestamp()))
        unfinished.replace(path)
    except OSError as error:
        raise FetchError(mailboxes.not_saved(path, error)) from error


def _remove_unfinished(into: Path) -> None:
    for leftover in into.glob(".imap-*.part"):
        leftover.unlink(missing_ok=True)


def _count(into: Path, mailbox: Mailbox) -> int:
    return sum(1 for _ in into.glob(f"imap-{mailbox.key}-*.eml"))
