"""Whether bytes that claim to be a PNG may be kept and shown. They come from a student.

Follows the PNG specification (W3C, third edition, sections 5 and 11): signature, IHDR first, sane
sizes, only critical chunks that every reader knows, IEND last. Text and colour chunks are refused
nowhere, since readers skip what they do not know, but a second image hidden behind IEND is.
"""

from __future__ import annotations

import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_SIDE = 8192
MAX_PIXELS = 16_000_000
CRITICAL = (b"IHDR", b"PLTE", b"IDAT", b"IEND")


def is_sound(data: bytes) -> bool:
    """True where `data` is one well-formed PNG of a sane size."""
    if not data.startswith(SIGNATURE):
        return False
    position = len(SIGNATURE)
    first = True
    while position + 12 <= len(data):
        length = int.from_bytes(data[position : position + 4], "big")
        kind = data[position + 4 : position + 8]
        end = position + 12 + length
        if end > len(data) or not _sound_chunk(
            kind, data[position + 8 : end - 4], data[end - 4 : end]
        ):
            return False
        if first != (kind == b"IHDR") or (
            first and not _sound_header(data[position + 8 : end - 4])
        ):
            return False
        if kind == b"IEND":
            return end == len(data)
        first, position = False, end
    return False


def _sound_chunk(kind: bytes, content: bytes, checksum: bytes) -> bool:
    known = kind in CRITICAL or (kind.isalpha() and bool(kind[0] & 0x20))
    return known and zlib.crc32(kind + content) == int.from_bytes(checksum, "big")


def _sound_header(content: bytes) -> bool:
    if len(content) != 13:  # noqa: PLR2004 - section 11.2.1
        return False
    width = int.from_bytes(content[:4], "big")
    height = int.from_bytes(content[4:8], "big")
    return 0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE and width * height <= MAX_PIXELS
