"""Mails that mislead: doubled names, answers, other people's files, wrong clocks, texts; as `cases`."""

from __future__ import annotations

import io
import tarfile
import warnings
import zipfile
from collections.abc import Sequence

from tests.intake.build import encoded_word, mail, part, rfc2231
from tests.intake.cases import MD, ROW, SUBJECT, ZHANG, A, B, Case, program, report

Files = Sequence[tuple[str, bytes]]
STUB = program("S", "class SimpleRNN:\n    def forward(self, inputs):\n        pass\n")


def letter_of(subject: str, files: Files, **more: str) -> bytes:
    """A mail whose attachments may share a name."""
    return mail(encoded_word(subject), [part(rfc2231(name), data) for name, data in files], **more)


def zip_of(files: Files) -> bytes:
    """A zip whose entries may share a name, as tools make it that append."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, data in files:
            archive.writestr(zipfile.ZipInfo(name, (2025, 11, 3, 10, 0, 0)), data)
    return buffer.getvalue()


def tar_of(files: Files) -> bytes:
    """As `tar -r` leaves it."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, data in files:
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), 1762135200
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


LATER = "it came after this one under the same name"
TWICE = [
    Case("report-twice-in-a-mail", {"a.eml": letter_of(SUBJECT, [("rnn.py", A), ("report.md", report("1")), ("report.md", report("2"))])},
         [ROW], [f") counts: {LATER}. If this one is meant, name it in overrides.csv by its SHA-256."],
         decisions=1, extra={"report": "报告 2"}),
    Case("program-twice-in-a-mail", {"a.eml": letter_of(SUBJECT, [("rnn.py", B), ("rnn.py", A), ("report.md", MD)])}, [ROW], [LATER], decisions=1),
    Case("program-three-times-in-a-zip", {f"{ZHANG}.zip": zip_of([("rnn.py", program("C")), ("rnn.py", B), ("rnn.py", A), ("report.md", MD)])},
         [ROW], [LATER], decisions=2),
    Case("both-twice-in-a-tar", {f"{ZHANG}.tar.gz": tar_of([("rnn.py", B), ("report.md", report("1")), ("rnn.py", A), ("report.md", report("2"))])},
         [ROW], [LATER], decisions=2, extra={"report": "报告 2"}),
    Case("stub-after-the-program-of-its-name", {"a.eml": letter_of(SUBJECT, [("rnn.py", A), ("rnn.py", STUB), ("report.md", MD)])}, [ROW],
         ["counts: this file has nothing of the assignment"]),
    Case("same-content-twice", {f"{ZHANG}.zip": zip_of([("rnn.py", A), ("rnn.py", A), ("report.md", MD), ("report.md", MD)])}, [ROW], decisions=0),
    Case("doubled-names-of-nobody", {"a.zip": zip_of([("rnn.py", B), ("rnn.py", A)])}, [("?", "", "A", False, "")], [LATER]),
]  # fmt: skip
