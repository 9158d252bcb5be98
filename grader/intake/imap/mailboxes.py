"""Which mailbox to fetch, and what to say when it cannot be had."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote, urlsplit

from grader.language import Message, say

SERVICE_PORT = 993


class FetchError(Exception):
    """The mailbox cannot be read; the message says why and what to do."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where the mails are."""

    user: str
    host: str
    port: int = SERVICE_PORT
    folder: str = "INBOX"

    @property
    def key(self) -> str:
        """Eight hex digits that tell mailboxes apart in one inbox."""
        return sha256(f"{self.user}\n{self.host.lower()}\n{self.folder}".encode()).hexdigest()[:8]


def parse_url(url: str) -> Mailbox:
    """`imaps://USER@HOST[:PORT]/FOLDER`, percent-encoded where need be. Raises FetchError."""
    try:
        parts = urlsplit(url)
        port = parts.port or SERVICE_PORT
    except ValueError as error:
        raise FetchError(bad_address()) from error
    if parts.password is not None:
        raise FetchError(say("Leave the password out of the address: it is asked for."))
    if parts.scheme != "imaps" or not parts.hostname or not parts.username:
        raise FetchError(bad_address())
    folder = unquote(parts.path.lstrip("/")) or "INBOX"
    return Mailbox(unquote(parts.username), parts.hostname, port, folder)


def words(said: object) -> str:
    """What a server said, fit for a terminal."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return "".join(mark if mark.isprintable() else " " for mark in text)[:200]


def bad_address() -> Message:
    return say("The address must read imaps://USER@HOST/INBOX (IMAP over TLS).")


def no_login(mailbox: Mailbox, error: Exception) -> Message:
    return say(
        "{host} refused the login of {user} ({reason}). Check user and password; QQ and 163 mail "
        "want the authorisation code (授权码) instead of the password.",
        host=mailbox.host,
        user=mailbox.user,
        reason=words(error),
    )


def no_folder(mailbox: Mailbox, reason: str, folders: Sequence[str]) -> Message:
    return say(
        "The folder {folder} cannot be opened ({reason}). There are: {folders}.",
        folder=mailbox.folder,
        reason=reason,
        folders=tuple(folders[:20]),
    )


def untrusted(mailbox: Mailbox, error: ssl.SSLCertVerificationError) -> Message:
    return say(
        "The certificate of {host} is not trusted ({reason}). If it is your institution's own, name "
        "its CA with --ca-file; otherwise do not go on.",
        host=mailbox.host,
        reason=error.verify_message,
    )


def refused(mailbox: Mailbox, error: Exception) -> Message:
    return say(
        "{host} does not answer as an IMAP server should ({reason}).",
        host=mailbox.host,
        reason=words(error),
    )


def lost(mailbox: Mailbox, error: Exception, saved: int) -> Message:
    return say(
        "No connection to {host}:{port} ({reason}). {saved} messages are saved; run the same "
        "command again to go on.",
        host=mailbox.host,
        port=mailbox.port,
        reason=words(error),
        saved=saved,
    )


def not_saved(path: Path, error: OSError) -> Message:
    return say(
        "{file} cannot be written ({reason}); nothing else was fetched.",
        file=str(path),
        reason=words(error.strerror),
    )
