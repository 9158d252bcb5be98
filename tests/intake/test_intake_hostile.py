"""What nobody should send: bombs, links, devices, tricks with paths, locks."""

from __future__ import annotations

import io
import os
import shutil
import socket
import stat
import struct
import tempfile
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.intake.collect import collect
from grader.intake.collection import Caps, Intake, IntakeRules
from grader.intake.reading.mails import split_mbox
from tests.intake.build import RNN, encoded_word, forwarded, mail, notebook, part, rfc2231, zipped

STEM = "ml-6-张三-2023001"
GOOD = {"ml-6-李四-2023002.py": RNN.encode(), "ml-6-李四-2023002.md": b"# x\n"}
SMALL = Caps(expansion_floor=4 << 20, expansion_ratio=2, file=1 << 20, members=50, depth=4)


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """An inbox with one good submission, which must survive whatever lies beside it."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    for name, data in GOOD.items():
        (folder / name).write_bytes(data)
    return folder


def take(folder: Path, caps: Caps = SMALL) -> Intake:
    intake = collect([folder], IntakeRules(caps=caps))
    good = next(one for one in intake.submissions if one.student_id == "2023002")
    assert good.source == RNN
    return intake


def reason(intake: Intake, name: str) -> str:
    return " ".join(str(one.reason) for one in intake.problems if one.file == name)


def bomb(size: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{STEM}.py", b"\0" * size)
    return buffer.getvalue()


def test_a_bomb_stops_at_the_budget_and_costs_no_memory(inbox: Path) -> None:
    (inbox / f"{STEM}.zip").write_bytes(bomb(40 << 20))
    tracemalloc.start()
    intake = take(inbox)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "zip bomb" in reason(intake, f"{STEM}.zip")
    assert peak < 24 << 20


def test_a_bomb_in_a_zip_in_a_mail(inbox: Path) -> None:
    archive = zipped({"a.zip": zipped({"b.zip": bomb(40 << 20)})})
    (inbox / "a.eml").write_bytes(mail("x", [part(rfc2231("c.zip"), archive)]))
    intake = take(inbox)
    assert any("zip bomb" in str(one.reason) for one in intake.problems)


def test_overlapping_members_share_one_budget(inbox: Path) -> None:
    """Many directory entries over one compressed block, as in the best known bombs."""
    data = bytearray(bomb(900 << 10))
    end = data.rindex(b"PK\x05\x06")
    start = struct.unpack("<I", data[end + 16 : end + 20])[0]
    entry = bytes(data[start:end])
    count = 40
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(entry) * count, start, 0)
    (inbox / "overlap.zip").write_bytes(bytes(data[:start]) + entry * count + tail)
    intake = take(inbox)
    assert any("overlap.zip" in one.file for one in intake.problems)
    # Newer Pythons refuse such members one by one, older ones let the budget stop them.
    read = [one.size for one in intake.files if one.name.startswith("overlap.zip/") and one.sha256]
    assert sum(read) <= SMALL.expansion_floor


def test_too_many_members(inbox: Path) -> None:
    (inbox / "many.zip").write_bytes(zipped({f"{n}.txt": b"x" for n in range(60)}))
    assert "more files than the limit" in reason(take(inbox), "many.zip")


def test_too_many_attachments(inbox: Path) -> None:
    parts = [part(rfc2231(f"{n}.png"), b"x") for n in range(60)]
    (inbox / "many.eml").write_bytes(mail("x", parts))
    assert "more files than the limit" in reason(take(inbox), "many.eml")


def test_too_deep(inbox: Path) -> None:
    data = RNN.encode()
    name = f"{STEM}.py"
    for depth in range(9):
        data, name = zipped({name: data}), f"{depth}.zip"
    (inbox / "deep.zip").write_bytes(data)
    intake = take(inbox)
    assert any("containers deep" in str(one.reason) for one in intake.problems)


def test_mails_in_mails_in_mails(inbox: Path) -> None:
    message = mail("x", [])
    for depth in range(120):
        message = mail("x", [forwarded(message)], boundary=f"=_d{depth}")
    (inbox / "deep.eml").write_bytes(message)
    intake = take(inbox)
    assert any(one.file.startswith("deep.eml") for one in intake.problems)


def test_deeply_nested_multiparts(inbox: Path) -> None:
    lines = "".join(
        f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(2_000)
    )
    (inbox / "parts.eml").write_bytes(f"Subject: x\r\n{lines}".encode())
    assert any(one.file == "parts.eml" for one in take(inbox).problems)


@pytest.mark.parametrize(
    ("name", "data", "word"),
    [
        (f"{STEM}.py", b"x = 1\n" * (1 << 18), "larger than the limit"),
        (f"{STEM}.eml", mail("x", [part(rfc2231("a.bin"), bytes(3 << 20))]), "larger than"),
        (f"{STEM}.zip", b"PK\x03\x04 not a zip", "damaged"),
        (f"{STEM}.zip", b"", "damaged"),
        (f"{STEM}.ipynb", b"{" * 100_000, "damaged"),
        (f"{STEM}.ipynb", b"[" * 1000 + b"]" * 1000, "damaged"),
        (f"{STEM}.ipynb", notebook([("code", "x")] * 3_000), "larger than"),
        (f"{STEM}.md", b"a\0\1\2" * 99, "no text"),
    ],
)
def test_what_cannot_be_read_is_a_problem_with_a_row(
    inbox: Path, name: str, data: bytes, word: str
) -> None:
    (inbox / name).write_bytes(data)
    intake = take(inbox)
    assert word in reason(intake, name)
    record = next(one for one in intake.files if one.name == name)
    assert (record.size, record.role) == (len(data), "unreadable")


def test_a_member_with_a_password(inbox: Path) -> None:
    data = bytearray(zipped({f"{STEM}.py": RNN.encode()}))
    data[6] |= 1  # the flag in the local header
    data[data.index(b"PK\x01\x02") + 8] |= 1  # and in the directory
    (inbox / "locked.zip").write_bytes(data)
    intake = take(inbox)
    assert "password" in reason(intake, f"locked.zip/{STEM}.py")
    assert {one.student_id for one in intake.submissions} == {"2023001", "2023002"}


@pytest.mark.parametrize(
    "name",
    [
        "../../evil.py",
        "/etc/evil.py",
        "C:\\evil.py",
        "..\\..\\evil.py",
        "a/../../evil.py",
        "\x1b[2Jevil.py",
        "evil\u202eyp.py",
    ],
)
def test_tricks_with_paths_stay_names(inbox: Path, tmp_path: Path, name: str) -> None:
    before = sorted(tmp_path.rglob("*"))
    (inbox / "slip.zip").write_bytes(zipped({name: RNN.encode()}))
    (inbox / "slip.eml").write_bytes(mail("x", [part(rfc2231(name), RNN.encode())]))
    intake = take(inbox)
    assert set(tmp_path.rglob("*")) - set(before) == {inbox / "slip.zip", inbox / "slip.eml"}
    for one in (*intake.files, *(row for sub in intake.submissions for row in sub.files)):
        assert ".." not in one.name.split("/")
        assert not one.name.startswith("/")
        assert one.name.isprintable()


def test_a_link_in_a_zip(inbox: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = zipfile.ZipInfo(f"{STEM}.py")
        info.create_system = 3
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    (inbox / "link.zip").write_bytes(buffer.getvalue())
    assert "link" in reason(take(inbox), f"link.zip/{STEM}.py")


@pytest.mark.needs("linux")
def test_links_pipes_and_sockets_are_never_opened(inbox: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.py"
    secret.write_text("SECRET = 1\n")
    (inbox / f"{STEM}.py").symlink_to(secret)
    (inbox / "folder").symlink_to(tmp_path)
    (inbox / "broken").symlink_to(tmp_path / "nothing")
    os.mkfifo(inbox / "ml-6-王五-2023003.py")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(inbox / "s.md"))
        intake = take(inbox)
    assert not any("SECRET" in (one.source or "") for one in intake.submissions)
    for name in (f"{STEM}.py", "folder", "broken"):
        assert "link" in reason(intake, name)
    assert "no regular file" in reason(intake, "ml-6-王五-2023003.py")
    assert "no regular file" in reason(intake, "s.md")


@pytest.mark.needs("linux")
def test_the_folder_itself_may_be_named_by_a_link(inbox: Path, tmp_path: Path) -> None:
    (tmp_path / "shortcut").symlink_to(inbox)
    take(tmp_path / "shortcut")


@pytest.fixture
def foreign_inbox() -> Iterator[Path]:
    """An inbox read by somebody who may not read all of it; root gives up its rights meanwhile."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    for name, data in GOOD.items():
        (folder / name).write_bytes(data)
    (folder / f"{STEM}.py").write_text(RNN)
    (folder / f"{STEM}.py").chmod(0)
    (folder / "closed").mkdir(mode=0)
    root = os.geteuid() == 0
    try:
        if root:
            os.seteuid(65534)
        yield folder
    finally:
        if root:
            os.seteuid(0)
        (folder / "closed").chmod(0o700)
        shutil.rmtree(folder)


@pytest.mark.needs("linux")
def test_what_may_not_be_read_is_a_problem(foreign_inbox: Path) -> None:
    intake = take(foreign_inbox)
    assert "Permission denied" in reason(intake, f"{STEM}.py")
    assert "Permission denied" in reason(intake, "closed")
    assert {one.student_id for one in intake.submissions} == {"2023001", "2023002"}


def test_a_path_that_is_not_there(inbox: Path) -> None:
    intake = collect([inbox, inbox / "gone.zip"], IntakeRules())
    assert "No such file" in reason(intake, "gone.zip")


def test_clutter_is_recorded_and_not_read(inbox: Path) -> None:
    clutter = ["__MACOSX/._x.py", ".DS_Store", "Thumbs.db", "~$r.md", ".git/config", ".venv/lib/x.py",
               "__pycache__/x.pyc", ".ipynb_checkpoints/x-checkpoint.ipynb"]  # fmt: skip
    for name in clutter:
        (inbox / name).parent.mkdir(parents=True, exist_ok=True)
        (inbox / name).write_text(RNN)
    (inbox / "c.zip").write_bytes(zipped({f"x/{name}": RNN.encode() for name in clutter}))
    intake = take(inbox)
    assert intake.problems == ()
    assert len(intake.submissions) == 1
    roles = {one.name: one.role for one in intake.files}
    for name in clutter:
        assert roles[name] == roles[f"c.zip/x/{name}"] == "ignored"


def test_a_huge_message_in_an_mbox_is_cut_off() -> None:
    stream = io.BytesIO(b"From a\nSubject: 1\n\n" + b"x" * 9999 + b"\n\nFrom b\nSubject: 2\n\nok\n")
    first, second = split_mbox(stream, 100)
    assert 100 < len(first) < 100 + (1 << 16)
    assert second == b"Subject: 2\n\nok\n"


def test_a_hostile_header_is_a_name_at_most(inbox: Path) -> None:
    subjects = [
        "=?utf-8?B?!!!?=",
        "=?x?Q?=FF?=",
        "=?utf-8?B?" + "A" * 5000 + "?=",
        "\x00\x01",
        "=?gbk?B?//?=",
    ]
    for number, subject in enumerate(subjects):
        (inbox / f"{number}.eml").write_bytes(mail(subject, [part(encoded_word("x"), b"1")]))
    assert len(take(inbox).files) >= 7
