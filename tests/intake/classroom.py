"""A class in every format at once: mails, folders, archives, and the downloads of three platforms.

expected = build_inbox(tmp_path / "inbox", sources, styles=EVERY_STYLE)
"""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

from tests.intake.build import PNG, encoded_word, mail, part, plain_name, rfc2231, zipped
from tests.intake.inbox import START, STYLES, Sent, Style, _write
from tests.intake.packed import rar3, sevenzipped, tarred, tnef

OTHER = (
    b"class SimpleRNN:\n    def forward(self, x):\n        return x  # not the one that counts\n"
)


def _pair(sent: Sent) -> dict[str, bytes]:
    return {f"{sent.stem}.py": sent.py, f"{sent.stem}.md": sent.md}


def _letter(sent: Sent, files: dict[str, bytes], **more: str) -> bytes:
    parts = [part(rfc2231(name), data) for name, data in files.items()]
    return sent.mail(encoded_word(sent.subject), parts, **more)


def _moodle(folder: Path, sent: Sent) -> None:
    """Unpacked; the participant's number is no id, which stands in the file's own name."""
    home = folder / "作业6-moodle" / f"{sent.name}_{700_000 + sent.number}_assignsubmission_file"
    for name, data in _pair(sent).items():
        _write(home / name, data)


def _canvas(folder: Path, sent: Sent) -> None:
    home = folder / "submissions"
    for number, (name, data) in enumerate(_pair(sent).items()):
        late = "LATE_" * (sent.number % 2)
        stored = f"{sent.name}_{late}{1_300_000 + sent.number}_{5_000_000 + 10 * sent.number + number}_{name}"
        _write(home / stored, data)


def _gradescope(folder: Path, sent: Sent) -> None:
    home = folder / "assignment_77_export"
    _write(home / f"submission_{sent.number}" / "rnn.py", sent.py)
    _write(home / f"submission_{sent.number}" / "report.md", sent.md)
    with (home / "submission_metadata.yml").open("a", encoding="utf-8") as file:
        file.write(
            f"submission_{sent.number}:\n  :submitters:\n  - :name: {sent.name}\n"
            f"    :sid: '{sent.student_id}'\n  :created_at: 2025-11-03 02:00:00.000000000 Z\n"
        )


def _tar(folder: Path, sent: Sent) -> None:
    _write(folder / f"{sent.stem}.tar.gz", tarred({"rnn.py": sent.py, "report.md": sent.md}))


def _tar_in_gbk(folder: Path, sent: Sent) -> None:
    data = tarred(_pair(sent), encoding="gbk")
    _write(folder / f"{sent.number:04}.eml", sent.mail("hw", [part(plain_name("hw.tgz"), data)]))


def _seven_zip(folder: Path, sent: Sent) -> None:
    data = sevenzipped({f"{sent.name}/rnn.py": sent.py, f"{sent.name}/report.md": sent.md})
    _write(folder / f"{sent.number:04}.eml", _letter(sent, {f"{sent.stem}.7z": data}))


def _rar(folder: Path, sent: Sent) -> None:
    _write(folder / f"计科2101-{sent.name}-{sent.student_id}.rar", rar3(_pair(sent), gbk=True))


def _outlook(folder: Path, sent: Sent) -> None:
    _write(folder / f"{sent.number:04}.eml", _letter(sent, {"winmail.dat": tnef(_pair(sent))}))


def _hidden_suffix(folder: Path, sent: Sent) -> None:
    _write(folder / f"{sent.stem}.py.txt", sent.py)
    _write(folder / f"{sent.stem}.md.txt", sent.md)


def _versions(folder: Path, sent: Sent) -> None:
    files = {
        "rnn.py": OTHER,
        "rnn_v2.py": sent.py.replace(b"\n", b"\n# old\n", 1),
        "rnn_final.py": sent.py,
        "report.md": sent.md,
    }
    _write(folder / f"{sent.number:04}.eml", _letter(sent, files))


def _asks_afterwards(folder: Path, sent: Sent) -> None:
    _write(folder / f"{sent.number:04}-a.eml", _letter(sent, _pair(sent)))
    question = mail(
        encoded_word(f"Re: {sent.subject} 请问"),
        [part(rfc2231("test.py"), b"print(1/0)\n"), part(rfc2231("截图.png"), PNG, "image/png")],
        date=format_datetime(START + timedelta(days=2)),
        sender=f"{sent.name} <{sent.student_id}@example.edu>",
        boundary=f"=_q{sent.number}",
    )
    _write(folder / f"{sent.number:04}-b.eml", question)


def _is_answered(folder: Path, sent: Sent) -> None:
    _write(folder / f"{sent.number:04}-a.eml", _letter(sent, _pair(sent)))
    answer = mail(
        encoded_word(f"Re: {sent.subject}"),
        [part(rfc2231("rnn.py"), OTHER)],
        date=format_datetime(START + timedelta(days=2)),
        sender="ta <ml-course@example.edu>",
        boundary=f"=_r{sent.number}",
    )
    _write(folder / f"{sent.number:04}-b.eml", answer)


def _other_homework_too(folder: Path, sent: Sent) -> None:
    _write(folder / f"{sent.number:04}-a.eml", _letter(sent, _pair(sent)))
    other = f"ml-5-{sent.name}-{sent.student_id}"
    files = {f"{other}.py": b"class Tree: pass\n", f"{other}.md": b"# five\n"}
    parts = [part(rfc2231(name), data) for name, data in files.items()]
    later = mail(encoded_word(other[3:]), parts, date=format_datetime(START + timedelta(days=3)))
    _write(folder / f"{sent.number:04}-b.eml", later)


def _by_a_monitor(folder: Path, sent: Sent) -> None:
    """A folder per student in one zip of a mail, with somebody's handout around it."""
    home = f"3班/{sent.number:02}-{sent.name}-{sent.student_id}"
    data = zipped({f"{home}/student/rnn.py": sent.py, f"{home}/student/report.md": sent.md,
                   f"{home}/student/README.md": b"# how\n", f"{home}/student/kit/k.py": b"x = 1\n"})  # fmt: skip
    letter = mail(encoded_word("3班作业"), [part(rfc2231("3班.zip"), data)],
                  sender=f"{encoded_word('赵班长')} <monitor@example.edu>", date=sent.date)  # fmt: skip
    _write(folder / f"{sent.number:04}.eml", letter)


def _photos(folder: Path, sent: Sent) -> None:
    files = _pair(sent) | {"推导1.jpg": b"\xff\xd8\xff1", "推导2.heic": b"\0\0\0\x18ftypheic"}
    _write(folder / f"{sent.number:04}.eml", _letter(sent, files))


EVERY_STYLE: tuple[Style, ...] = (
    *STYLES,
    _moodle,
    _canvas,
    _gradescope,
    _tar,
    _tar_in_gbk,
    _seven_zip,
    _rar,
    _outlook,
    _hidden_suffix,
    _versions,
    _asks_afterwards,
    _is_answered,
    _other_homework_too,
    _by_a_monitor,
    _photos,
)
