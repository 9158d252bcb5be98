"""Bytes of a source or report into text, in a fixed order, each step with its reason.

1. A byte order mark decides. 2. Bytes that are valid UTF-8 are UTF-8: longer GBK text never is, and
editors rewrite files without touching the cookie; what would be a mix of alphabets is left to the
next steps (钱伟 in GBK reads Ǯΰ in UTF-8). 3. A PEP 263 cookie, where it names an
ordinary text encoding; utf-7, unicode_escape, rot13 and their like would hide lines from a reader
and are never honoured. 4. Line by line, where most lines are UTF-8 and some are not. 5. Big5, where
its frequent characters say so. 6. GB18030, the superset of GBK and GB2312. 7. charset-normalizer.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from grader.intake.collection import Trouble
from grader.language import Message, say
from grader.records import Concern

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins alike
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_FOREIGN_RUN = re.compile(r"[\u0080-\u07ff]{2,}")
_CHINESE = frozenset({"gb2312", "gbk", "gb18030"})
_SANE = _CHINESE | {
    "ascii", "utf-8", "utf-8-sig", "big5", "big5hkscs", "shift_jis", "cp932", "euc_jp", "euc_kr",
    "cp949", "koi8-r", "cp950", *(f"cp125{n}" for n in range(9)),
    *(f"iso8859-{n}" for n in range(1, 17)),
}  # fmt: skip
# Pairs of a lead byte and what may follow it in GBK or Big5; fewer say nothing about which it is.
_PAIRS = re.compile(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]")
_ENOUGH = 10
# Lead bytes of punctuation and of the frequent half of each set; GB2312's second bytes begin later.
_BIG5_FREQUENT = range(0xA1, 0xC7)
_GB2312_FREQUENT = frozenset({0xA1, 0xA3, *range(0xB0, 0xD8)})
_GB2312_FROM = 0xA1
_PADDING = b"\0\x1a"
_FEW = 0.01  # share of NULs that may be strays
_SURELY = 4  # characters of three bytes in a line
_MAGIC = (
    (b"PK\x03\x04", "zip"), (b"Rar!", "rar"), (b"7z\xbc\xaf", "7z"), (b"%PDF", "PDF"),
    (b"\xd0\xcf\x11\xe0", "Word/Office"), (b"\x89PNG", "PNG"), (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"), (b"\x1f\x8b", "gzip"), (b"BZh", "bzip2"), (b"\xfd7zXZ", "xz"),
    (b"\x7fELF", "ELF"), (b"MZ\x90", "EXE"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text with plain newlines, and what the student should know about its encoding."""

    text: str
    notes: tuple[Message, ...] = ()


class Unreadable(Exception):
    """These bytes are no text that can be used."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(str(trouble.reason))
        self.trouble = trouble


def file_type(data: bytes) -> str:
    """The kind of binary file by its first bytes ("zip", "PDF", ...), or ""."""
    return next((kind for magic, kind in _MAGIC if data.startswith(magic)), "")


def decode(data: bytes, *, python: bool = False) -> Decoded:
    """The text of a source (`python`: cookies count) or report. Raises `Unreadable`."""
    if not data.strip(b" \t\r\n\f\v\0\x1a"):
        raise Unreadable(_is_empty())
    if kind := file_type(data):
        raise Unreadable(_is_a(kind))
    data, cleaned = _without_padding(data)
    text, encoding, notes = _decoded(data, cookie(data) if python else "")
    notes = (*cleaned, *notes)
    text = text.rstrip("\0\x1a")
    if "\0" in text:
        raise Unreadable(_is_a("binary"))
    if encoding not in ("utf-8", "ascii"):
        notes = (*notes, _not_utf8(encoding))
    return Decoded(text.replace("\r\n", "\n").replace("\r", "\n"), notes)


def cookie(data: bytes) -> str:
    """The encoding that the first two lines declare (PEP 263), as written; "" without one."""
    for line in data.split(b"\n", 2)[:2]:
        if found := _COOKIE.match(line.removeprefix(codecs.BOM_UTF8)):
            return found[1].decode("ascii", "replace")
        if line.strip() and not line.lstrip().startswith(b"#"):
            break
    return ""


def decode_name(raw: bytes, declared: str = "") -> str:
    """A name of unknown encoding: the declared one, UTF-8, GB18030; never an exception."""
    for encoding in (*filter(None, [_sane(declared)]), *_modern_or_chinese(raw)):
        if (text := _try(raw, encoding)) is not None:
            return text
    return raw.decode("latin-1")


def _decoded(data: bytes, declared: str) -> tuple[str, str, tuple[Message, ...]]:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _marked(data[len(bom) :], encoding)
    ignored = () if not declared or _sane(declared) else (_bad_cookie(declared),)
    for encoding in _candidates(data, _sane(declared)):
        if encoding == "gb18030" and (mixed := _by_lines(data)):
            return mixed.text, "utf-8", (*ignored, *mixed.notes)
        if (text := _try(data, encoding)) is not None:
            return text, encoding, ignored
    return (*_guessed(data), ignored)


def _marked(data: bytes, encoding: str) -> tuple[str, str, tuple[Message, ...]]:
    """What stands behind a byte order mark."""
    text = _try(data, encoding)
    if text is not None:
        return text, encoding, ()
    mixed = _by_lines(data) if encoding == "utf-8" else None
    if mixed is None:
        raise Unreadable(_broken(encoding))
    return mixed.text, encoding, mixed.notes


def _candidates(data: bytes, declared: str) -> Iterator[str]:
    """In the order in which to try them; to look for Big5 takes long, and most texts are UTF-8."""
    if b"\0" in data[:4096]:
        # Text has no NUL: UTF-16 without a mark, or no text at all.
        little = data[1::2].count(0) > data[::2].count(0)
        encoding = "utf-16-le" if little else "utf-16-be"
        if not _reads_like_code(_try(data, encoding) or ""):
            raise Unreadable(_is_a("binary"))
        yield encoding
        return
    first, last = _modern_or_chinese(data)
    yield first
    if declared not in ("", first):
        yield declared
    elif _is_big5(data):
        yield "big5hkscs"
    if last != declared:
        yield last


def _reads_like_code(text: str) -> bool:
    """Nearly all of it ASCII or Chinese; binary data makes a mix of all scripts in UTF-16."""
    usual = sum(mark.isascii() or "\u3000" <= mark <= "\u9fff" for mark in text)
    return usual > 0.95 * len(text)


def _modern_or_chinese(data: bytes) -> tuple[str, str]:
    """UTF-8 and GB18030 in the order in which to try them."""
    if data.isascii():
        return "utf-8", "gb18030"
    text = _try(data, "utf-8")
    plausible = text is None or not any(map(_is_jumble, _FOREIGN_RUN.finditer(text)))
    return ("utf-8", "gb18030") if plausible else ("gb18030", "utf-8")


def _is_jumble(run: re.Match[str]) -> bool:
    """Whether neighbouring letters come from several alphabets, as in no language.

    Only two-byte characters can be misread GBK. Latin ones have ASCII letters around them.
    """
    letters = [mark for mark in run[0] if unicodedata.category(mark)[0] in "LM"]
    scripts = {unicodedata.name(mark, "?").split()[0] for mark in letters}
    around = (
        run.string[max(0, run.start() - 1) : run.start()] + run.string[run.end() : run.end() + 1]
    )
    return len(scripts) > 1 or (scripts == {"LATIN"} and not re.search("[A-Za-z]", around))


def _without_padding(data: bytes) -> tuple[bytes, tuple[Message, ...]]:
    """Without NULs and ^Z at the end, or a stray NUL, and a note of it; UTF-16 keeps its own."""
    if not any(mark in data for mark in _PADDING) or any(
        data.startswith(bom) for bom, _ in _BOMS[1:]
    ):
        return data, ()
    end = len(data.rstrip(_PADDING + b" \t\r\n"))
    kept = data[:end] + re.split(rb"[\0\x1a]", data[end:], maxsplit=1)[0]
    strays = kept.count(b"\0")
    bare = kept.replace(b"\0", b"")
    padded = strays == 0 and (len(data) - len(kept) > 1 or _is_gbk(kept) or _by_lines(kept))
    if not padded and (strays > 1 + _FEW * len(kept) or not _is_plain(bare)):
        return data, ()
    return bare, (say("Zero bytes and the like, which editors and crashes leave, were left out."),)


def _is_plain(data: bytes) -> bool:
    """Whether it is UTF-8 without control characters."""
    text = _try(data, "utf-8")
    return text is not None and not any(mark < " " and mark not in "\t\n\r\f" for mark in text)


def _by_lines(data: bytes) -> Decoded | None:
    """UTF-8 with lines in between that are not: pasted from a GBK file, or cut in a character.

    None where nothing says that any of it is UTF-8.
    """
    lines = data.splitlines(keepends=True)
    wide = [_wide(line) for line in lines]
    foreign = {n: line for n, line in enumerate(lines, 1) if _try(line, "utf-8") is None}
    modern = sum(count > 0 for count in wide)
    if not foreign or (modern < len(foreign) and max(wide) < _SURELY):
        return None
    chinese = {
        n: text for n, line in foreign.items() if (text := _try(line, "gb18030")) is not None
    }
    text = "".join(
        chinese.get(n) or line.decode("utf-8", "replace") for n, line in enumerate(lines, 1)
    )
    return Decoded(text, tuple(_foreign_lines(chinese, foreign.keys() - chinese)))


def _wide(line: bytes) -> int:
    """How many characters of three bytes a line of UTF-8 has; hardly any GBK reads as one."""
    return sum(mark >= "\u0800" for mark in _try(line, "utf-8") or "")


def _foreign_lines(chinese: Collection[int], lost: Collection[int]) -> Iterator[Message]:
    if chinese:
        yield say("Not UTF-8 like the rest, and read as GB18030: {count} lines, from line {line} on. "
                  "Please save as UTF-8.", count=len(chinese), line=min(chinese))  # fmt: skip
    if lost:
        yield say("Bytes that are no text are shown as �: {count} lines, from line {line} on. "
                  "Please save as UTF-8.", count=len(lost), line=min(lost))  # fmt: skip


def _is_big5(data: bytes) -> bool:
    """Whether two-byte characters are frequent ones in Big5, and many would be rare in GBK."""
    pairs = _PAIRS.findall(data)
    frequent = sum(pair[0] in _BIG5_FREQUENT for pair in pairs)
    return len(pairs) >= _ENOUGH and frequent > 0.9 * len(pairs) and not _is_gbk(data)


def _is_gbk(data: bytes) -> bool:
    """Whether two-byte characters are mostly frequent ones in GB2312."""
    pairs = _PAIRS.findall(data)
    frequent = sum(pair[0] in _GB2312_FREQUENT and pair[1] >= _GB2312_FROM for pair in pairs)
    return bool(frequent) and frequent >= 0.7 * len(pairs)


def _guessed(data: bytes) -> tuple[str, str]:
    from charset_normalizer import from_bytes  # noqa: PLC0415 - rarely needed, slow to load

    best = from_bytes(data[: 1 << 16]).best()
    text = _try(data, best.encoding) if best else None
    if best is None or text is None:
        raise Unreadable(_broken("UTF-8, GB18030"))
    return text, best.encoding


def _sane(declared: str) -> str:
    """The codec to use for a declared encoding, "" where it is none that text is written in."""
    try:
        name = codecs.lookup(declared).name
    except (LookupError, ValueError):  # ValueError: a NUL in the name
        return ""
    return "gb18030" if name in _CHINESE else name if name in _SANE else ""


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeError:
        return None


def _is_empty() -> Trouble:
    return Trouble(
        say("The file is empty."), say("Ask the student to send it again."), Concern.UNREADABLE
    )


def _is_a(kind: str) -> Trouble:
    return Trouble(
        say("This is no text: its content is {kind} data.", kind=kind),
        say("Ask the student for a plain .py or .md file."),
        Concern.UNREADABLE,
    )


def _broken(encoding: str) -> Trouble:
    return Trouble(
        say("The text cannot be decoded (tried {encoding}).", encoding=encoding),
        say("Ask the student to save the file as UTF-8 and send it again."),
        Concern.UNREADABLE,
    )


def _bad_cookie(declared: str) -> Message:
    return say(
        "The line “coding: {name}” names no ordinary encoding and was ignored.", name=declared
    )


def _not_utf8(encoding: str) -> Message:
    return say(
        "The file is not UTF-8; it was read as {encoding}. Please save as UTF-8.", encoding=encoding
    )
