"""Ways in which classes send their work, and what must come out: the table of `test_intake_cases`.

A program is told by its mark, the last line. A row is (id, name, mark, report, more): id "?" where
nobody can know it, `more` of "late", "missing", "foreign" or "". All names and ids are invented.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from grader.intake.collection import RosterRow
from tests.intake.build import (
    PNG,
    encoded_word,
    forwarded,
    mail,
    notebook,
    part,
    plain_name,
    rfc2231,
    zipped,
)
from tests.intake.packed import sevenzipped, tarred

WHOLE = """import numpy as np


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.W_xh = np.zeros((input_size, hidden_size))

    def forward(self, inputs):
        return inputs, inputs

    def backward(self, d_outputs):
        return {}

    def update_parameters(self, learning_rate):
        self.W_xh -= learning_rate


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        self.W_f = np.zeros((input_size, hidden_size))

    def forward(self, input_t, hidden_state, cell_state):
        return hidden_state, cell_state


def generate_sequence_data(seq_type='fibonacci', length=1000):
    return np.ones(length)


def train_rnn_on_sequence():
    return {}

"""
MON, TUE, FRI = (
    f"{day}, {n:02} Nov 2025 10:00:00 +0800" for day, n in (("Mon", 3), ("Tue", 4), ("Fri", 7))
)
DEADLINE = "2025-11-05T23:59:59+08:00"

Row = tuple[str, str, str, bool, str]


@dataclass(frozen=True)
class Case:
    """Files as they lie in the inbox, and the rows that must come of them."""

    name: str
    files: Mapping[str, bytes]
    rows: Sequence[Row]
    words: Sequence[str] = ()  # of problems.csv
    roster: Sequence[RosterRow] = ()
    deadline: str = ""
    decisions: int | None = None  # lines that want a decision, where the number matters
    extra: Mapping[str, object] = field(default_factory=dict)


def program(mark: str, text: str = WHOLE) -> bytes:
    return f"{text}# {mark}\n".encode()


def report(mark: str = "1") -> bytes:
    return f"# 报告 {mark}\n".encode()


def letter(subject: str, files: Mapping[str, bytes], **more: str) -> bytes:
    parts = [part(rfc2231(name), data) for name, data in files.items()]
    return mail(encoded_word(subject) if subject else "", parts, **more)


def body(text: str, subject: str, *, html: bool = False, **more: str) -> bytes:
    """A mail that is nothing but text."""
    head = mail(encoded_word(subject), [], **more)
    kind = b"text/html" if html else b"text/plain"
    return head.replace(b"text/plain", kind).replace("老师好，作业见附件。".encode(), text.encode())


A, B, MD = program("A"), program("B"), report()
ZHANG = "ml-6-张三-2023001"
SUBJECT = "6-张三-2023001"
ROW: Row = ("2023001", "张三", "A", True, "")
BOTH = (RosterRow("2023001", "张三"), RosterRow("2023002", "李四"))
MISSING_LI: Row = ("2023002", "李四", "", False, "missing")


def pair(stem: str, source: bytes = A) -> dict[str, bytes]:
    return {f"{stem}.py": source, f"{stem}.md": MD}


HANDED = [
    Case("v2mail-under-v2",
         {"a.eml": letter("6-卫四-2023012", {"ml-6-卫四-2023012.py": A, "ml-6-卫四-2023012_v2.py": B,
                                           "ml-6-卫四-2023012.md": MD})},
         [("2023012", "卫四", "B", True, "")], ["卫四-2023012_v2.py counts: its name says"]),
    Case("v2mail-zui",
         {"a.eml": letter("6-卫四-2023012", {"ml-6-卫四-2023012.py": A, "ml-6-卫四-2023012最新版.py": B,
                                           "ml-6-卫四-2023012.md": MD})},
         [("2023012", "卫四", "B", True, "")], ["2023012最新版.py counts: its name says"]),
    Case("question-mail",
         {"a.eml": letter("6-柳一-2023065", pair("ml-6-柳一-2023065"), date=MON),
          "b.eml": letter("Re: 6-柳一-2023065 请问这段代码为什么报错", {"test.py": b"print(1/0)\n"}, date=TUE)},
         [("2023065", "柳一", "A", True, "")], ["b.eml/test.py: ml-6-柳一-2023065.py counts"]),
    Case("sent",
         {"a.eml": letter(SUBJECT, pair(ZHANG), sender="z <z@stu.edu>"),
          "b.eml": letter("Re: 6-张三-2023001 请看我改的示例", {"rnn.py": B}, date=TUE,
                          sender=f"{encoded_word('老师')} <ml-course@example.edu>")},
         [ROW], ["mail of the course's own"]),
    Case("hw5-and-6",
         {"a.eml": letter("6-柳一-2023065", pair("ml-6-柳一-2023065")),
          "b.eml": letter("5-柳一-2023065(补交)", {"ml-5-柳一-2023065.py": b"class Tree: pass\n",
                                                "ml-5-柳一-2023065.md": report("5")}, date=TUE)},
         [("2023065", "柳一", "A", True, "")], ["belongs to assignment 5"]),
    Case("moodle",
         {"作业6.zip": zipped({"窦十_345602_assignsubmission_file_/rnn.py": A,
                             "窦十_345602_assignsubmission_file_/report.md": MD,
                             "Anna Lee_345603_assignsubmission_file_/rnn.py": B,
                             "Anna Lee_345603_assignsubmission_file_/report.md": MD})},
         [("2023044", "窦十", "A", True, ""), ("2023045", "Anna Lee", "B", True, "")],
         roster=(RosterRow("2023044", "窦十"), RosterRow("2023045", "Anna Lee")), decisions=0),
    Case("canvas",
         {"submissions.zip": zipped({"doushi_1235_569_rnn.py": A, "doushi_1235_570_report.md": MD,
                                     "leeanna_LATE_1236_571_rnn.py": B, "leeanna_LATE_1236_572_report.md": MD})},
         [("?", "doushi", "A", True, ""), ("2023045", "Anna Lee", "B", True, "late"),
          ("2023044", "窦十", "", False, "missing")],
         roster=(RosterRow("2023044", "窦十"), RosterRow("2023045", "Anna Lee"))),
    Case("gradescope",
         {"assignment_1_export.zip": zipped({
             "assignment_1_export/submission_100/rnn.py": A, "assignment_1_export/submission_100/report.md": MD,
             "assignment_1_export/submission_101/rnn.py": B, "assignment_1_export/submission_101/report.md": MD,
             "assignment_1_export/submission_metadata.yml":
                 "submission_100:\n  :submitters:\n  - :name: 窦十\n    :sid: '2023044'\n"
                 "submission_101:\n  :submitters:\n  - :name: Anna Lee\n    :sid: '2023045'\n".encode()})},
         [("2023044", "窦十", "A", True, ""), ("2023045", "Anna Lee", "B", True, "")], decisions=0),
    Case("gradescope-export",
         {f"assignment_5_export/submission_30{n}/rnn.py": program(f"S{n}") for n in (1, 2, 3)},
         [("?", "", f"S{n}", False, "") for n in (1, 2, 3)]),
    Case("lost-mails",
         {"1.eml": letter("作业6", {"作业6_20261130.py": A}, date="Mon, 30 Nov 2026 10:01:00 +0800",
                          sender="Zhang San <zs@example.edu>"),
          "2.eml": letter("作业6", {"作业6_20261130.py": B}, date="Mon, 30 Nov 2026 10:02:00 +0800",
                          sender="Li Si <ls@example.edu>")},
         [("?", "Zhang San", "A", False, ""), ("?", "Li Si", "B", False, "")]),
    Case("otter-export",
         {"rnn_2026_11_30T10_11_12_123456.zip": zipped({"rnn.py": A}),
          "rnn_2026_11_30T10_15_00_004512.zip": zipped({"rnn.py": B})},
         [("?", "", "B", False, "")], ["its name says that it is the newer version"]),
    Case("two-programs-mail",
         {"1.eml": letter("6-甲一-2023701", {"rnn.py": A, "rnn_torch.py": b"class SimpleRNN(object):\n    def forward(self, x):\n        return x\n# T\n"}),
          "2.eml": letter("6-甲二-2023702", {"rnn.py": B, "rnn_old.py": program("O")})},
         [("2023701", "甲一", "A", False, ""), ("2023702", "甲二", "B", False, "")],
         ["rnn_torch.py: rnn.py counts: it has more", "rnn_old.py: rnn.py counts: its name says"]),
    Case("loose", pair(ZHANG), [ROW], deadline="2025-11-01T23:59:59+08:00", extra={"note": "Nothing tells when it was sent"}),
    Case("nodate", {"a.eml": letter(SUBJECT, pair(ZHANG), date="")}, [ROW], deadline="2025-11-01T23:59:59+08:00",
         extra={"note": "Nothing tells when it was sent"}),
    Case("pair",
         {"a.eml": letter("6-史四-2023068-唐五-2023069", pair("ml-6-史四-2023068-唐五-2023069"))},
         [("2023068", "史四", "A", True, ""), ("2023069", "唐五", "A", True, "")],
         ["names several students"], decisions=2),
    Case("samename", pair("ml-6-王伟"),
         [("?", "王伟", "A", True, ""), ("2023101", "王伟", "", False, "missing"), ("2023102", "王伟", "", False, "missing")],
         ["it may be any of these: 2023101 王伟; 2023102 王伟"],
         roster=(RosterRow("2023101", "王伟"), RosterRow("2023102", "王伟"))),
]  # fmt: skip

QQ = ("老师好，作业见附件\r\n\r\n从QQ邮箱发来的超大附件\r\n\r\nml-6-张三-2023001.zip (52.30M, 2025年12月30日 10:00 到期)"
      "进入下载页面：https://wx.mail.qq.com/ftn/download?func=3&key=abc&code=1\r\n")  # fmt: skip
NETEASE = ('<div>见附件</div><a href="https://mail.163.com/large-attachment-download/index.html?p=x">'
           "<span>ml-6-张三-2023001.rar</span></a> 云附件，2025-12-01到期")  # fmt: skip

MOODLE_TEXT = ("<!DOCTYPE html><html><head><meta charset=\"UTF-8\"></head><body><p>报告：隐藏状态是记忆。</p>"
               "<p>x &lt; 1</p></body></html>")  # fmt: skip

INVENTED = [
    Case("forward-as-attachment", {"a.eml": mail(encoded_word("转发：作业"), [forwarded(letter(SUBJECT, pair(ZHANG)))],
         sender="monitor <m@example.edu>", boundary="=_o")}, [ROW]),
    Case("forward-by-the-course", {"a.eml": letter(f"转发：{SUBJECT}", pair(ZHANG), sender="ta <ml-course@example.edu>")}, [ROW]),
    Case("announcement-of-the-course", {"a.eml": letter("作业6 发布", {"rnn.py": A}, sender="ta <ML-Course@example.edu>"),
         "b.eml": letter(SUBJECT, pair(ZHANG, B))}, [("2023001", "张三", "B", True, "")], ["course's own"]),
    Case("teacher-replies-from-home", {
        "a.eml": letter(SUBJECT, pair(ZHANG), sender="z <z@stu.edu>"),
        "b.eml": letter(f"回复：{SUBJECT}", {"rnn.py": B}, date=TUE, sender=f"{encoded_word('王老师')} <w@qq.com>")}, [ROW], ["course's own"]),
    Case("bare-mail-of-the-course", {
        "a.eml": letter(SUBJECT, pair(ZHANG), sender="z <z@stu.edu>"),
        "b.eml": letter(f"Re: {SUBJECT}", {}, date=TUE, sender="ta <ml-course@example.edu>"),
        "c.eml": letter("Re: 6-李四-2023002", {}, date=TUE, sender="ta <ml-course@example.edu>")}, [ROW]),
    Case("student-answers-with-the-old-file-quoted", {
        "a.eml": letter(SUBJECT, pair(ZHANG), sender="z <z@stu.edu>"),
        "b.eml": letter(f"Re: {SUBJECT}", {f"{ZHANG}.py": A, f"{ZHANG}_v2.py": B}, date=TUE, sender="z <z@stu.edu>")},
        [("2023001", "张三", "B", True, "")], ["_v2.py counts"]),
    Case("qq-large-attachment", {"a.eml": body(QQ, SUBJECT)}, [("2023001", "张三", "", False, "")],
         ["In place of ml-6-张三-2023001.zip came a link to wx.mail.qq.com", "attach the .py"]),
    Case("163-cloud-attachment-without-subject", {"a.eml": body(NETEASE, "", html=True)}, [("2023001", "张三", "", False, "")],
         ["came a link to mail.163.com"]),
    Case("link-after-a-whole-program", {"a.eml": letter(SUBJECT, pair(ZHANG)), "b.eml": body(QQ, SUBJECT, date=TUE)},
         [ROW], ["came a link to"]),
    Case("report-here-program-in-the-cloud", {"a.eml": letter(SUBJECT, {"report.md": MD}).replace(
        "老师好，作业见附件。".encode(), b"https://pan.baidu.com/s/1abc rnn.zip")}, [("2023001", "张三", "", True, "")],
        ["link to pan.baidu.com"]),
    Case("program-in-the-text", {"a.eml": body(WHOLE, SUBJECT)}, [("2023001", "张三", "", False, "")], ["stands in the mail's text"]),
    Case("gbk-zip-in-a-gbk-mail", {"a.eml": mail(SUBJECT, [part(plain_name("作业.zip"),
         zipped({f"张三/{ZHANG}.py": A, "张三/报告.md": "# 报告".encode("gbk")}, charset="gbk"))], charset="gb18030")}, [ROW]),
    Case("mac-zip", {f"{ZHANG}.zip": zipped({"作业/rnn.py": A, "作业/report.md": MD, "__MACOSX/作业/._rnn.py": b"\0\5\x16\7",
         "作业/.DS_Store": b"\0\0\0\1Bud1"})}, [ROW], decisions=0),
    Case("zip-in-zip", {"a.eml": letter("", {f"{ZHANG}.zip": zipped({f"{ZHANG}.zip": zipped({"rnn.py": A, "report.md": MD})})})}, [ROW]),
    Case("two-students-in-one-zip", {"作业.zip": zipped(pair(ZHANG) | pair("ml-6-李四-2023002", B))},
         [ROW, ("2023002", "李四", "B", True, "")], decisions=0),
    Case("two-nameless-zips-in-one-mail", {"a.eml": letter("代交两份作业", {"甲.zip": zipped({"rnn.py": A}), "乙.zip": zipped({"rnn.py": B})})},
         [("?", "", "A", False, ""), ("?", "", "B", False, "")]),
    Case("monitor-folders", {"3班作业.zip": zipped({f"3班/{s}/{n}": d for s, p in (("张三-2023001", A), ("李四-2023002", B))
         for n, d in (("rnn.py", p), ("report.md", MD))})}, [ROW, ("2023002", "李四", "B", True, "")], decisions=0),
    Case("monitor-folders-names-only", {"a.eml": letter("3班作业汇总", {"3班.zip": zipped({"张三/rnn.py": A, "张三/r.md": MD, "李四/rnn.py": B, "李四/r.md": MD})},
         sender=f"{encoded_word('赵班长')} <m@x.cn>")}, [ROW, ("2023002", "李四", "B", True, "")], roster=BOTH, decisions=0),
    Case("monitor-folders-without-a-roster", {"a.eml": letter("3班作业汇总", {"3班.zip": zipped({"张三/rnn.py": A, "李四/rnn.py": B})},
         sender=f"{encoded_word('赵班长')} <m@x.cn>")}, [("?", "张三", "A", False, ""), ("?", "李四", "B", False, "")]),
    Case("monitor-counts-his-students", {"3班.zip": zipped({"01-张三-2023001/rnn.py": A, "01-张三-2023001/report.md": MD,
         "05-李四-2023002/rnn.py": B, "05-李四-2023002/report.md": MD})}, [ROW, ("2023002", "李四", "B", True, "")]),
    Case("report-only-resent", {"a.eml": letter(SUBJECT, pair(ZHANG), date=MON), "b.eml": letter(SUBJECT, {f"{ZHANG}.md": report("2")}, date=TUE)},
         [ROW], extra={"report": "报告 2"}),
    Case("readme-resent", {"a.eml": letter(SUBJECT, pair(ZHANG), date=MON), "b.eml": letter(SUBJECT, {"README.md": b"# run it\n"}, date=TUE)},
         [ROW], extra={"report": "报告 1"}),
    Case("full-width-id", {"a.eml": letter("６－张三－２０２３００１", {"ｍｌ－６－张三－２０２３００１．ｐｙ": A, "ｍｌ－６－张三－２０２３００１．ｍｄ": MD})}, [ROW]),
    Case("class-code", {"a.eml": letter("计科2101-张三-2023001", {"计科2101张三2023001.py": A, "计科2101张三2023001.md": MD})}, [ROW]),
    Case("class-code-and-short-report", {"软工22-1班-张三-2023001.py": A, "软工22-1班-张三.md": MD}, [ROW]),
    Case("same-name-two-ids", {"a.eml": letter("6-王伟-2023101", pair("ml-6-王伟-2023101"), sender="w1 <w1@x.cn>"),
         "b.eml": letter("6-王伟-2023102", pair("ml-6-王伟-2023102", B), sender="w2 <w2@x.cn>")},
         [("2023101", "王伟", "A", True, ""), ("2023102", "王伟", "B", True, "")], decisions=0),
    Case("same-name-no-ids-two-senders", {"a.eml": letter("6-王伟", pair("ml-6-王伟"), sender="w1 <w1@x.cn>"),
         "b.eml": letter("6-王伟", pair("ml-6-王伟", B), sender="w2 <w2@x.cn>")},
         [("?", "王伟", "A", True, ""), ("?", "王伟", "B", True, "")], ["goes by the same name"]),
    Case("same-name-two-folders", {"1班/王伟/rnn.py": A, "2班/王伟/rnn.py": B}, [("?", "王伟", "A", False, ""), ("?", "王伟", "B", False, "")],
         ["goes by the same name"]),
    Case("sorted-by-kind", {"code/张三.py": A, "doc/张三.md": MD}, [("?", "张三", "A", True, "")]),
    Case("typo-in-the-id", pair("ml-6-张三-2023010"), [ROW, MISSING_LI], ["the name is, once: 2023010, 2023001 张三"], roster=BOTH, decisions=0),
    Case("typo-without-a-name", {"2023011.py": A}, [("2023011", "", "A", False, ""), ("2023001", "张三", "", False, "missing"), MISSING_LI],
         ["Perhaps"], roster=BOTH),
    Case("id-of-another", pair("ml-6-李四-2023001"), [("2023002", "李四", "A", True, ""), ("2023001", "张三", "", False, "missing")],
         ["belongs to somebody else"], roster=BOTH),
    Case("name-and-other-id-from-elsewhere", {"a.eml": letter(SUBJECT, pair(ZHANG), sender="a <a@x.cn>"),
         "b.eml": letter("6-张三-2029999", pair("ml-6-张三-2029999", B), sender="b <b@x.cn>", date=TUE)},
         [ROW, ("2029999", "张三", "B", True, ""), MISSING_LI], ["one name with two ids"], roster=BOTH),
    Case("parents-address", {"a.eml": letter(SUBJECT, pair(ZHANG), sender=f"{encoded_word('张大山')} <zds@qq.com>")}, [ROW], decisions=0),
    Case("parents-address-id-only", {"a.eml": letter("作业", {"2023001.py": A, "2023001.md": MD}, sender=f"{encoded_word('张大山')} <zds@qq.com>")},
         [ROW, MISSING_LI], roster=BOTH, decisions=0),
    Case("no-subject-known-address", {"a.eml": letter("", {"rnn.py": A, "report.md": MD}, sender="z <z@stu.edu>")}, [ROW],
         roster=(RosterRow("2023001", "张三", "z@stu.edu"),), decisions=0),
    Case("no-subject-after-a-named-mail", {"a.eml": letter(SUBJECT, pair(ZHANG), sender="z <z@stu.edu>", date=MON),
         "b.eml": letter("", {"rnn.py": B}, sender="z <z@stu.edu>", date=TUE)}, [("2023001", "张三", "B", True, "")], ["its address is that of 2023001"]),
    Case("py-txt", {f"{ZHANG}.py.txt": A, f"{ZHANG}.md.txt": MD}, [ROW]),
    Case("ipynb-only", {f"{ZHANG}.ipynb": notebook([("markdown", "报告"), ("code", A.decode())])}, [ROW]),
    Case("ipynb-json", {f"{ZHANG}.ipynb.json": notebook([("markdown", "报告"), ("code", A.decode())])}, [ROW]),
    Case("word-report", {f"{ZHANG}.py": A, f"{ZHANG}.docx": b"PK\x03\x04x"}, [("2023001", "张三", "A", False, "")], ["is a document"]),
    Case("pdf-report", {"a.eml": letter(SUBJECT, {"rnn.py": A, "report.pdf": b"%PDF-1.4"})}, [("2023001", "张三", "A", False, "")], ["report.pdf is a document"]),
    Case("screenshots-of-code", {"a.eml": letter(SUBJECT, {"代码1.png": PNG, "代码2.png": PNG + b"2"})}, [("2023001", "张三", "", False, "")],
         ["Neither a readable program"], extra={"pictures": 2}),
    Case("photos-beside-the-report", {"a.eml": letter(SUBJECT, pair(ZHANG) | {"IMG_20251103_101112.jpg": b"\xff\xd8\xff1", "推导.heic": b"\0\0\0\x18ftypheic"})},
         [ROW], extra={"pictures": 2}),
    Case("photos-in-a-second-mail", {"a.eml": letter(SUBJECT, pair(ZHANG)), "b.eml": letter(f"{SUBJECT} 推导照片", {"mmexport1762135872000.jpg": b"\xff\xd8\xff1"}, date=TUE)},
         [ROW], extra={"pictures": 1}),
    Case("linked-and-broken-pictures", {"张三-2023001/rnn.py": A, "张三-2023001/img/loss 1.png": PNG,
         "张三-2023001/report.md": "# 报告\n![损失](img/loss%201.png) ![x](C:\\Users\\z\\pred.png) <img src='https://x.cn/a.png'>\n".encode()},
         [ROW], ["did not come: pred.png"], extra={"pictures": 1}),
    Case("empty-resend", {"a.eml": letter(SUBJECT, pair(ZHANG), date=MON), "b.eml": letter(SUBJECT, {f"{ZHANG}.py": b"", f"{ZHANG}.zip": b"PK\x03\x04broken"}, date=TUE)},
         [ROW], ["The file is empty", "damaged"]),
    Case("syntax-error-resent", {"a.eml": letter(SUBJECT, pair(ZHANG), date=MON), "b.eml": letter(SUBJECT, {f"{ZHANG}.py": B + b"def f(:\n"}, date=TUE)},
         [ROW], ["nothing of the assignment that could be graded"]),
    Case("only-a-part-resent", {"a.eml": letter(SUBJECT, pair(ZHANG), date=MON),
         "b.eml": letter(SUBJECT, {"rnn.py": b"class SimpleRNN:\n    def forward(self, x):\n        return x\n# P\n"}, date=TUE)},
         [ROW], ["it has more of what the assignment asks for"]),
    Case("skeleton-beside-the-notebook", {"张三-2023001/rnn.py": WHOLE.replace("return inputs, inputs", "pass").replace("return {}", "pass").encode(),
         "张三-2023001/rnn.ipynb": notebook([("code", A.decode())]), "张三-2023001/report.md": MD}, [ROW]),
    Case("better-late-does-not-displace", {"a.eml": letter(SUBJECT, pair(ZHANG), date=MON), "b.eml": letter(SUBJECT, pair(ZHANG, B), date=FRI)},
         [ROW], ["came after the deadline, that one in time"], deadline=DEADLINE),
    Case("late-after-a-question-in-time", {"a.eml": letter(f"{SUBJECT} 请问", {"test.py": b"print(1)\n"}, date=MON), "b.eml": letter(SUBJECT, pair(ZHANG), date=FRI)},
         [("2023001", "张三", "A", True, "late")], deadline=DEADLINE),
    Case("foreign-only", {"a.eml": letter("5-张三-2023001", {"ml-5-张三-2023001.py": b"class Tree: pass\n"})}, [("2023001", "张三", "", False, "foreign")],
         ["belongs to assignment 5"]),
    Case("foreign-zip-in-chinese", {"a.eml": letter("第五次作业 张三 2023001", {"作业五.zip": zipped({"tree.py": b"class Tree: pass\n", "report.md": MD})})},
         [("2023001", "张三", "", False, "foreign")]),
    Case("wrong-number-right-program", {"a.eml": letter("5-张三-2023001", pair("ml-5-张三-2023001"))}, [ROW]),
    Case("tar-gz", {f"{ZHANG}.tar.gz": tarred({"hw/rnn.py": A, "hw/report.md": MD})}, [ROW], decisions=0),
    Case("tar-gz-gbk", {"a.eml": letter("", {"hw.tgz": tarred({f"{ZHANG}.py": A, f"{ZHANG}.md": MD}, encoding="gbk")})}, [ROW]),
    Case("single-gz", {f"{ZHANG}.py.gz": gzip.compress(A), f"{ZHANG}.md": MD}, [ROW]),
    Case("7z", {"a.eml": letter("", {f"{ZHANG}.7z": sevenzipped({"张三/rnn.py": A, "张三/report.md": MD})})}, [ROW], decisions=0),
    Case("rar-that-is-none", {"a.eml": letter(SUBJECT, {f"{ZHANG}.rar": b"Rar!\x1a\x07\x00broken"})}, [("2023001", "张三", "", False, "")], ["The archive", "is empty"]),
    Case("moodle-online-text", {"作业6.zip": zipped({"张三_77_assignsubmission_file/rnn.py": A,
         "张三_77_assignsubmission_onlinetext/onlinetext.html": MOODLE_TEXT.encode(), "李四_78_assignsubmission_onlinetext/onlinetext.html": MOODLE_TEXT.replace("记忆", "状态").encode()})},
         [ROW, ("2023002", "李四", "", True, "")], roster=BOTH),
    Case("moodle-flat", {"m.zip": zipped({"张三_345602_assignsubmission_file_rnn.py": A, "张三_345602_assignsubmission_file_report.md": MD,
         "李四_345603_assignsubmission_file_作业.zip": zipped({"rnn.py": B, "report.md": MD})})}, [ROW, ("2023002", "李四", "B", True, "")], roster=BOTH, decisions=0),
    Case("moodle-namesakes", {"m.zip": zipped({"王伟_1001_assignsubmission_file_/rnn.py": A, "王伟_1002_assignsubmission_file_/rnn.py": B})},
         [("?", "王伟", "A", False, ""), ("?", "王伟", "B", False, "")]),
    Case("moodle-blind", {"m.zip": zipped({"Participant_1001_assignsubmission_file_/rnn.py": A, "Participant_1002_assignsubmission_file_/rnn.py": B})},
         [("?", "", "A", False, ""), ("?", "", "B", False, "")]),
    Case("moodle-own-id-inside", {"m.zip": zipped({f"张三_345602_assignsubmission_file_/{ZHANG}.py": A, f"张三_345602_assignsubmission_file_/{ZHANG}.md": MD})}, [ROW]),
    Case("canvas-copies", {"submissions.zip": zipped({"zhangsan_1311111_5000001_rnn-1.py": A, "zhangsan_1311111_5000002_report-2.md": MD,
         "lisi_LATE_1322222_5000003_hw.zip": zipped({"rnn.py": B, "report.md": MD})})},
         [("?", "zhangsan", "A", True, ""), ("?", "lisi", "B", True, "late")]),
    Case("canvas-anonymous", {"submissions.zip": zipped({"anon_aB3dE_5000001_rnn.py": A, "LATE_anon_Zz9Yx_5000002_rnn.py": B})},
         [("?", "", "A", False, ""), ("?", "", "B", False, "late")]),
    Case("canvas-look-alike", {"作业.zip": zipped({"张三_2023001_100_rnn.py": A, "张三_2023001_100_report.md": MD, "李四_2023002_100_rnn.py": B})},
         [ROW, ("2023002", "李四", "B", False, "")]),
    Case("gradescope-group-and-time", {"assignment_9_export/submission_1/rnn.py": A, "assignment_9_export/submission_metadata.yml":
         b"submission_1:\n  :submitters:\n  - :name: Li Hua\n    :sid: '2023001'\n  - :name: Wang Fang\n    :sid: '2023002'\n"
         b"  :created_at: 2025-11-07 02:00:00.123456000 Z\n  :score: !ruby/object:BigDecimal 18:0.1e1\n"},
         [("2023001", "Li Hua", "A", False, "late"), ("2023002", "Wang Fang", "A", False, "late")], deadline=DEADLINE),
    Case("telephone-in-the-subject", {"a.eml": letter("6-张三-2023001-13812345678", {"rnn.py": A, "report.md": MD})}, [ROW]),
    Case("name-and-words", {"a.eml": letter("张三的作业 2023001", {"rnn.py": A, "report.md": MD})}, [ROW]),
    Case("versions-in-a-zip", {f"{ZHANG}.zip": zipped({"旧版/rnn.py": program("O"), "最终版/rnn.py": A, "report.md": MD})}, [ROW]),
    Case("browser-copies", {f"{ZHANG}.py": program("O"), f"{ZHANG}(1).py": program("P"), f"{ZHANG}(2).py": A, f"{ZHANG}.md": MD}, [ROW], ["(2).py counts"]),
    Case("final-and-v2", {"a.eml": letter(SUBJECT, {"rnn_v2.py": program("O"), "rnn_final.py": A, "report.md": MD})}, [ROW]),
]  # fmt: skip

LI: Row = ("2023002", "李四", "B", True, "")
HANDOUT = {f"作业/{n}": d for n, d in {"student/rnn.py": A, "student/report.md": MD, "student/README.md": b"# how\n",
           "student/Makefile": b"x:\n", "student/kit/k.py": b"x=1\n"}.items()}  # fmt: skip

FURTHER = [
    Case("subject-id-only", {"a.eml": letter("2023001", {"rnn.py": A, "report.md": MD})}, [ROW, MISSING_LI], roster=BOTH),
    Case("display-name-on-the-roster", {"a.eml": letter("机器学习作业6", {"rnn.py": A, "report.md": MD}, sender=f"{encoded_word('张三')} <1@qq.com>")},
         [ROW, MISSING_LI], roster=BOTH, decisions=0),
    Case("nickname", {"a.eml": letter("作业", {"rnn.py": A}, sender=f"{encoded_word('小猫咪')} <123456@qq.com>")}, [("?", "", "A", False, "")]),
    Case("id-then-words", {"2023001_张三_第六次作业.py": A, "2023001_张三_第六次作业.md": MD}, [ROW]),
    Case("zip-with-words", {"作业6-2023001-张三.zip": zipped({"第六次作业/rnn.py": A, "第六次作业/report.md": MD})}, [ROW]),
    Case("correction", {"a.eml": letter(SUBJECT, pair(ZHANG), date=MON, sender="z <z@x.cn>"),
         "b.eml": letter("更正", {f"{ZHANG}-更正.py": B}, date=TUE, sender="z <z@x.cn>")}, [("2023001", "张三", "B", True, "")]),
    Case("long-thread", {"a.eml": letter(f"Re: Re: 回复：{SUBJECT}", {"rnn.py": A, "report.md": MD}, sender="z <z@x.cn>")}, [ROW]),
    Case("whole-handout", {"a.eml": letter(SUBJECT, {"student.zip": zipped(HANDOUT)})}, [ROW], decisions=0),
    Case("windows-path-as-a-name", {"a.eml": letter(SUBJECT, {"C:\\Users\\z\\rnn.py": A, "C:\\Users\\z\\report.md": MD})}, [ROW]),
    Case("gb2312-text", {"a.eml": letter(SUBJECT, {"rnn.py": "# 循环神经网络\n".encode("gb2312") + A, "report.md": "# 报告\n".encode("gb2312")})}, [ROW]),
    Case("loud-suffixes", {"ML-6-张三-2023001.PY": A, "ML-6-张三-2023001 .Md": MD}, [ROW]),
    Case("letters-in-the-id", pair("ml-6-张三-U202312345"), [("U202312345", "张三", "A", True, "")]),
    Case("dot-in-the-name", pair("ml-6-买买提·艾力-2023001"), [("2023001", "买买提·艾力", "A", True, "")]),
    Case("english-name-turned", pair("ml-6-Anna Lee"), [("2023045", "Lee, Anna", "A", True, "")], roster=(RosterRow("2023045", "Lee, Anna"),)),
    Case("thanks", {"a.eml": letter(SUBJECT, pair(ZHANG)), "b.eml": body("收到，谢谢老师！", f"Re: {SUBJECT}", date=TUE)}, [ROW],
         ["has no attachment"], decisions=0),
    Case("names-in-the-report-only", {"a.eml": letter("作业", {"rnn.py": A, "report.md": "# 报告\n\n- 姓名 / Name: 张三\n- **学号 / Student ID:** 2023001\n".encode()}, sender="x <q@q.com>")},
         [("?", "", "A", True, "")], ["The report says: 张三 2023001."], decisions=1),
    Case("document-beside-the-report", {"a.eml": letter(SUBJECT, {**pair(ZHANG), f"{ZHANG}.docx": zipped({"word/document.xml": b"<x/>"})})},
         [ROW], [f"{ZHANG}.docx was not read: {ZHANG}.md is the report."], decisions=0),
    Case("report-in-parts", {"a.eml": letter(SUBJECT, {"rnn.py": A, "part1.md": "# 第一部分：核心概念\n".encode(), "part2.md": "## 第二部分\n".encode()})},
         [ROW], ["part2.md counts, and it lacks parts that stand in this file: Part 1."], decisions=1),
    Case("program-in-parts", {"a.eml": letter(SUBJECT, {"q4_1.py": program("A", WHOLE.replace("class LSTMCell", "class Other")), "q4_2.py": b"class LSTMCell:\n    a = 1\n", "a.md": MD})},
         [ROW], ["q4_1.py counts, and it lacks what stands in this file: LSTMCell."], decisions=1),
    Case("copy-of-the-finder", {"a.eml": letter("作业6", {f"{ZHANG}.py": B, f"{ZHANG} 2.py": A, f"{ZHANG}.md": MD})}, [ROW],
         ["2023001 2.py counts: its name says"], decisions=0),
    Case("other-dots-in-a-name", {"6-买买提.艾力-2023005.py": A, "6-买买提•艾力-2023005.md": MD}, [("2023005", "买买提·艾力", "A", True, "")],
         roster=(RosterRow("2023005", "买买提·艾力"),), decisions=0),
    Case("english-name-alone", {"Lee, Anna.py": A, "anna_lee.md": MD}, [("2023045", "Anna Lee", "A", True, "")],
         roster=(RosterRow("2023045", "Anna Lee"),), decisions=0),
    Case("collecting-form", {"序号1_张三_2023001_rnn.py": A, "序号1_张三_2023001_report.md": MD}, [ROW], decisions=0),
    Case("pinyin-with-id", {"zhangsan_2023001.py": A, "zhangsan_2023001.md": MD}, [ROW, MISSING_LI], roster=BOTH, decisions=0),
    Case("date-behind", pair("张三-2023001-20251103"), [ROW]),
    Case("date-before", pair("20251103_张三_2023001"), [ROW]),
    Case("month-and-day-before", pair("1103-张三-2023001"), [ROW]),
    Case("folder-of-a-day", {f"2025-11-03/张三-2023001.{s}": d for s, d in (("py", A), ("md", MD))}, [ROW]),
    Case("date-as-the-only-number", {"a.eml": letter("作业六", {"张三_20251103.py": A, "张三_20251103.md": MD})}, [("?", "张三", "A", True, "")]),
    Case("id-that-could-be-an-old-day", pair("ml-6-张三-20211103"), [("20211103", "张三", "A", True, "")]),
    Case("id-like-a-day-on-the-roster", {"a.eml": letter("", pair("ml-6-张三-20251103"))}, [("20251103", "张三", "A", True, "")], roster=(RosterRow("20251103", "张三"),)),
    Case("time-stamp-by-a-form", pair("张三_2023001_20251103112233"), [ROW]),
    Case("same-mail-twice", {"a.eml": letter(SUBJECT, pair(ZHANG)), "copy of a.eml": letter(SUBJECT, pair(ZHANG))}, [ROW], decisions=0),
    Case("halves-from-two-addresses", {"a.eml": letter(SUBJECT, {f"{ZHANG}.py": A}, sender="z <z@x.cn>"), "b.eml": letter(SUBJECT, {f"{ZHANG}.md": MD}, sender="q <1@qq.com>")}, [ROW], decisions=0),
    Case("program-as-txt", {"2023001张三.txt": A, "2023001张三.md": MD}, [ROW]),
    Case("hw06", {"hw06_张三_2023001.py": A, "HW06_张三_2023001.md": MD}, [ROW]),
    Case("sixth-in-chinese", {"第六次作业-张三-2023001.py": A, "第六次作业-张三-2023001.md": MD}, [ROW]),
    Case("seventh-too-early", {"a.eml": letter(SUBJECT, pair(ZHANG), date=MON), "b.eml": letter("第七次作业-张三-2023001", {"hw7.py": b"x = 1\n"}, date=TUE)}, [ROW], ["assignment 7"]),
    Case("old-subject-new-file", {"a.eml": letter("Re: 5-张三-2023001", pair(ZHANG))}, [ROW]),
    Case("group-by-name", {"a.eml": letter("第3组 张三 李四", {"rnn.py": A, "report.md": MD})}, [ROW, ("2023002", "李四", "A", True, "")], ["names several students"], roster=BOTH),
    Case("backup-folder", {"张三-2023001/rnn.py": A, "张三-2023001/backup/rnn.py": program("O"), "张三-2023001/zz_old/rnn.py": program("P"), "张三-2023001/r.md": MD}, [ROW]),
    Case("numbered-folders", {f"{ZHANG}.zip": zipped({"v9/rnn.py": program("O"), "v10/rnn.py": A, "v10/report.md": MD, "v9/report.md": report("0")})}, [ROW]),
    Case("program-in-two-files", {"a.eml": letter(SUBJECT, {"lstm.py": b"class LSTMCell:\n    def forward(self, *a):\n        return a\n# L\n", "rnn.py": A, "report.md": MD})}, [ROW],
         ["lstm.py: rnn.py counts: it has more"], decisions=1),
    Case("shortcut", {"a.eml": letter(SUBJECT, {"rnn.py - 快捷方式.lnk": b"L\0\0\0"})}, [("2023001", "张三", "", False, "")], ["is a shortcut"]),
    Case("only-clutter", {"a.eml": letter(SUBJECT, {"rnn.cpython-311.pyc": b"\0\0"})}, [("2023001", "张三", "", False, "")]),
    Case("report-holds-the-code", {"a.eml": letter(SUBJECT, {"report.md": "# 报告\n```python\n".encode() + A + b"```\n"})}, [("2023001", "张三", "", True, "")], ["report without a program"]),
    Case("mbox-of-two", {"all.mbox": b"".join(b"From x Mon Nov  3 10:00:00 2025\n" + m.replace(b"\r\n", b"\n") + b"\n" for m in (letter(SUBJECT, pair(ZHANG)), letter("6-李四-2023002", pair("ml-6-李四-2023002", B))))}, [ROW, LI]),
    Case("moodle-file-of-a-friend", {"m.zip": zipped({"张三_345602_assignsubmission_file_/ml-6-李四-2023002.py": A, "李四_345603_assignsubmission_file_/ml-6-李四-2023002.py": B})},
         [("2023001", "张三", "A", False, ""), ("2023002", "李四", "B", False, "")], roster=BOTH),
    Case("moodle-unpacked", {"作业6/张三_345602_assignsubmission_file/rnn.py": A, "作业6/张三_345602_assignsubmission_file/report.md": MD, "作业6/李四_345603_assignsubmission_file/code/rnn.py": B,
         "作业6/李四_345603_assignsubmission_file/report.md": MD}, [ROW, LI], roster=BOTH, decisions=0),
    Case("canvas-unpacked", {"submissions/zhangsan_1311111_5000001_rnn.py": A, "submissions/zhangsan_1311111_5000002_report.md": MD, "submissions/lisi_1322222_5000003_rnn.py": B}, [("?", "zhangsan", "A", True, ""), ("?", "lisi", "B", False, "")]),
    Case("canvas-text-entry", {"submissions.zip": zipped({"zhangsan_1311111_text.html": MOODLE_TEXT.encode(), "lisi_1322222_link.html": b"<a href='https://x.cn'>x</a>"})}, [("?", "zhangsan", "", True, ""), ("?", "lisi", "", False, "")], ["A web address was handed in"]),
    Case("gradescope-by-mail-address", {"assignment_1_export/submission_7/rnn.py": A, "assignment_1_export/submission_metadata.yml":
         b"submission_7:\n  :submitters:\n  - :name: San Zhang\n    :email: ZS@stu.edu\n    :sid: ''\n"}, [("2023001", "张三", "A", False, "")], roster=(RosterRow("2023001", "张三", "zs@stu.edu"),)),
    Case("gradescope-list-damaged", {"assignment_1_export/submission_7/rnn.py": A, "assignment_1_export/submission_8/rnn.py": B, "assignment_1_export/submission_metadata.yml": b"submission_7: [\n"}, [("?", "", "A", False, ""), ("?", "", "B", False, "")]),
    Case("gradescope-two-exports", {"a1_export.zip": zipped({"assignment_1_export/submission_7/rnn.py": A, "assignment_1_export/submission_metadata.yml": b"submission_7:\n  :submitters:\n  - :name: Anna Lee\n    :sid: '2023045'\n"}),
         "deep/assignment_2_export/submission_7/rnn.py": B, "deep/assignment_2_export/submission_metadata.yml": b"submission_7:\n  :submitters:\n  - :name: Bob Ray\n    :sid: '2023046'\n"},
         [("2023045", "Anna Lee", "A", False, ""), ("2023046", "Bob Ray", "B", False, "")]),
    Case("two-exports-by-two", {"rnn_2026_11_30T10_11_12_123456.zip": zipped({"rnn.py": A}), "rnn_2026_11_30T10_15_00_004512.zip": zipped({"rnn.py": b"class SimpleRNN:\n    def forward(self, x):\n        return 2 * x\n# B\n"})},
         [("?", "", "A", False, ""), ("?", "", "B", False, "")]),
    Case("zip-members-of-1980", {"作业6_20261130.zip": zipped({"rnn.py": A}, time=(1980, 1, 1, 0, 0, 0))}, [("?", "", "A", False, "")]),
    Case("monitor-mails-each", {"a.eml": letter("代交 张三 2023001", {"rnn.py": A, "report.md": MD}, sender="m <m@x.cn>"), "b.eml": letter("代交 李四 2023002", {"rnn.py": B, "report.md": MD}, sender="m <m@x.cn>"),
         "c.eml": letter("代交", {"rnn.py": program("C")}, sender="m <m@x.cn>")}, [ROW, LI, ("?", "", "C", False, "")]),
    Case("foreign-and-unreadable", {"a.eml": letter(SUBJECT, {f"{ZHANG}.py": b""}), "b.eml": letter("5-张三-2023001", {"ml-5-张三-2023001.py": b"x = 1\n"})}, [("2023001", "张三", "", False, "")], ["assignment 5"]),
    Case("mail-from-the-future", {"a.eml": letter(SUBJECT, pair(ZHANG), date="Mon, 03 Nov 2098 10:00:00 +0800", received=MON)}, [ROW], deadline=DEADLINE),
    Case("later-photo-of-the-page", {"a.eml": letter(SUBJECT, {"rnn.py": A}), "b.eml": letter(SUBJECT, {"1.jpg": b"\xff\xd8\xff1", "2.webp": b"RIFF", "3.heic": b"\0"}, date=TUE)}, [("2023001", "张三", "A", False, "")], extra={"pictures": 3}),
    Case("gradescope-numbers-its-assignments", {"assignment_5_export/submission_7/report.md": MD, "assignment_5_export/submission_metadata.yml":
         b"submission_7:\n  :submitters:\n  - :name: Anna Lee\n    :sid: '2023045'\n"}, [("2023045", "Anna Lee", "", True, "")]),
]  # fmt: skip
