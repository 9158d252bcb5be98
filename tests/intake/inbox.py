"""A messy inbox of any size, the same for the same seed: for the intake's and the batch's tests.

    expected = build_inbox(tmp_path / "inbox", sources=[...], count=200)

Every student sends one program from `sources` in one of the ways below. `expected` says what must
come out: id, name, program and report per student.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from pathlib import Path

from tests.intake.build import (
    PNG,
    encoded_word,
    encoded_word_split,
    forwarded,
    mail,
    notebook,
    part,
    plain_name,
    rfc2047,
    rfc2231,
    rfc2231_split,
    zipped,
)

START = datetime(2025, 11, 3, 10, 0, tzinfo=timezone(timedelta(hours=8)))
_FAMILY = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏"
_GIVEN = (
    "伟",
    "芳",
    "娜",
    "敏",
    "静",
    "强",
    "磊",
    "洋",
    "勇",
    "艳",
    "子涵",
    "欣怡",
    "宇轩",
    "浩然",
)


@dataclass(frozen=True)
class Sent:
    """One student and what must be read of them."""

    number: int
    student_id: str
    name: str
    source: str
    report: str

    @property
    def stem(self) -> str:
        return f"ml-6-{self.name}-{self.student_id}"

    @property
    def date(self) -> str:
        return format_datetime(START + timedelta(minutes=self.number))

    def mail(self, subject: str, parts: Sequence[str], **more: str) -> bytes:
        more = {"sender": f"{self.name} <{self.student_id}@example.edu>"} | more
        return mail(subject, parts, date=self.date, boundary=f"=_{self.student_id}", **more)

    @property
    def subject(self) -> str:
        return f"6-{self.name}-{self.student_id}"

    @property
    def py(self) -> bytes:
        return self.source.encode()

    @property
    def md(self) -> bytes:
        return self.report.encode()


Style = Callable[[Path, Sent], None]


def build_inbox(
    folder: Path,
    sources: Sequence[str],
    *,
    count: int = 200,
    seed: int = 6,
    styles: Sequence[Style] = (),
) -> list[Sent]:
    """Write `count` students' mail and files into `folder`; every style is used in turn."""
    styles = styles or STYLES
    folder.mkdir(parents=True, exist_ok=True)
    everybody = [_student(number, sources, seed) for number in range(count)]
    for sent in everybody:
        styles[(sent.number + seed) % len(styles)](folder, sent)
    _clutter(folder)
    _stamp(folder)
    return everybody


def _student(number: int, sources: Sequence[str], seed: int) -> Sent:
    name = _FAMILY[(number + seed) % len(_FAMILY)] + _GIVEN[number // len(_FAMILY) % len(_GIVEN)]
    student_id = f"2023{seed:02}{number:04}"
    report = f"# 报告\n\n{name}的回答：隐藏状态是网络的记忆。$h_t = \\tanh(x_t W)$ 第{number}份\n"
    return Sent(number, student_id, name, sources[number % len(sources)], report)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _stamp(folder: Path) -> None:
    moment = START.timestamp()
    for path in folder.rglob("*"):
        os.utime(path, (moment, moment))


def _as_asked(folder: Path, sent: Sent) -> None:
    parts = [part(rfc2231(f"{sent.stem}.py"), sent.py), part(rfc2231(f"{sent.stem}.md"), sent.md)]
    _write(folder / f"{sent.number:04}.eml", sent.mail(encoded_word(sent.subject), parts))


def _gbk_words(folder: Path, sent: Sent) -> None:
    """Names and subject as GBK encoded words, cut in mid-character; text in GBK."""
    parts = [
        part(f'filename="{encoded_word_split(f"{sent.stem}.py")}"', sent.source.encode("gbk")),
        part(rfc2047(f"{sent.stem}.md", "gbk"), sent.report.encode("gbk")),
    ]
    _write(folder / f"{sent.number:04}.eml", sent.mail(encoded_word_split(sent.subject), parts))


def _raw_gbk(folder: Path, sent: Sent) -> None:
    """8-bit GBK headers without any encoding."""
    parts = [
        part(plain_name(f"{sent.stem}.py"), sent.py),
        part(plain_name(f"{sent.stem}.md"), sent.md),
    ]
    _write(folder / f"{sent.number:04}.eml", sent.mail(sent.subject, parts, charset="gb18030"))


def _windows_zip(folder: Path, sent: Sent) -> None:
    """A mailed zip with GBK names and no UTF-8 flag."""
    data = zipped({f"{sent.stem}.py": sent.py, f"{sent.stem}.md": sent.md}, charset="gbk")
    parts = [part(rfc2231_split(f"{sent.stem}.zip"), data, "application/x-zip-compressed")]
    _write(folder / f"{sent.number:04}.eml", sent.mail(encoded_word(sent.subject), parts))


def _zip_in_zip(folder: Path, sent: Sent) -> None:
    """A mac's zip of a zip on disk, named by the student."""
    inner = zipped({"作业/rnn.py": sent.py, "作业/report.md": sent.md, "作业/loss.png": PNG})
    outer = zipped({"提交/作业.zip": inner, "__MACOSX/提交/._作业.zip": b"\0\5\x16\7"})
    _write(folder / f"{sent.name}_{sent.student_id}.zip", outer)


def _notebook(folder: Path, sent: Sent) -> None:
    cells = [("markdown", sent.report.rstrip("\n")), ("code", "%matplotlib inline\n" + sent.source)]
    parts = [part(rfc2047(f"{sent.stem}.ipynb"), notebook(cells), "application/json")]
    _write(folder / f"{sent.number:04}.eml", sent.mail(encoded_word(sent.subject), parts))


def _forwarded_by_monitor(folder: Path, sent: Sent) -> None:
    """The student's mail as an attachment of somebody else's."""
    parts = [part(rfc2231("rnn.py"), sent.py), part(rfc2231("report.md"), sent.md)]
    inner = sent.mail(encoded_word(sent.subject), parts)
    outer = mail(
        encoded_word("转发：作业"),
        [forwarded(inner)],
        date=format_datetime(START + timedelta(days=1)),
        sender=f"{encoded_word('班长')} <monitor@example.edu>",
        boundary=f"=_outer{sent.number}",
    )
    _write(folder / f"{sent.number:04}.eml", outer)


def _misnamed(folder: Path, sent: Sent) -> None:
    """Only the subject says who it is."""
    parts = [part(plain_name("homework.py"), sent.py), part(plain_name("report.md"), sent.md)]
    subject = encoded_word(f"Re: 回复：{sent.subject}")
    _write(folder / f"{sent.number:04}.eml", sent.mail(subject, parts, sender="qq <1@example.com>"))


def _full_width(folder: Path, sent: Sent) -> None:
    digits = sent.student_id.translate({ord("0") + n: ord("０") + n for n in range(10)})
    stem = f"ＭＬ－６－{sent.name}——{digits}"
    parts = [part(rfc2231(f"{stem}.PY"), sent.py), part(rfc2231(f"{stem}.MD"), sent.md)]
    _write(folder / f"{sent.number:04}.eml", sent.mail("homework", parts))


def _mbox(folder: Path, sent: Sent) -> None:
    """A growing mbox without a suffix."""
    parts = [part(rfc2231(f"{sent.stem}.py"), sent.py), part(rfc2231(f"{sent.stem}.md"), sent.md)]
    message = sent.mail(encoded_word(sent.subject), parts).replace(b"\r\n", b"\n")
    with (folder / "old-mails").open("ab") as file:
        file.write(b"From MAILER-DAEMON Mon Nov  3 10:00:00 2025\n" + message + b"\n")


def _maildir(folder: Path, sent: Sent) -> None:
    for name in ("cur", "new", "tmp"):
        (folder / "Maildir" / name).mkdir(parents=True, exist_ok=True)
    parts = [part(rfc2231(f"{sent.stem}.py"), sent.py), part(rfc2231(f"{sent.stem}.md"), sent.md)]
    message = sent.mail(encoded_word(sent.subject), parts)
    _write(folder / "Maildir" / "cur" / f"176213{sent.number:04}.M1P1.host:2,S", message)


def _loose(folder: Path, sent: Sent) -> None:
    """Files side by side, with a byte order mark and CRLF."""
    source = sent.source.replace("\n", "\r\n").encode("utf-8-sig")
    _write(folder / f"{sent.stem}.py", source)
    _write(folder / f"{sent.stem} (1).md", sent.report.encode("utf-16"))


def _own_folder(folder: Path, sent: Sent) -> None:
    """A folder per student, id before name, with a system's clutter."""
    home = folder / f"{sent.student_id}-{sent.name}"
    _write(home / "code" / "rnn.py", sent.py)
    _write(home / "报告.md", sent.md)
    _write(home / "data.csv", b"1,1,2,3,5\n")
    _write(home / "__pycache__" / "rnn.cpython-311.pyc", b"\0")
    _write(home / ".DS_Store", b"\0\0\0\1Bud1")


def _sent_twice(folder: Path, sent: Sent) -> None:
    """An earlier try with another program, then the one that counts."""
    first = [
        part(rfc2231(f"{sent.stem}.py"), b"class SimpleRNN: pass  # first try\n"),
        part(
            rfc2231(f"{sent.stem}.md"),
            "# 报告\n\n初稿：隐藏状态由上一步的状态和当前的输入更新。\n".encode(),
        ),
    ]
    earlier = mail(
        encoded_word(sent.subject), first, date=format_datetime(START - timedelta(days=2))
    )
    _write(folder / f"{sent.number:04}-a.eml", earlier)
    parts = [
        part(rfc2231(f"{sent.stem}(1).py"), sent.py),
        part(rfc2231(f"{sent.stem}(1).md"), sent.md),
        part(rfc2231("loss.png"), PNG, "image/png"),
    ]
    _write(folder / f"{sent.number:04}-b.eml", sent.mail(encoded_word(sent.subject), parts))


STYLES: tuple[Style, ...] = (
    _as_asked,
    _gbk_words,
    _raw_gbk,
    _windows_zip,
    _zip_in_zip,
    _notebook,
    _forwarded_by_monitor,
    _misnamed,
    _full_width,
    _mbox,
    _maildir,
    _loose,
    _own_folder,
    _sent_twice,
)


def _clutter(folder: Path) -> None:
    """What lies in every inbox besides."""
    _write(folder / ".DS_Store", b"\0\0\0\1Bud1")
    _write(folder / "Thumbs.db", b"\xd0\xcf\x11\xe0")
    _write(folder / "~$成绩.docx", b"\0")
    spam = mail(encoded_word("欢迎使用邮箱"), [], sender="post <post@example.com>", date=_utc())
    _write(folder / "welcome.eml", spam)


def _utc() -> str:
    return format_datetime(START.astimezone(UTC))
