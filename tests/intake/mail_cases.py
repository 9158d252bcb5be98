"""Mails that mislead: doubled names, answers, other people's files, wrong clocks, texts; as `cases`."""

from __future__ import annotations

import binascii
import io
import tarfile
import warnings
import zipfile
from base64 import b64encode
from collections.abc import Sequence

from grader.intake.collection import RosterRow
from tests.intake.build import encoded_word, mail, notebook, part, rfc2231
from tests.intake.cases import (
    BOTH,
    DEADLINE,
    FRI,
    MD,
    MISSING_LI,
    MON,
    ROW,
    SUBJECT,
    TUE,
    ZHANG,
    A,
    B,
    Case,
    Row,
    program,
    report,
)

Files = Sequence[tuple[str, bytes]]
STUB = program("S", "class SimpleRNN:\n    def forward(self, inputs):\n        pass\n")

GRU = b"class GRUCell:\n    def forward(self, x, h):\n        return h + x\n"
NO_ROWS: Sequence[Row] = []


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
    Case("bonus-twice", {"a.eml": letter_of(SUBJECT, [("rnn.py", A), ("report.md", MD), ("bonus.py", GRU), ("bonus.py", GRU + b"# 2\n")])}, [ROW],
         ["a.eml/bonus.py (", "counts: it came after this one under the same name"], decisions=1),
    Case("bonus-sent-anew", {"a.eml": letter_of(SUBJECT, [("rnn.py", A), ("report.md", MD), ("bonus.py", GRU)]), "b.eml": letter_of(SUBJECT, [("bonus.py", GRU + b"# 2\n")], date=TUE)},
         [ROW], ["a.eml/bonus.py: b.eml/bonus.py counts: it was sent later"], decisions=0),
    Case("doubled-names-of-nobody", {"a.zip": zip_of([("rnn.py", B), ("rnn.py", A)])}, [("?", "", "A", False, "")], [LATER]),
]  # fmt: skip

COURSE = "t@course.cn"
WHO = {
    "z": "张三 <z@x.cn>",
    "l": "李四 <l@x.cn>",
    "t": "课程 <t@course.cn>",
    "h": "刘 <h@course.cn>",
}
TAKEN = "the mail was taken for the course's own"


def sent(subject: str, files: Files, sender: str, to: str = COURSE, **more: str) -> bytes:
    """A mail of one of `WHO`."""
    name, _, address = WHO[sender].rpartition(" ")
    return letter_of(subject, files, sender=f"{encoded_word(name)} {address}", to=to, **more)


def two(source: bytes = A, stem: str = ZHANG, text: bytes = MD) -> Files:
    return [(f"{stem}.py", source), (f"{stem}.md", text)]


LI_STEM, LI_ROW = "ml-6-李四-2023002", ("2023002", "李四", "B", True, "")
FROM_LI = {"li.eml": sent("6-李四-2023002", two(B, LI_STEM), "l")}
HEADLINE = "作业6 通知"
EMPTY = [("rnn.py", STUB)]
ANSWERS = [
    Case("answer-to-an-announcement", {"t.eml": sent(HEADLINE, EMPTY, "t", "z@x.cn, l@x.cn"), "z.eml": sent(f"Re: {HEADLINE}", two(), "z", date=TUE), **FROM_LI},
         [("?", "", "S", False, ""), ROW, LI_ROW], decisions=2),
    Case("answer-to-the-only-announcement", {"t.eml": sent(HEADLINE, [], "t", "z@x.cn"), "z.eml": sent(f"回复：{HEADLINE}", two(), "z", date=TUE)}, [ROW]),
    Case("answer-to-a-question-of-the-course", {"t.eml": sent("你的作业呢？", [], "t", "z@x.cn"), "z.eml": sent("Re: 你的作业呢？", two(), "z", date=TUE), **FROM_LI}, [ROW, LI_ROW]),
    Case("correction-after-received", {"a.eml": sent(SUBJECT, two(B), "z"), "b.eml": sent(f"Re: {SUBJECT}", [], "t", "z@x.cn", date=TUE),
         "c.eml": sent(f"Re: Re: {SUBJECT}", two(), "z", date=FRI)}, [ROW], [TAKEN]),
    Case("correction-after-the-course-sent-the-old-one-back", {"a.eml": sent(SUBJECT, two(B), "z"), "b.eml": sent(f"Re: {SUBJECT}", two(B), "t", "z@x.cn", date=TUE),
         "c.eml": sent(f"Re: {SUBJECT}", two(), "z", date=FRI)}, [ROW], [TAKEN], decisions=0),
    Case("teachers-version-is-nobodys", {"a.eml": sent(SUBJECT, two(), "z"), "b.eml": sent(f"Re: {SUBJECT}", [("rnn.py", B)], "t", "z@x.cn", date=TUE)},
         [ROW], [TAKEN, "If it is a student's, put its files into a folder"], decisions=1),
    Case("helper-answers-and-copies-the-course", {"a.eml": sent(SUBJECT, two(), "z", f"{COURSE}, h@course.cn"), "li.eml": sent("6-李四-2023002", two(B, LI_STEM), "l", f"{COURSE}, h@course.cn"),
         "b.eml": sent(f"Re: {SUBJECT} 请看这一行", [("rnn.py", B + b"#\n")], "h", f"z@x.cn, {COURSE}", date=TUE)}, [ROW, LI_ROW], decisions=1),
    Case("teacher-answers-an-answer", {"a.eml": sent(f"Re: {HEADLINE}", two(), "z"), **FROM_LI, "b.eml": sent(f"Re: {HEADLINE}", [("rnn.py", program("T"))], "t", "z@x.cn", date=TUE)},
         [ROW, LI_ROW], [TAKEN], decisions=1),
    Case("answer-to-the-model-answer", {"t.eml": sent("作业6 答案", [("rnn.py", program("T"))], "t", "z@x.cn, l@x.cn"), "z.eml": sent("Re: 作业6 答案", two(), "z", date=TUE), **FROM_LI},
         [("?", "", "T", False, ""), ROW, LI_ROW], decisions=2),
    Case("course-with-an-automatic-answer", {"a.eml": sent(SUBJECT, two(), "z"), **FROM_LI, "b.eml": sent("自动回复: 6-李四-2023002", [], "t", "l@x.cn"),
         "c.eml": sent("6-李四-2023002 收到", [], "t", "l@x.cn"), "d.eml": sent(f"Re: {SUBJECT}", [("rnn.py", program("T"))], "t", "z@x.cn", date=TUE)}, [ROW, LI_ROW], [TAKEN]),
    Case("friend-answers-to-all", {"a.eml": sent(SUBJECT, two(), "z", f"{COURSE}, l@x.cn"), "b.eml": sent(f"Re: {SUBJECT}", two(B, LI_STEM), "l", f"z@x.cn, {COURSE}", date=TUE)}, [ROW, LI_ROW]),
    Case("rep-answers-those-who-sent-to-him", {"a.eml": sent(SUBJECT, two(), "z", "w@x.cn"), "li.eml": sent("6-李四-2023002", two(B, LI_STEM), "l", "w@x.cn"),
         "w.eml": letter_of(f"Re: {SUBJECT}", two(program("W"), "ml-6-王五-2023003"), sender="w <w@x.cn>", to=f"z@x.cn, {COURSE}", date=TUE)},
         [ROW, LI_ROW, ("2023003", "王五", "W", True, "")]),
    Case("answers-himself", {"a.eml": sent(SUBJECT, two(B), "z", "z@x.cn"), "b.eml": sent(f"Re: {SUBJECT}", two(), "z", f"z@x.cn, {COURSE}", date=TUE)}, [ROW]),
    Case("parent-who-teaches", {"a.eml": letter_of(f"Re: {SUBJECT}", two(), sender=f"{encoded_word('李老师')} <m@x.cn>")}, NO_ROWS,
         ["By the name of its sender, 李老师, the mail was taken for the course's own. If it is a student's, put its files"], decisions=1),
    Case("name-that-reads-like-a-post", {"a.eml": letter_of(f"Re: {SUBJECT}", two(), sender="Ta Minh <m@x.cn>")}, [ROW]),
]  # fmt: skip

REP = "6-周八-2023010"
NAMED = [("赵六.py", B), ("赵六.md", MD)]
ZHAO = ("?", "赵六", "B", True, "")
ZHOU = ("2023010", "周八", "A", True, "")
ASKED = "The file goes by another name than what it came in: 赵六"
STRANGERS = [
    Case("rep-hands-in-for-others", {"a.eml": letter_of(f"{REP} 帮同学一起交", [*two(), *NAMED])}, [ROW, ZHAO], ["No student id was found"]),
    Case("rep-hands-in-with-the-own-work", {"a.eml": letter_of(REP, [("rnn.py", A), ("report.md", report("8")), *two(program("Z")), *NAMED])},
         [("2023001", "张三", "Z", True, ""), ZHAO, ZHOU], ["No student id was found"]),
    Case("rep-names-nobody-in-full", {"a.eml": letter_of(REP, [*NAMED, ("钱七.py", A), ("钱七.md", report("7"))])}, [ZHAO, ("?", "钱七", "A", True, "")]),
    Case("rep-for-one", {"a.eml": letter_of(f"{REP} 帮赵六代交", NAMED)}, [ZHAO]),
    Case("rep-with-folders", {"a.eml": letter_of(REP, [("作业.zip", zip_of([("赵六/rnn.py", B), ("赵六/report.md", MD), *two()]))])}, [ROW, ZHAO]),
    Case("reps-zip-on-disk", {"周八-2023010.zip": zip_of([*NAMED, *two(), ("rnn.py", program("W")), ("report.md", report("8"))])},
         [ROW, ZHAO, ("2023010", "周八", "W", True, "")]),
    Case("zip-of-another-beside-the-own", {"a.eml": letter_of(REP, [("赵六.zip", zip_of([("rnn.py", B), ("report.md", MD)])), ("周八.zip", zip_of([("rnn.py", A), ("report.md", report("8"))]))])},
         [ZHAO, ZHOU]),
    Case("rep-with-an-id-alone", {"a.eml": letter_of("2023010", [*two(), *NAMED])}, [ROW, ZHAO]),
    Case("id-in-the-subject-name-in-the-file", {"a.eml": letter_of("2023010", NAMED)}, [("2023010", "赵六", "B", True, "")], decisions=0),
    Case("rep-with-a-notebook", {"a.eml": letter_of(f"{REP} 代交", [("赵六.ipynb", notebook([("markdown", "答"), ("code", B.decode())]))])}, [ZHAO]),
    Case("rep-in-english", {"a.eml": letter_of("6-Anna Lee-2023010", [*two(A, "ml-6-Zhang San-2023001"), ("Bob Ray.py", B), ("Bob Ray.md", MD)])},
         [("2023001", "Zhang San", "A", True, ""), ("?", "Bob Ray", "B", True, "")]),
    Case("words-in-english", {"a.eml": letter_of("6-Anna Lee-2023010", [("Hidden State.py", A), ("Hidden State.md", MD)])}, [("2023010", "Anna Lee", "A", True, "")], decisions=0),
    Case("another-name-for-no-reason", {"a.eml": letter_of(REP, NAMED)}, [("2023010", "周八", "B", True, "")], [ASKED], decisions=1),
    Case("words-that-begin-as-names", {"a.eml": letter_of(REP, [("张量.py", A), ("解析.md", MD)])}, [ZHOU], decisions=0),
    Case("rep-on-the-roster-by-address", {"a.eml": letter_of("作业", [*two(), *NAMED], sender="z8 <z8@x.cn>")}, [ROW, ZHAO, ("2023010", "周八", "", False, "missing")],
         roster=(RosterRow("2023010", "周八", "z8@x.cn"), RosterRow("2023001", "张三"))),
]  # fmt: skip

FORGOTTEN = "Thu, 01 Jan 1970 08:00:00 +0800"
CLOCKS = [
    Case("clock-of-1970", {"a.eml": letter_of(SUBJECT, two(B), date=MON, received=MON), "b.eml": letter_of(SUBJECT, two(), date=FORGOTTEN, received=TUE)},
         [ROW], ["Its Date, 1970-01-01, cannot be"], decisions=0, deadline=DEADLINE),
    Case("clock-of-1970-and-late", {"a.eml": letter_of(SUBJECT, two(), date=FORGOTTEN, received=FRI)}, [("2023001", "张三", "A", True, "late")],
         ["give the student an extension"], deadline=DEADLINE),
    Case("clock-of-last-year", {"a.eml": letter_of(SUBJECT, two(B), date=MON, received=MON), "b.eml": letter_of(SUBJECT, two(), date="Sun, 03 Nov 2024 10:00:00 +0800", received=TUE)},
         [ROW], ["Its Date, 2024-11-03, cannot be"], decisions=0),
    Case("clock-of-2000-without-a-way", {"a.eml": letter_of(SUBJECT, two(), date="Sat, 01 Jan 2000 08:00:00 +0800")}, [ROW],
         ["Its Date, 2000-01-01, cannot be"], deadline=DEADLINE, extra={"note": "Nothing tells when it was sent"}),
    Case("clock-of-2098-without-a-way", {"a.eml": letter_of(SUBJECT, two(), date="Mon, 03 Nov 2098 10:00:00 +0800")}, [ROW],
         ["Its Date, 2098-11-03, cannot be"], deadline=DEADLINE, extra={"note": "Nothing tells when it was sent"}),
    Case("days-on-its-way", {"a.eml": letter_of(SUBJECT, two(), date=MON, received=FRI)}, [ROW], ["arrived more than an hour after it"], decisions=1, deadline=DEADLINE),
    Case("fetched-from-another-box-weeks-later", {"a.eml": b"Received: from b by c; Mon, 01 Dec 2025 10:00:00 +0800\r\n" + letter_of(SUBJECT, two(), date=MON, received=MON)},
         [ROW], ["arrived more than an hour after it"], decisions=1, deadline=DEADLINE),
]  # fmt: skip


def spoken(text: str, files: Files, subject: str = "作业", **more: str) -> bytes:
    """A mail in whose text the student says who it is."""
    return letter_of(subject, files, **more).replace("老师好，作业见附件。".encode(), text.encode())


PLAIN = [("rnn.py", A), ("report.md", MD)]
SAYS = "the mail's text says: 2023001 张三"
TEXTS = [
    Case("text-says-who", {"a.eml": spoken("我是张三，学号2023001", PLAIN)}, [ROW, MISSING_LI], [SAYS], BOTH, decisions=0),
    Case("text-says-who-without-a-roster", {"a.eml": spoken("老师好，我是计科1班的张三（2023001），作业见附件。", PLAIN)}, [ROW], [SAYS], decisions=0),
    Case("text-ends-with-who", {"a.eml": spoken("附件是作业。\r\n\r\n张三 2023001\r\n电话 13812345678\r\n", PLAIN)}, [ROW], [SAYS], decisions=0),
    Case("text-in-fields", {"a.eml": spoken("姓名：张三\r\n学号：2023001\r\n", PLAIN, sender="Mother <m@qq.com>")}, [ROW], [SAYS], decisions=0),
    Case("text-in-html", {"a.eml": spoken("<p>我是<b>张三</b></p><div>学号：2023001</div>", PLAIN).replace(b"text/plain", b"text/html")}, [ROW], [SAYS], decisions=0),
    Case("text-in-english", {"a.eml": spoken("Dear Prof, my name is Anna Lee and my student ID is 2023045.", PLAIN)}, [("2023045", "Anna Lee", "A", True, "")], decisions=0),
    Case("text-gives-a-name-of-the-roster", {"a.eml": spoken("我是张三同学，", PLAIN)}, [ROW, MISSING_LI], roster=BOTH, decisions=0),
    Case("text-gives-a-name", {"a.eml": spoken("我叫张三。", PLAIN)}, [("?", "张三", "A", True, "")], decisions=1),
    Case("text-adds-the-id", {"a.eml": spoken("学号：2023001", [("张三.py", A), ("张三.md", MD)])}, [ROW], decisions=0),
    Case("text-with-a-class", {"a.eml": spoken("老师您好，我是计算机2301班张三，学号 2023001，这是我的作业。", PLAIN)}, [ROW], [SAYS], decisions=0),
    Case("text-with-a-class-and-the-roster", {"a.eml": spoken("我是计科1班张三，作业见附件", PLAIN)}, [ROW, MISSING_LI], roster=BOTH, decisions=0),
    Case("text-as-in-a-subject", {"a.eml": spoken("【张三】+【2023001】", PLAIN)}, [ROW], [SAYS], decisions=0),
    Case("text-ends-in-two-lines", {"a.eml": spoken("Best,\r\nZhang San\r\n2023001\r\n", PLAIN)}, [("2023001", "Zhang San", "A", True, "")], decisions=0),
    Case("text-with-an-address-in-it", {"a.eml": spoken("谢谢\r\n发件人：张三 <z@x.cn>\r\n学号：2023001", PLAIN)}, [("?", "", "A", True, "")], decisions=1),
    Case("text-ends-with-a-day", {"a.eml": spoken("祝好\r\n张三 20251103", PLAIN)}, [("?", "张三", "A", True, "")], decisions=1),
    Case("text-of-other-words", {"a.eml": spoken("老师好，我是学委，我的专业方向，系统设计。学生证号见附件，班主任：李老师。", PLAIN, sender=f"{encoded_word('张三')} <z@x.cn>")},
         [("?", "张三", "A", True, "")], decisions=1),
    Case("text-names-several", {"a.eml": spoken("代交：\r\n张三 2023001\r\n李四 2023002\r\n", PLAIN)}, [("?", "", "A", True, "")], decisions=1),
    Case("text-quotes-another", {"a.eml": spoken("收到\r\n\r\n------------------ 原始邮件 ------------------\r\n我是张三，学号2023001\r\n", PLAIN)}, [("?", "", "A", True, "")], decisions=1),
    Case("text-of-another-than-the-files", {"a.eml": spoken("我是李四，学号2023002", two())}, [ROW]),
    Case("text-speaks-of-a-year", {"a.eml": spoken("我是大三学生，2023级，2026年12月1日", PLAIN)}, [("?", "", "A", True, "")], decisions=1),
    Case("program-says-who", {"rnn.py": "# 姓名：张三 学号：2023001\n".encode() + A}, [("?", "", "A", False, ""), ("2023001", "张三", "", False, "missing"), MISSING_LI],
         ["The program says: 张三 2023001. Perhaps 2023001 张三 is meant"], BOTH, decisions=2),
    Case("program-says-in-its-docstring", {"rnn.py": b'"""\n@author: Zhang San\nStudent ID: 2023001\n"""\n' + A}, [("?", "", "A", False, "")], ["The program says: Zhang San 2023001. Rename"], decisions=2),
]  # fmt: skip


def emlx(message: bytes) -> bytes:
    """As Apple Mail keeps a mail."""
    return (
        f"{len(message)}      \n".encode()
        + message
        + b"<?xml version='1.0'?>\n<plist><dict/></plist>\n"
    )


def uuencoded(name: str, data: bytes) -> str:
    pieces = (data[at : at + 45] for at in range(0, len(data), 45))
    lines = "".join(binascii.b2a_uu(piece).decode() for piece in pieces)
    return f"begin 644 {name}\r\n" + lines.replace("\n", "\r\n") + "`\r\nend\r\n"


def apart(message: bytes) -> bytes:
    """As Apple Mail keeps it where the attachments lie in another folder."""
    return message.replace(
        b"\r\n\r\n" + b64encode(A[:57]), b"\r\nX-Apple-Content-Length: 999\r\n\r\n--=_b0--\r\n"
    )


FENCED = "# 报告\n```python\n".encode() + A + b"```\n"
BARE_ZHANG = ("2023001", "张三", "", False, "")
FORMATS = [
    Case("emlx", {"12345.emlx": emlx(letter_of(SUBJECT, two()))}, [ROW], decisions=0),
    Case("emlx-without-its-attachments", {"12345.partial.emlx": emlx(apart(letter_of(SUBJECT, [("rnn.py", A)])))}, [BARE_ZHANG],
         ["Apple Mail keeps rnn.py apart from this mail"]),
    Case("emlx-that-is-none", {"1.emlx": b"From: a\n"}, NO_ROWS, ["damaged"]),
    Case("apples-mailbox", {"INBOX.mbox/table_of_contents": b"\0\1", "INBOX.mbox/mbox": b"From x Mon Nov  3 10:00:00 2025\n" + letter_of(SUBJECT, two()).replace(b"\r\n", b"\n")},
         [ROW], decisions=0),
    Case("pst", {"backup.pst": b"!BDN\0\0"}, NO_ROWS, ["backup.pst is a whole mailbox in a program's own format. Export its mails"], decisions=0),
    Case("signed-as-a-whole", {"a.eml": letter_of(SUBJECT, [("smime.p7m", b"0\x80\6\x09")])}, [BARE_ZHANG], ["smime.p7m is a mail that is signed or encrypted as a whole"]),
    Case("encrypted-by-openpgp", {"a.eml": letter_of(SUBJECT, [("encrypted.asc", b"-----BEGIN PGP MESSAGE-----\n")])}, [BARE_ZHANG],
         ["encrypted.asc is a mail that is signed or encrypted as a whole"]),
    Case("uuencoded", {"a.eml": spoken(uuencoded("rnn.py", A) + "\r\n" + uuencoded("报告.md", MD), [], SUBJECT)}, [ROW], decisions=0),
    Case("uuencoded-beside-a-report", {"a.eml": spoken("老师好\r\n" + uuencoded("rnn.py", A), [("report.md", MD)], SUBJECT)}, [ROW], decisions=0),
    Case("exchange-pieces", {"a.eml": letter_of(SUBJECT, [("ATT00001.txt", b""), *two(), ("ATT00002.htm", b"<html><body>zs</body></html>"), ("ATT00003.txt", b"Best regards\r\n"),
         ("ATT00004..txt", b"-- \r\n"), ("Untitled attachment 00005.htm", b"<p>x</p>"), ("未命名的附件 00006.txt", b"\r\n")])},
         [ROW], decisions=0, extra={"problems": 0}),
    Case("exchange-names-the-program", {"a.eml": letter_of(SUBJECT, [("ATT00001.txt", A), ("ATT00002.txt", "# 第一部分：核心概念\n".encode())])}, [ROW]),
    Case("exchange-piece-and-a-link", {"a.eml": spoken("https://pan.baidu.com/s/1a", [("ATT00001.txt", b"\r\n")], SUBJECT)}, [BARE_ZHANG], ["link to pan.baidu.com"]),
    Case("program-in-the-text", {"a.eml": spoken(A.decode(), [("report.md", MD)], SUBJECT)}, [("2023001", "张三", "", True, "")],
         ["stands in the mail's text and in no file. Ask the student for the .py file, or copy"]),
    Case("program-in-the-report", {f"{ZHANG}.md": FENCED}, [("2023001", "张三", "", True, "")], ["(.py): the code stands in the report. Ask the student for the .py file."]),
    Case("link-to-feishu", {"a.eml": spoken("https://bytedance.feishu.cn/file/abc", [], SUBJECT)}, [BARE_ZHANG], ["came a link to bytedance.feishu.cn. Links are not followed"]),
    Case("link-without-its-scheme", {"a.eml": spoken("链接：pan.baidu.com/s/1abcDEF 提取码：1234", [], SUBJECT)}, [BARE_ZHANG], ["came a link to pan.baidu.com."]),
    Case("address-that-is-no-link", {"a.eml": spoken("回信请寄 zs@icloud.com 或 pan.baidu.com", [], SUBJECT)}, [BARE_ZHANG], ["This mail “6-张三-2023001” has no attachment."]),
    Case("link-to-anywhere", {"a.eml": spoken("作业在 https://files.example.org/x?y=1 ，谢谢", [], SUBJECT)}, [BARE_ZHANG],
         ["has no attachment; its text has a link to files.example.org. Links are not followed"]),
    Case("link-behind-words", {"a.eml": spoken('<p>见<a class="x" href="https://files.example.org/x">这里</a></p>', [], SUBJECT).replace(b"text/plain", b"text/html")}, [BARE_ZHANG],
         ["its text has a link to files.example.org"]),
    Case("thanks-with-a-link", {"a.eml": letter_of(SUBJECT, two()), "b.eml": spoken("谢谢老师\r\nhttps://home.example.org", [], f"Re: {SUBJECT}", date=TUE)}, [ROW],
         ["its text has a link to home.example.org"], decisions=0),
    Case("one-name-two-ids-in-halves", {"ml-6-王五-2023003.py": A, "ml-6-王五-2023030.md": MD},
         [("2023003", "王五", "A", False, ""), ("2023030", "王五", "", True, "")],
         ["王五 sent a program as 2023003 and a report as 2023030. If they are one person, write 2023003,merge,2023030, into overrides.csv."], decisions=3),
    Case("one-name-two-ids-in-halves-both-listed", {"ml-6-王五-2023003.py": A, "ml-6-王五-2023030.md": MD},
         [("2023003", "王五", "A", False, ""), ("2023030", "王五", "", True, "")], roster=(RosterRow("2023003", "王五"), RosterRow("2023030", "王五")), decisions=2),
]  # fmt: skip
