"""Archives other than zip, as their makers write them."""

from __future__ import annotations

import io
import struct
import tarfile
import zlib
from collections.abc import Mapping


def tarred(files: Mapping[str, bytes], *, encoding: str = "utf-8") -> bytes:
    buffer = io.BytesIO()
    form = tarfile.GNU_FORMAT if encoding != "utf-8" else tarfile.PAX_FORMAT
    with tarfile.open(fileobj=buffer, mode="w:gz", format=form, encoding=encoding) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def sevenzipped(files: Mapping[str, bytes]) -> bytes:
    import py7zr

    buffer = io.BytesIO()
    with py7zr.SevenZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(data, name)
    return buffer.getvalue()


def rar3(files: Mapping[str, bytes], *, gbk: bool = False) -> bytes:
    """A RAR 3 archive whose members are stored, by the format's published technical note."""

    def block(kind: int, flags: int, rest: bytes) -> bytes:
        body = struct.pack("<BHH", kind, flags, 7 + len(rest)) + rest
        return struct.pack("<H", zlib.crc32(body) & 0xFFFF) + body

    out = b"Rar!\x1a\x07\x00" + block(0x73, 0, bytes(6))
    for name, data in files.items():
        raw = name.encode("gbk" if gbk else "utf-8")
        head = struct.pack(
            "<LLBLLBBHL", len(data), len(data), 3, zlib.crc32(data), 0x5B630000, 29, 0x30, len(raw), 0o100644
        )  # fmt: skip
        out += block(0x74, 0x8000, head + raw) + data
    return out + block(0x7B, 0x4000, b"")


def tnef(files: Mapping[str, bytes]) -> bytes:
    """winmail.dat with short names in GBK and no code page (MS-OXTNEF 2.1)."""

    def attribute(level: int, name: int, kind: int, data: bytes) -> bytes:
        return (
            struct.pack("<BHHL", level, name, kind, len(data))
            + data
            + struct.pack("<H", sum(data) & 0xFFFF)
        )

    out = struct.pack("<LH", 0x223E9F78, 1) + attribute(1, 0x9006, 8, struct.pack("<L", 0x10000))
    for name, data in files.items():
        out += attribute(2, 0x9002, 6, bytes(14))
        out += attribute(2, 0x8010, 1, name.encode("gbk") + b"\0")
        out += attribute(2, 0x800F, 6, data)
    return out
