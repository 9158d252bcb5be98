"""What a mail's own text holds: who wrote it, and in place of an attachment a link or the program."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable, Sequence
from email.message import Message as Mail
from html import unescape

from grader.intake.collection import Trouble
from grader.intake.reading.decoding import decode_name
from grader.intake.reading.kinds import (
    KIND_OF,
    is_between_attachments,
    link_in_place_of_a_file,
    suffix_of,
)
from grader.intake.reading.programs import defines_rnn
from grader.intake.reading.typed import addresses, plain_text
from grader.language import Message, say
from grader.records import Concern

LONGEST_TEXT = 1 << 18  # bytes of a text that are looked at
# Kinds of attachments in which a program may lie.
_HOLDERS = frozenset(
    {"python", "notebook", "text", "zip", "rar", "7z", "tar", "tnef", "mail", "emlx", "sealed"}
)
_PLACES = (
    r"pan\.baidu\.com|pan\.quark\.cn|alipan\.com|aliyundrive\.com|lanzou\w*\.com|weiyun\.com|123pan\.com|"
    r"yun\.139\.com|cloud\.189\.cn|jianguoyun\.com|cowtransfer\.com|kdocs\.cn|docs\.qq\.com|"
    r"1drv\.ms|onedrive\.live\.com|sharepoint\.com|drive\.google\.com|dropbox\.com|icloud\.com|"
    r"feishu\.cn|larksuite\.com|yuque\.com|shimo\.im|notion\.(?:so|site)|pan\.xunlei\.com|ctfile\.com|"
    r"wetransfer\.com|mega\.nz|app\.box\.com|docs\.google\.com|gitlab\.com|kaggle\.com|"
    r"github\.com|gitee\.com|colab\.research\.google\.com"
)
_LINK = re.compile(
    r"https?://[^\s\"'<>]*(?:ftnexs_download|/ftn/download|ftn\.|large-attachment|fs\.163\.com|bigfile|"
    rf"cloudattach|lanzou|123pan|wenshushu|{_PLACES})[^\s\"'<>]*"
    rf"|(?<![\w@/.-])(?:[\w-]+\.)*(?:{_PLACES})/[^\s\"'<>]+",  # without https://, as people type it
    re.IGNORECASE,
)
_LARGE = re.compile("超大附件|云附件|文件中转站|大附件下载|large attachment", re.IGNORECASE)
_SUFFIXES = "|".join(suffix[1:] for suffix in KIND_OF)
_FILE = re.compile(rf"[^\s\"'<>:：/\\|*?]{{1,120}}\.(?:{_SUFFIXES})\b", re.IGNORECASE)
LONGEST_LETTER = 1 << 16  # characters of a text that are read for words
MOST_WORDS = 2_000  # characters: whoever introduces themselves does so at the beginning
# Where a letter ends and what it answers or passes on begins, in the clients' own words.
_QUOTED = re.compile(
    r"^[ \t]*>|^.{0,40}-{2,}[ \t]*(?:原始|回复的|转发|Original|Forwarded)|^[ \t]*(?:发件人|寄件人|From)[ \t]*[:：]"
    r"|^.{0,200}(?:写道|wrote)[ \t]*[:：]",
    re.IGNORECASE | re.MULTILINE,
)
_HOST = re.compile(r"https?://([\w.-]+\.[A-Za-z]{2,}|\d[\d.]+)", re.IGNORECASE)
# A text with an address and no more letters than that says only where the work lies: so many with
# a service that people share files by, whose own words come along, and with any other address.
_SHARED, _ELSEWHERE = 150, 30
_WRITTEN_ADDRESS = re.compile(
    r"(?:(?:https?|ftp)://|www\.)[^\s\"'<>，。；、）】]+|\b(?:[a-z0-9-]+\.)+(?:com|cn|net|org|ms|io)/[^\s\"'<>，。；、）】]*",
    re.IGNORECASE,
)
_PACKED = re.compile(
    rb"^begin [0-7]{3,4} (?P<name>[^\r\n]+)\r?\n(?P<lines>(?:[ -`][^\r\n]{0,90}\r?\n)+?)(?:`?\r?\n)?end\s*$",
    re.MULTILINE,
)
_PAGE = re.compile(r"<(?:html|body|div|p|br|span|table|font|meta)\b", re.IGNORECASE)
_TAG = re.compile(r"<[^>]{0,2000}>")


def own_words(texts: Iterable[str]) -> str:
    """What the sender wrote in one of the texts that a mail is given in, without what it quotes."""
    plain = next((text for text in texts if text.strip()), "")[:LONGEST_LETTER]
    if _PAGE.search(plain):
        plain = plain_text(plain)
    return _QUOTED.split(plain, maxsplit=1)[0][:MOST_WORDS]


def in_place_of_a_file(named: Sequence[str], texts: Sequence[str]) -> tuple[Trouble | None, str]:
    """What to tell of a mail without an attachment that may hold a program, and the file named.

    `named` are its attachments, `texts` the mail's own. Links are never followed: they expire, and
    what lies behind them is not what was sent.
    """
    if any(map(_may_hold_a_program, named)):
        return None, ""
    text = "\n".join(texts)
    link = _LINK.search(text)
    if link or _LARGE.search(text):
        file = _FILE.search(_TAG.sub(" ", _LINK.sub(" ", text)))
        found = file[0] if file else ""
        return link_in_place_of_a_file(_told(link[0] if link else "", found)), found
    if defines_rnn(text):
        return _program_in_text(), ""
    other = _HOST.search("\n".join((own_words(texts), *addresses(text))))
    if other and not named:
        reason = say("This mail has no attachment; its text has a link to {host}.", host=other[1])
        return link_in_place_of_a_file(reason, Concern.DECISION), ""
    return None, ""


def _program_in_text() -> Trouble:
    return Trouble(
        say("The program stands in the mail's text and in no file."),
        say(
            "Ask the student for the .py file, or copy the program into ml-6-姓名-学号.py (name-id)."
        ),
        Concern.UNREADABLE,
    )


def uuencoded(parts: Iterable[Mail]) -> list[tuple[str, bytes]]:
    """Files that stand in a mail's own text as old programs write attachments: name and content."""
    found = []
    for part in parts:
        payload = part.get_payload(decode=True)
        for match in _PACKED.finditer(payload if isinstance(payload, bytes) else b""):
            data = b"".join(map(_unpacked, match["lines"].splitlines()))
            found.append((decode_name(match["name"].strip()), data))
    return found


def _unpacked(line: bytes) -> bytes:
    """One line's bytes; of one that is damaged what its length calls for, so that a reader sees it."""
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:  # some encoders leave blanks out at the end, or add marks
        length = (((line[0] - 32) & 63) * 4 + 5) // 3
    try:
        return binascii.a2b_uu(line[:length].ljust(length))
    except binascii.Error:
        return b""


def _may_hold_a_program(name: str) -> bool:
    if is_between_attachments(name):
        return False
    return name.casefold() == "winmail.dat" or KIND_OF.get(suffix_of(name)) in _HOLDERS


def text_of(part: Mail) -> str:
    """The text of a part, HTML as it stands but for its entities."""
    payload = part.get_payload(decode=True)
    raw = payload[:LONGEST_TEXT] if isinstance(payload, bytes) else b""
    text = decode_name(raw, part.get_content_charset("") or "")
    return unescape(text) if part.get_content_subtype() == "html" else text


def _told(link: str, name: str) -> Message:
    host = re.sub(r"^(?:https?://)?([^/?#]*).*$", r"\1", link)[:60]
    if name and host:
        return say("In place of {name} came a link to {host}.", name=name, host=host)
    if host:
        return say("In place of a file came a link to {host}.", host=host)
    return say("The mail speaks of a large attachment, which is not in it.")


def only_a_link(text: str) -> Message | None:
    """What to tell of a file that holds nothing but a link to where the work lies."""
    if len(text) >= 1 << 12 or "![" in text:
        return None
    found = _WRITTEN_ADDRESS.search(text)
    if found is None:
        return None
    letters = sum(map(str.isalnum, _WRITTEN_ADDRESS.sub("", text)))
    address = "https://" + re.sub(r"^\w+://", "", found[0])
    shared = _LINK.search(address) is not None
    return _told(address, "") if letters <= (_SHARED if shared else _ELSEWHERE) else None
