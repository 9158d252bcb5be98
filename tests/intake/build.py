"""Bytes as real clients write them: mails, zips and notebooks with the faults of their makers."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from urllib.parse import quote

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16
RNN = "class SimpleRNN:\n    pass\n"


def rfc2231(name: str) -> str:
    return f"filename*=utf-8''{quote(name)}"


def rfc2231_split(name: str) -> str:
    """Continuations, as clients cut long names."""
    encoded = quote(name)
    pieces = [encoded[at : at + 30] for at in range(0, len(encoded), 30)]
    return ";\r\n ".join(
        f"filename*{number}*={'utf-8' * (not number)}{chr(39) * 2 * (not number)}{piece}"
        for number, piece in enumerate(pieces)
    )


def encoded_word(text: str, charset: str = "utf-8") -> str:
    return f"=?{charset}?B?{base64.b64encode(text.encode(charset)).decode()}?="


def encoded_word_split(text: str, charset: str = "gbk") -> str:
    """Two words, cut in the middle of a character, as some clients do."""
    raw = text.encode(charset)
    middle = len(raw) // 2 | 1
    halves = (raw[:middle], raw[middle:])
    return "\r\n ".join(f"=?{charset}?B?{base64.b64encode(half).decode()}?=" for half in halves)


def rfc2047(name: str, charset: str = "utf-8") -> str:
    return f'filename="{encoded_word(name, charset)}"'


def plain_name(name: str) -> str:
    """Unencoded 8-bit bytes; `mail(charset=...)` says which."""
    return f'filename="{name}"'


def part(name_parameter: str, data: bytes, kind: str = "application/octet-stream") -> str:
    body = base64.encodebytes(data).decode().replace("\n", "\r\n")
    return (
        f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment; {name_parameter}\r\n\r\n{body}"
    )


def forwarded(mail_bytes: bytes) -> str:
    inner = mail_bytes.decode("utf-8", "surrogateescape")
    return f"Content-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n{inner}"


def mail(
    subject: str,
    parts: Sequence[str],
    *,
    date: str = "Mon, 03 Nov 2025 10:00:00 +0800",
    sender: str = "student <s@example.edu>",
    charset: str = "utf-8",
    received: str = "",
    to: str = "",
    boundary: str = "=_b0",
) -> bytes:
    """A multipart mail with the given parts; `charset` is used for raw 8-bit headers."""
    lines = [f"Received: from a by b; {received}"] if received else []
    lines += [f"Date: {date}"] if date else []
    lines += [f"To: {to}"] if to else []
    lines += [
        f"From: {sender}",
        f"Subject: {subject}",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/mixed; boundary="{boundary}"',
        "",
    ]
    text = "Content-Type: text/plain; charset=utf-8\r\n\r\n老师好，作业见附件。\r\n"
    body = "".join(f"\r\n--{boundary}\r\n{one}" for one in (text, *parts))
    whole = "\r\n".join(lines) + body + f"\r\n--{boundary}--\r\n"
    return whole.encode(charset, "surrogateescape")


def zipped(
    members: Mapping[str, bytes],
    *,
    charset: str = "utf-8",
    time: tuple[int, int, int, int, int, int] = (2025, 11, 3, 10, 0, 0),
) -> bytes:
    """A zip; a charset other than UTF-8 gives names without the UTF-8 flag, as Windows does."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            info = _ForeignName(name, time) if charset != "utf-8" else zipfile.ZipInfo(name, time)
            if isinstance(info, _ForeignName):
                info.charset = charset
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return buffer.getvalue()


class _ForeignName(zipfile.ZipInfo):
    """Writes its name in a legacy charset without the flag."""

    __slots__ = ("charset",)

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode(self.charset), self.flag_bits & ~0x800


def notebook(cells: Sequence[tuple[str, str]]) -> bytes:
    """(cell_type, source) pairs as nbformat 4 without cell ids, as older Jupyters write it."""
    made = []
    for kind, source in cells:
        cell: dict[str, object] = {"cell_type": kind, "metadata": {}, "source": source}
        if kind == "code":
            cell |= {"outputs": [], "execution_count": None}
        made.append(cell)
    content = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": made}
    return json.dumps(content, ensure_ascii=False).encode()
