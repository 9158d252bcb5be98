"""The whole inbox: everybody is read as they meant it, and every byte is accounted for."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections import Counter
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.intake.collect import collect
from grader.intake.collection import Caps, Intake, IntakeRules
from grader.records import Concern
from tests.intake.build import PNG, RNN, notebook, zipped
from tests.intake.inbox import STYLES, Sent, build_inbox
from tests.intake.packed import rar3, sevenzipped, tarred, tnef

SOURCES = [f"# 程序 {n}\n{RNN}" for n in range(7)]


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Sent], Intake]:
    folder = tmp_path_factory.mktemp("inbox")
    everybody = build_inbox(folder, SOURCES, count=200)
    return folder, everybody, collect([folder], IntakeRules())


def test_everybody_is_read_as_they_meant_it(inbox: tuple[Path, list[Sent], Intake]) -> None:
    _, everybody, intake = inbox
    rows = {one.student_id: one for one in intake.submissions}
    assert set(rows) == {sent.student_id for sent in everybody}
    for sent in everybody:
        row = rows[sent.student_id]
        assert row.name == sent.name
        assert row.source is not None
        assert sent.source.strip() in row.source
        assert row.report is not None
        assert row.report.strip() == sent.report.strip()
        by_mail = any(".eml" in one.name or "host:2" in one.name for one in row.files)
        assert bool(row.submitted_at) is by_mail


def test_only_the_advertisement_is_a_problem(inbox: tuple[Path, list[Sent], Intake]) -> None:
    _, everybody, intake = inbox
    wanted = [one for one in intake.problems if one.kind is not Concern.INFORMATION]
    assert [one.file for one in wanted] == ["welcome.eml"]
    twice = sum((sent.number + 6) % len(STYLES) == len(STYLES) - 1 for sent in everybody)
    assert len(intake.superseded) == twice > 0
    told = [one for one in intake.problems if "it was sent later" in str(one.reason)]
    assert len(told) == 2 * twice  # program and report


def test_every_byte_on_disk_has_a_record(inbox: tuple[Path, list[Sent], Intake]) -> None:
    folder, _, intake = inbox
    on_disk = {
        path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()
    }
    records = {one.name: one for one in intake.files}
    for name, path in on_disk.items():
        data = path.read_bytes()
        assert (records[name].size, records[name].sha256) == (len(data), sha(data))
    inside = [one for one in intake.files if one.name not in on_disk]
    assert all(any(one.name.startswith(f"{name}/") for name in on_disk) for one in inside)


def test_every_attachment_and_member_has_a_record(inbox: tuple[Path, list[Sent], Intake]) -> None:
    """Counted with the library's own modern mail parser, which the intake does not use."""
    folder, _, intake = inbox
    recorded = Counter(one.sha256 for one in intake.files)
    for path in folder.glob("*.eml"):
        message = message_from_bytes(path.read_bytes(), policy=default)
        for attachment in message.walk():
            if (
                attachment.get_content_disposition() == "attachment"
                and not attachment.is_multipart()
            ):
                assert recorded[sha(attachment.get_payload(decode=True))] > 0


def test_every_record_is_in_a_submission_a_problem_or_ignored(
    inbox: tuple[Path, list[Sent], Intake],
) -> None:
    _, _, intake = inbox
    assert lost(intake) == []


def lost(intake: Intake) -> list[str]:
    """Leaves that no submission, problem or list of ignored files mentions."""
    listed = {one.name for row in (*intake.submissions, *intake.superseded) for one in row.files}
    listed |= {one.file for one in intake.problems}
    listed |= {one.name for one in intake.files if one.role in ("ignored", "mail", "archive")}
    return [one.name for one in intake.files if one.name not in listed]


def sha(data: object) -> str:
    assert isinstance(data, bytes)
    return hashlib.sha256(data).hexdigest()


def test_the_builder_is_reproducible(tmp_path: Path) -> None:
    def print_of(folder: Path) -> dict[str, tuple[str, float]]:
        return {
            path.relative_to(folder).as_posix(): (sha(path.read_bytes()), path.stat().st_mtime)
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }

    build_inbox(tmp_path / "a", SOURCES, count=30)
    build_inbox(tmp_path / "b", SOURCES, count=30)
    assert print_of(tmp_path / "a") == print_of(tmp_path / "b")


def test_two_readings_agree(inbox: tuple[Path, list[Sent], Intake]) -> None:
    folder, _, intake = inbox
    assert collect([folder], IntakeRules()) == intake


def test_reading_an_inbox_executes_and_writes_nothing(tmp_path: Path) -> None:
    trap = f"open({str(tmp_path / 'ran')!r}, 'w')\n{RNN}"
    cells = notebook([("code", trap)])
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "ml-6-张三-2023001.ipynb").write_bytes(cells)
    (folder / "a.zip").write_bytes(zipped({"ml-6-李四-2023002.py": trap.encode()}))
    before = sorted(tmp_path.rglob("*"))
    assert len(collect([folder], IntakeRules()).submissions) == 2
    assert sorted(tmp_path.rglob("*")) == before


def test_the_intake_loads_no_parser_it_does_not_need(tmp_path: Path) -> None:
    (tmp_path / "ml-6-张三-2023001.py").write_text(RNN)
    code = (
        "import sys; from pathlib import Path; from grader.intake.collect import collect; "
        "from grader.intake.collection import IntakeRules; "
        f"collect([Path({str(tmp_path)!r})], IntakeRules()); "
        "sys.exit(any(name in sys.modules for name in ('nbformat', 'charset_normalizer', 'numpy')))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


SUFFIXES = [
    ".py",
    ".md",
    ".ipynb",
    ".zip",
    ".eml",
    ".mbox",
    ".txt",
    ".rar",
    ".docx",
    ".png",
    ".csv",
    ".tar.gz",
    ".msg",
    ".7z",
    ".tgz",
    ".gz",
    ".tnef",
    ".PY",
    ".py.txt",
]
INSIDE = {"ml-6-张三-2023001.py": RNN.encode(), "x/report.md": "# 报告".encode()}
PACKED = {
    "a.7z": sevenzipped(INSIDE),
    "a.rar": rar3(INSIDE),
    "a.tgz": tarred(INSIDE),
    "winmail.dat": tnef(INSIDE),
}
HEADS = (b"", b"PK\x03\x04", b"From x\nSubject: y\n", b"Subject: y\nFrom: z\n\n", b"{}", PNG,
         b"\xef\xbb\xbf", b"\xff\xfe", b"# coding: utf-7\n", zipped({"a.py": b"x"}),
         notebook([("code", "x")]), PACKED["a.7z"][:32], b"Rar!\x1a\x07\x00", b"\x1f\x8b\x08", PACKED["winmail.dat"][:40])  # fmt: skip
NAMES = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), max_size=20)


@given(
    st.lists(
        st.tuples(
            NAMES, st.sampled_from(["", *SUFFIXES]), st.sampled_from(HEADS), st.binary(max_size=200)
        ),
        max_size=6,
    )
)
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150
)
def test_arbitrary_bytes_under_any_name(
    tmp_path_factory: pytest.TempPathFactory, files: list[tuple[str, str, bytes, bytes]]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    for number, (name, suffix, head, tail) in enumerate(files):
        (folder / f"{number}{name[:20]}{suffix}").write_bytes(head + tail)
    accounted(folder, collect([folder], IntakeRules(caps=Caps(expansion_floor=1 << 20))))


@given(st.data())
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150
)
def test_damaged_containers(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """A good zip, mail or notebook with some bytes changed or cut off."""
    folder = tmp_path_factory.mktemp("damaged")
    good = data.draw(st.sampled_from(GOOD))
    position = data.draw(st.integers(0, len(good[1])))
    patch = data.draw(st.binary(max_size=12))
    cut = data.draw(st.booleans())
    damaged = good[1][:position] + patch + (b"" if cut else good[1][position + len(patch) :])
    (folder / good[0]).write_bytes(damaged)
    accounted(folder, collect([folder], IntakeRules()))


def accounted(folder: Path, intake: Intake) -> None:
    records = Counter((one.sha256, one.size) for one in intake.files)
    for path in folder.iterdir():
        assert records[sha(path.read_bytes()), path.stat().st_size] > 0
    assert lost(intake) == []
    ids = [one.student_id for one in intake.submissions]
    assert len(set(map(str.casefold, ids))) == len(ids)
    assert all(one.replace("-", "").isalnum() and one.isascii() for one in ids)


def _good() -> list[tuple[str, bytes]]:
    from tests.intake.build import encoded_word, mail, part, rfc2231

    stem = "ml-6-张三-2023001"
    inner = zipped({f"{stem}.py": RNN.encode(), "x/report.md": "# 报告".encode()}, charset="gbk")
    letter = mail(encoded_word("6-张三-2023001"), [part(rfc2231(f"{stem}.zip"), inner)])
    return [
        ("a.zip", zipped({"b.zip": inner, f"{stem}.md": b"x"})),
        ("a.eml", letter),
        ("a.mbox", b"From x\n" + letter),
        ("a.ipynb", notebook([("markdown", "x"), ("code", RNN)])),
        *PACKED.items(),
    ]


GOOD = _good()
