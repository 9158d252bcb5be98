"""What a mail's own text holds in place of an attachment: a link to a large file, or the program."""

from __future__ import annotations

import re
from collections.abc import Iterable
from email.message import Message as Mail
from html import unescape

from grader.intake.reading.decoding import decode_name
from grader.intake.reading.kinds import KIND_OF, suffix_of
from grader.intake.reading.programs import defines_rnn
from grader.language import Message, say

LONGEST_TEXT = 1 << 18  # bytes of a text that are looked at
# Kinds of attachments in which a program may lie.
_HOLDERS = frozenset({"python", "notebook", "text", "zip", "rar", "7z", "tar", "tnef", "mail"})
_LINK = re.compile(
    r"https?://[^\s\"'<>]*(?:"
    r"ftnexs_download|/ftn/download|ftn\.|large-attachment|fs\.163\.com|bigfile|cloudattach|"
    r"pan\.baidu\.com|pan\.quark\.cn|alipan\.com|aliyundrive\.com|lanzou|weiyun\.com|123pan|"
    r"yun\.139\.com|cloud\.189\.cn|jianguoyun\.com|cowtransfer\.com|wenshushu|kdocs\.cn|docs\.qq\.com|"
    r"1drv\.ms|onedrive\.live\.com|sharepoint\.com|drive\.google\.com|dropbox\.com|icloud\.com|"
    r"github\.com|gitee\.com|colab\.research\.google\.com)[^\s\"'<>]*",
    re.IGNORECASE,
)
_LARGE = re.compile("超大附件|云附件|文件中转站|大附件下载|large attachment", re.IGNORECASE)
_SUFFIXES = "|".join(suffix[1:] for suffix in KIND_OF)
_FILE = re.compile(rf"[^\s\"'<>:：/\\|*?]{{1,120}}\.(?:{_SUFFIXES})\b", re.IGNORECASE)
_TAG = re.compile(r"<[^>]{0,2000}>")


def in_place_of_a_file(named: Iterable[str], own: Iterable[Mail]) -> tuple[Message | None, str]:
    """What to tell of a mail without an attachment that may hold a program, and the file named.

    `named` are its attachments, `own` the parts that are the mail's own text. Links are never
    followed: they expire, and what lies behind them is not what was sent.
    """
    if any(map(_may_hold_a_program, named)):
        return None, ""
    text = "\n".join(map(_text, own))
    link = _LINK.search(text)
    if link or _LARGE.search(text):
        file = _FILE.search(_TAG.sub(" ", _LINK.sub(" ", text)))
        found = file[0] if file else ""
        return _told(link[0] if link else "", found), found
    if defines_rnn(text):
        return say("The program stands in the mail's text; no file is attached."), ""
    return None, ""


def _may_hold_a_program(name: str) -> bool:
    return name.casefold() == "winmail.dat" or KIND_OF.get(suffix_of(name)) in _HOLDERS


def _text(part: Mail) -> str:
    payload = part.get_payload(decode=True)
    raw = payload[:LONGEST_TEXT] if isinstance(payload, bytes) else b""
    text = decode_name(raw, part.get_content_charset("") or "")
    return unescape(text) if part.get_content_subtype() == "html" else text


def _told(link: str, name: str) -> Message:
    host = re.sub(r"^https?://([^/?#]*).*$", r"\1", link)[:60]
    if name and host:
        return say("In place of {name} came a link to {host}.", name=name, host=host)
    if host:
        return say("In place of a file came a link to {host}.", host=host)
    return say("The mail speaks of a large attachment, which is not in it.")


# A text with an address and no more letters than that says only where the work lies: so many with
# a service that people share files by, whose own words come along, and with any other address.
_SHARED, _ELSEWHERE = 150, 30
_ADDRESS = re.compile(
    r"(?:(?:https?|ftp)://|www\.)[^\s\"'<>，。；、）】]+|\b(?:[a-z0-9-]+\.)+(?:com|cn|net|org|ms|io)/[^\s\"'<>，。；、）】]*",
    re.IGNORECASE,
)


def only_a_link(text: str) -> Message | None:
    """What to tell of a file that holds nothing but a link to where the work lies."""
    found = _ADDRESS.search(text[: 1 << 12])
    if found is None or "![" in text or len(text) >= 1 << 12:
        return None
    letters = sum(map(str.isalnum, _ADDRESS.sub("", text)))
    address = "https://" + re.sub(r"^\w+://", "", found[0])
    shared = _LINK.search(address) is not None
    return _told(address, "") if letters <= (_SHARED if shared else _ELSEWHERE) else None
