"""Mail headers as people's clients write them: RFC 2047, RFC 2231, raw GBK bytes, wrong charsets."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message as Mail
from email.policy import Compat32
from email.utils import getaddresses, parsedate_to_datetime

from grader.intake.reading.decoding import decode_name

_CLOCKS_BEGAN = 2001  # a clock that has lost its battery says 1970, 1980 or 2000
_LONGEST_WAY = timedelta(days=7)  # servers give a mail up after five (RFC 5321, 4.5.4.1)
_FAR = timedelta(days=366)  # this machine's own clock need not be right either


class RawHeaders(Compat32):
    """Headers as they stand: raw 8-bit bytes stay as surrogates instead of being replaced."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        del name
        return value


RAW_HEADERS = RawHeaders(max_line_length=None)  # None: never refold


def header(mail: Mail, name: str) -> str:
    """The decoded text of one header, "" where it is missing."""
    return decode_text(str(mail.get(name, "")))


def decode_text(value: str) -> str:
    """Encoded words and raw bytes into text; what cannot be decoded stays readable."""
    value = re.sub(r"\r?\n[ \t]*", " ", value)
    try:
        parts = decode_header(value) if "=?" in value else [(value, None)]
    except (HeaderParseError, ValueError):  # ValueError: binascii on broken base64
        parts = [(value, None)]
    return "".join(_part(part, charset) for part, charset in parts).strip()


def _part(part: str | bytes, charset: str | None) -> str:
    if isinstance(part, str):
        part = part.encode("utf-8", "surrogateescape")
    return decode_name(part, charset or "")


def file_name(part: Mail) -> str:
    """The name of an attachment, from Content-Disposition or Content-Type; "" without one."""
    for parameter, field in (("filename", "content-disposition"), ("name", "content-type")):
        if parameter not in str(part.get(field, "")).lower():
            continue  # looked up before it is parsed, which is slow
        value = part.get_param(parameter, None, field)
        if isinstance(value, tuple):  # RFC 2231: (charset, language, percent-decoded latin-1)
            raw = value[2].encode("latin-1", "surrogateescape")
            return decode_text(decode_name(raw, value[0] or ""))
        if value:
            return decode_text(str(value))
    return ""


def sender(mail: Mail) -> tuple[str, str]:
    """Display name and address (lower case) of the first sender."""
    # Split before decoding: a decoded name may hold commas and angle brackets.
    for name, address in getaddresses([str(mail.get("From", ""))]):
        return decode_text(name), decode_text(address).lower()
    return "", ""


def recipients(mail: Mail) -> frozenset[str]:
    """Addresses (lower case) that a mail is sent to, copies included."""
    fields = [str(value) for name in ("To", "Cc") for value in mail.get_all(name, [])]
    return frozenset(address.lower() for _, address in getaddresses(fields) if "@" in address)


def sent_at(mail: Mail) -> datetime | None:
    """When the student sent it: Date, else Received. A Date after its arrival is a wrong clock."""
    written, received = written_at(mail), received_at(mail)
    if written and (wrong_clock(mail) or (received and written > received)):
        return received
    return written or received


def written_at(mail: Mail) -> datetime | None:
    """What the sender's own clock said."""
    return moment(str(mail.get("Date", "")))


def wrong_clock(mail: Mail) -> bool:
    """Whether the Date cannot be: before all such mails, yet to come, or long before any server saw it."""
    written = written_at(mail)
    first = moment(str(mail.get_all("Received", [""])[-1]).rpartition(";")[2])
    if written is None:
        return False
    to_come = written - datetime.now(UTC) > _FAR
    slow = first is not None and first - written > _LONGEST_WAY
    return written.year < _CLOCKS_BEGAN or to_come or slow


def received_at(mail: Mail) -> datetime | None:
    """When the instructor's server took it: the topmost Received header."""
    return moment(str(mail.get("Received", "")).rpartition(";")[2])


def moment(text: str) -> datetime | None:
    """An RFC 5322 date with its offset (UTC where it says -0000); None where it is none."""
    try:
        parsed = parsedate_to_datetime(text.strip())
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(parsed.tzinfo)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
