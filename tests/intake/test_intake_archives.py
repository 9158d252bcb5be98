"""Archives: names as their writers meant them, members under the caps, nothing on the disk."""

from __future__ import annotations

import bz2
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path

import pytest

from grader.intake.collect import collect
from grader.intake.collection import Caps, Intake, IntakeRules
from tests.intake.cases import MD, A
from tests.intake.packed import rar3, sevenzipped, tarred, tnef

STEM = "ml-6-张三-2023001"


def take(folder: Path, name: str, data: bytes, **caps: int) -> Intake:
    (folder / name).write_bytes(data)
    return collect([folder], IntakeRules(caps=Caps(**caps)))


def whole(intake: Intake) -> bool:
    (one,) = intake.submissions
    return (one.student_id, one.name, one.source, one.report) == (
        "2023001", "张三", A.decode(), MD.decode()
    )  # fmt: skip


def told(intake: Intake) -> str:
    return "\n".join(f"{one.file}: {one.reason} {one.action}" for one in intake.problems)


def unicode_path(shown: str, stored: bytes, *, wrong: bool = False) -> bytes:
    """The extra field 0x7075 of APPNOTE.TXT 4.6.9, as WinRAR and WinZip write it."""
    checksum = zlib.crc32(stored) ^ wrong
    field = struct.pack("<BL", 1, checksum) + shown.encode()
    return struct.pack("<HH", 0x7075, len(field)) + field


@pytest.mark.parametrize("wrong", [False, True])
def test_a_zip_name_by_its_unicode_path(tmp_path: Path, *, wrong: bool) -> None:
    """The stored name is a stand-in; a field whose checksum is another name's says nothing."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number, (suffix, data) in enumerate(((".py", A), (".md", MD))):
            stored = f"__-6-__-20{number}{suffix}"
            info = zipfile.ZipInfo(stored)
            info.extra = unicode_path(f"作业/{STEM}{suffix}", stored.encode(), wrong=wrong)
            archive.writestr(info, data)
    intake = take(tmp_path, "a.zip", buffer.getvalue())
    assert wrong or whole(intake)
    assert not wrong or all(one.name != "张三" for one in intake.submissions)


@pytest.mark.parametrize("gbk", [False, True])
def test_a_rar_with_stored_members_needs_no_tool(tmp_path: Path, *, gbk: bool) -> None:
    data = rar3({f"{STEM}/{STEM}.py": A, f"{STEM}/{STEM}.md": MD}, gbk=gbk)
    assert whole(take(tmp_path, "a.rar", data))


def test_a_packed_rar_without_a_tool_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import rarfile

    def none(**_: object) -> None:
        raise rarfile.RarCannotExec

    monkeypatch.setattr(rarfile, "tool_setup", none)
    packed = bytearray(rar3({f"{STEM}.py": A}))
    method = packed.index(b"\x1d\x30") + 1
    packed[method] = 0x33
    head = packed.index(b"\x74", 20) - 2
    size = struct.unpack_from("<H", packed, head + 5)[0]
    checksum = zlib.crc32(bytes(packed[head + 2 : head + size])) & 0xFFFF
    struct.pack_into("<H", packed, head, checksum)
    assert "Install unrar, 7-Zip or bsdtar" in told(take(tmp_path, f"{STEM}.rar", bytes(packed)))


def test_winmail(tmp_path: Path) -> None:
    assert whole(take(tmp_path, "winmail.dat", tnef({f"{STEM}.py": A, f"{STEM}.md": MD})))


def test_winmail_of_too_many_objects_is_not_parsed(tmp_path: Path) -> None:
    """tnefparse copies the rest of the file for each: a megabyte of empty ones takes for ever."""
    many = tnef({"a": b""}) + bytes(11) * 100_000
    assert "more files than the limit" in told(take(tmp_path, "winmail.dat", many))


@pytest.mark.parametrize("suffix", ["tar", "tar.gz", "tgz", "tar.bz2", "tar.xz"])
def test_tars(tmp_path: Path, suffix: str) -> None:
    plain = zlib.decompress(tarred({f"作业/{STEM}.py": A, f"作业/{STEM}.md": MD}), 31)
    pack = {"tar": bytes, "bz2": bz2.compress, "xz": lzma.compress}.get(suffix.rpartition(".")[2])
    data = pack(plain) if pack else tarred({f"作业/{STEM}.py": A, f"作业/{STEM}.md": MD})
    assert whole(take(tmp_path, f"a.{suffix}", data))


def test_links_and_devices_in_a_tar_are_told(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, kind in (
            ("a.py", tarfile.SYMTYPE),
            ("b.py", tarfile.LNKTYPE),
            ("c.py", tarfile.CHRTYPE),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    intake = take(tmp_path, f"{STEM}.tar", buffer.getvalue())
    assert intake.submissions[0].source is None
    assert told(intake).count("links are not followed") == 3


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("bomb.tar.gz", tarred({"a.py": bytes(3 << 20)})),
        ("bomb.py.gz", zlib.compress(bytes(3 << 20), wbits=31)),
        ("bomb.7z", sevenzipped({"a.py": bytes(3 << 20)})),
    ],
)
def test_bombs_stop_at_the_limit(tmp_path: Path, name: str, data: bytes) -> None:
    limits = {"expansion_floor": 1 << 20, "expansion_ratio": 1, "file": 1 << 20}
    intake = take(tmp_path, name, data, **limits)
    assert "more than the limit" in told(intake)
    assert all(one.source is None for one in intake.submissions)


@pytest.mark.parametrize("suffix", ["rar", "7z", "tar", "tar.gz", "tar.xz", "gz"])
def test_noise_under_an_archives_name_stops_nothing(tmp_path: Path, suffix: str) -> None:
    (tmp_path / "ml-6-李四-2023002.py").write_bytes(A)
    intake = take(tmp_path, f"{STEM}.{suffix}", b"\x1f\x8b noise" * 9)
    rows = {one.student_id: one for one in intake.submissions}
    assert rows["2023002"].source
    assert rows["2023001"].source is None
    assert "damaged" in told(intake)


def test_a_locked_7z_is_told(tmp_path: Path) -> None:
    import py7zr

    buffer = io.BytesIO()
    with py7zr.SevenZipFile(buffer, "w", password="geheim") as archive:
        archive.set_encrypted_header(True)
        archive.writestr(A, "rnn.py")
    assert "protected by a password" in told(take(tmp_path, f"{STEM}.7z", buffer.getvalue()))
