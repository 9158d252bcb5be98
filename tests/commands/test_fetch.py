"""`fetch` against a real IMAP server (Dovecot on loopback)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.commands.fetch import PASSWORD_VARIABLE
from grader.commands.fetch import fetch as fetch_command
from grader.intake.collect import collect
from grader.intake.collection import IntakeRules
from grader.intake.imap import download
from grader.intake.imap.folders import decode_folder, encode_folder
from grader.intake.imap.mailboxes import FetchError, Mailbox, parse_url
from tests.intake.build import RNN, encoded_word, mail, part, rfc2231
from tests.intake.dovecot import PASSWORD, USER, CuttingProxy, Server, dovecot

needs_dovecot = pytest.mark.needs("dovecot")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with dovecot() as running:
        yield running


def letter(number: int, padding: int = 0) -> bytes:
    stem = f"ml-6-张三-{2023000 + number}"
    parts = [
        part(rfc2231(f"{stem}.py"), RNN.encode()),
        part(rfc2231(f"{stem}.md"), "# 报告\n".encode()),
        part(rfc2231("loss.bin"), os.urandom(padding)),
    ]
    return mail(encoded_word(f"6-张三-{2023000 + number}"), parts)


def quiet(done: int, total: int) -> None:
    del done, total


def fetch(server: Server, into: Path, folder: str = "INBOX", port: int = 0) -> download.Fetched:
    mailbox = parse_url(server.url(folder, port=port))
    return download.fetch(mailbox, PASSWORD, into, ca_file=server.ca_file, progress=quiet)


@needs_dovecot
def test_saves_every_byte_and_marks_nothing(server: Server, tmp_path: Path) -> None:
    letters = [letter(number) for number in range(5)]
    server.put(letters, "plain")
    fetched = fetch(server, tmp_path, "plain")
    assert (fetched.total, fetched.new, fetched.present) == (5, 5, 0)
    assert [path.read_bytes() for path in sorted(tmp_path.iterdir())] == letters
    assert b"Seen" not in server.flags("plain")
    again = fetch(server, tmp_path, "plain")
    assert (again.total, again.new, again.present) == (5, 0, 5)


@needs_dovecot
def test_only_new_messages_come_the_second_time(server: Server, tmp_path: Path) -> None:
    server.put([letter(1)], "growing")
    fetch(server, tmp_path, "growing")
    (first,) = tmp_path.iterdir()
    first.write_bytes(b"kept as it is")
    server.put([letter(2)], "growing")
    assert fetch(server, tmp_path, "growing").new == 1
    assert first.read_bytes() == b"kept as it is"


@needs_dovecot
def test_chinese_folder_and_subject(server: Server, tmp_path: Path) -> None:
    server.put([letter(7)], "&V4NXPpCuTvY-")  # 垃圾邮件, encoded by hand from the RFC
    fetch(server, tmp_path, "%E5%9E%83%E5%9C%BE%E9%82%AE%E4%BB%B6")
    (submission,) = collect([tmp_path], IntakeRules()).submissions
    assert (submission.student_id, submission.name) == ("2023007", "张三")
    assert submission.source == RNN


@needs_dovecot
def test_goes_on_after_cut_connections(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "PAUSE", 0.0)
    letters = [letter(number, padding=30_000) for number in range(8)]
    server.put(letters, "cut")
    with CuttingProxy(server.port, [100_000, 2_000, 150_000]) as proxy:
        fetched = fetch(server, tmp_path, "cut", proxy.port)
    assert proxy.cuts == 3
    assert fetched.new == 8
    assert sorted(path.read_bytes() for path in tmp_path.iterdir()) == sorted(letters)


@needs_dovecot
def test_gives_up_after_some_cuts_and_says_how_to_go_on(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "PAUSE", 0.0)
    letters = [letter(number, padding=30_000) for number in range(4)]
    server.put(letters, "lost")
    with (
        CuttingProxy(server.port, [100_000, *[3_000] * 20]) as proxy,
        pytest.raises(FetchError, match="run the same command again"),
    ):
        fetch(server, tmp_path, "lost", proxy.port)
    saved = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert 0 < len(saved) < 4
    assert set(saved.values()) <= set(letters)


@needs_dovecot
def test_killed_run_leaves_whole_messages_and_is_resumed(server: Server, tmp_path: Path) -> None:
    letters = [letter(number, padding=50_000) for number in range(60)]
    server.put(letters, "killed")
    command = [sys.executable, "-m", "grader", "fetch", server.url("killed"), "--into", tmp_path]
    environment = {**os.environ, PASSWORD_VARIABLE: PASSWORD}
    process = subprocess.Popen([*command, "--ca-file", server.ca_file], env=environment)
    while sum(path.suffix == ".eml" for path in tmp_path.iterdir()) < 5:
        assert process.poll() is None
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.wait(30)
    saved = [path for path in tmp_path.iterdir() if path.suffix == ".eml"]
    assert 5 <= len(saved) < 60
    assert {path.read_bytes() for path in saved} <= set(letters)
    fetched = fetch(server, tmp_path, "killed")
    assert fetched.new == 60 - len(saved)
    assert sorted(path.read_bytes() for path in tmp_path.iterdir()) == sorted(letters)


@needs_dovecot
def test_command_reports_and_asks_for_the_password(server: Server, tmp_path: Path) -> None:
    server.put([letter(1)], "command")
    arguments = [server.url("command"), "--into", str(tmp_path), "--ca-file", str(server.ca_file)]
    result = CliRunner().invoke(fetch_command, [*arguments, "--lang", "zh"], input=f"{PASSWORD}\n")
    assert result.exit_code == 0, result.output
    assert "共 1 封邮件" in result.output
    assert PASSWORD not in result.output


@needs_dovecot
@pytest.mark.parametrize(
    ("password", "folder", "trusted", "words"),
    [
        ("wrong", "INBOX", "trusted", "refused the login of ta@example.edu"),
        (PASSWORD, "no-such-folder", "trusted", "There are: "),
        (PASSWORD, "INBOX", "", "is not trusted"),
    ],
)
def test_refusals_say_what_to_do(
    server: Server, tmp_path: Path, password: str, folder: str, trusted: str, words: str
) -> None:
    arguments = [server.url(folder), "--into", str(tmp_path), "--lang", "en"]
    arguments += ["--ca-file", str(server.ca_file)] if trusted else []
    environment = {PASSWORD_VARIABLE: password}
    result = CliRunner().invoke(fetch_command, arguments, env=environment)
    assert result.exit_code == 2
    assert words in result.output
    assert password not in result.output
    assert list(tmp_path.iterdir()) == []


def test_no_server_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="No connection to localhost:1 "):
        download.fetch(Mailbox(USER, "localhost", 1), "x", tmp_path, progress=quiet)


@pytest.mark.parametrize(
    "url",
    ["imap://u@h/INBOX", "http://u@h", "imaps://h/INBOX", "imaps://u@/x", "imaps://u@h:x/y", "u@h"],
)
def test_bad_addresses_are_refused(url: str) -> None:
    with pytest.raises(FetchError, match="must read imaps://"):
        parse_url(url)


def test_password_in_the_address_is_refused() -> None:
    with pytest.raises(FetchError, match="Leave the password out"):
        parse_url("imaps://u:secret@h/INBOX")


def test_address_parts() -> None:
    box = parse_url("imaps://ta%40example.edu@mail.example.edu:1993/%E4%BD%9C%E4%B8%9A/ml-6")
    assert box == Mailbox("ta@example.edu", "mail.example.edu", 1993, "作业/ml-6")
    assert parse_url("imaps://ta@example.edu@mail.example.edu").user == "ta@example.edu"
    assert parse_url("imaps://ta@h").folder == "INBOX"


@pytest.mark.parametrize(
    ("folder", "wire"),
    [("台北", "&U,BTFw-"), ("垃圾邮件", "&V4NXPpCuTvY-"), ("R&D", "R&-D"), ("INBOX", "INBOX")],
)
def test_folder_names_as_in_the_rfc(folder: str, wire: str) -> None:
    assert encode_folder(folder) == wire
    assert decode_folder(wire) == folder


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_folder_names_round_trip(folder: str) -> None:
    assert decode_folder(encode_folder(folder)) == folder
    assert encode_folder(folder).isascii()
