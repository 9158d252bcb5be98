"""Several files of one student's, of which one program and one report count: rows of `Choosing`.

All lie on a disk, in a zip or a mail of one student's; what must come out is the mark of the
program, a word of the report, and what a person is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests import ROOT
from tests.intake.build import notebook, zipped
from tests.intake.cases import A, B, letter, program

TEMPLATE = (ROOT / "student" / "report.md").read_text(encoding="utf-8")
PROMPT = "> 【在这里作答，写完删掉这一行 · your answer here, then delete this line】"
NAMED_TEMPLATE = TEMPLATE.replace("/ Name:", "/ Name: 张三").replace("ID:", "ID: 2023001")
HANDED_OUT = (ROOT / "student" / "rnn.py").read_bytes()
NOTEBOOK = (ROOT / "student" / "rnn.ipynb").read_bytes()
README = (ROOT / "student" / "README.md").read_bytes()
HOME = "张三-2023001"
SUBJECT = "6-张三-2023001"
ZHANG = "ml-6-张三-2023001"
OLD, SOON, NEW = "2026-11-25T20:00:00", "2026-11-30T20:00:00", "2026-11-30T20:05:00"


def answered(mark: str, count: int = 99, text: str = TEMPLATE) -> str:
    """The template with an answer in so many of its places, the first ones."""
    answer = f"答案{mark}：隐藏状态是记忆，由上一步的状态和当前的输入更新。"
    return text.replace(PROMPT, answer, count)


def cells(report: str, source: bytes = b"") -> bytes:
    """A notebook with this text and this program; without a program it has no code."""
    code = [("code", source.decode())] if source else []
    return notebook([("markdown", report), *code])


def filled_in(mark: str) -> bytes:
    """The notebook that was handed out, with answers and no line of code."""
    return NOTEBOOK.replace(PROMPT.encode(), f"答案{mark}：隐藏状态是记忆，由上一步更新。".encode())


@dataclass(frozen=True)
class Choosing:
    """Files in the inbox, each perhaps with its time; what counts, what is told, and how loud."""

    name: str
    files: Mapping[str, bytes | tuple[bytes, str]]
    program: str
    report: str
    told: Sequence[tuple[str, str, str]] = ()  # file, words of the reason, concern
    bonus: str = ""


def home(files: Mapping[str, bytes]) -> dict[str, bytes | tuple[bytes, str]]:
    """In a folder of the student's own, all copied at one time."""
    return {f"{HOME}/{name}": (data, SOON) for name, data in files.items()}


def at(times: Mapping[str, tuple[bytes, str]]) -> dict[str, bytes | tuple[bytes, str]]:
    return {f"{HOME}/{name}": found for name, found in times.items()}


MD = answered("").encode()
UNANSWERED, BY_ITSELF, LACKS = (
    "this file is the template, or has hardly a word more",
    "it is a report by itself, this one the text of a notebook",
    "it lacks parts that stand in this file",
)
NOTHING, NEWER, UNSURE = "nothing of the assignment that could", "the file is newer", "want of a better"  # fmt: skip

TEMPLATES = [
    Choosing("answers-in-the-notebook",
             home({"rnn.ipynb": cells(answered("N"), A), "report.md": TEMPLATE.encode(), "rnn.py": HANDED_OUT}),
             "A", "答案N", [("report.md", UNANSWERED, "information"), ("rnn.py", NOTHING, "information")]),
    Choosing("program-in-the-file-answers-in-the-notebook",
             home({"rnn.py": A, "report.md": NAMED_TEMPLATE.encode(), "rnn.ipynb": filled_in("N"), "README.md": README}),
             "A", "答案N", [("README.md", "README", "information"), ("report.md", UNANSWERED, "information")]),
    Choosing("report-that-only-points-to-the-notebook",
             home({"rnn.ipynb": cells(answered("N"), A), "report.md": "# 报告\n\n见 rnn.ipynb\n".encode()}),
             "A", "答案N", [("report.md", UNANSWERED, "decision")]),
    Choosing("empty-headings-beside-the-notebook",
             home({"rnn.ipynb": cells(answered("N"), A), "report.md": TEMPLATE.replace(PROMPT, "").encode()}),
             "A", "答案N", [("report.md", UNANSWERED, "information")]),
    Choosing("answers-in-both",
             home({"rnn.ipynb": cells(answered("N"), A), "report.md": answered("R").encode()}),
             "A", "答案R", [("rnn.ipynb", BY_ITSELF, "decision")]),
    Choosing("one-answer-here-and-all-in-the-notebook",
             home({"rnn.ipynb": cells(answered("N"), A), "report.md": answered("R", 1).encode()}),
             "A", "答案R", [("rnn.ipynb", LACKS, "decision")]),
    Choosing("the-same-answers-in-both",
             home({"rnn.ipynb": cells(answered("R"), A), "report.md": answered("R").encode()}), "A", "答案R"),
    Choosing("notes-around-the-code-are-no-report",
             home({"rnn.ipynb": cells("# 我的网络\n\n先定义类，再用正弦数据训练一百轮，画出损失曲线。", A),
                   "report.md": answered("R").encode()}), "A", "答案R"),
    Choosing("template-in-both", home({"rnn.ipynb": cells(TEMPLATE, A), "report.md": TEMPLATE.encode()}), "A", "在这里作答"),
    Choosing("answers-in-a-notebook-of-their-own",
             home({"rnn.ipynb": cells(TEMPLATE, A), "报告.ipynb": cells(answered("N")), "report.md": TEMPLATE.encode()}),
             "A", "答案N", [("report.md", UNANSWERED, "information")]),
    Choosing("two-notebooks-with-answers",
             home({"rnn.ipynb": cells(answered("N"), A), "报告.ipynb": cells(answered("M"))}),
             "A", "答案M", [("rnn.ipynb", "named as the assignment asks", "decision")]),
    Choosing("a-log-is-no-report",
             home({"rnn.ipynb": cells(answered("N"), A), "train.txt": b"epoch 1 loss 0.53 accuracy 0.1\n" * 9}),
             "A", "答案N", [("train.txt", "by its name or its headings", "decision")]),
    Choosing("answers-in-the-readme",
             home({"rnn.py": A, "README.md": answered("N").encode(), "report.md": TEMPLATE.encode()}),
             "A", "答案N", [("report.md", UNANSWERED, "information")]),
    Choosing("template-in-time-answers-late",
             {"a.eml": letter(SUBJECT, {"rnn.py": A, "report.md": TEMPLATE.encode()}),
              "b.eml": letter(SUBJECT, {"report.md": answered("N").encode()}, date="Fri, 07 Nov 2025 10:00:00 +0800")},
             "A", "答案N", [("a.eml/report.md", UNANSWERED, "information"),
                           ("b.eml/report.md", "report came after the deadline", "decision")]),
    Choosing("template-sent-again-after-the-answers",
             {"a.eml": letter(SUBJECT, {"rnn.py": A, "report.md": answered("N").encode()}),
              "b.eml": letter(SUBJECT, {"rnn.py": B, "report.md": TEMPLATE.encode()}, date="Tue, 04 Nov 2025 10:00:00 +0800")},
             "B", "答案N", [("a.eml/rnn.py", "sent later", "information"), ("b.eml/report.md", UNANSWERED, "information")]),
    Choosing("a-document-beside-notes-in-the-notebook",
             home({"rnn.ipynb": cells("# 我的网络\n\n先定义类，再用正弦数据训练一百轮，画出损失曲线。", A),
                   "实验报告.docx": b"PK\3\4"}),
             "A", "我的网络", [("实验报告.docx", "is a document", "unreadable")]),
    Choosing("answers-in-a-text-file-beside-the-template",
             home({"rnn.py": A, "新建文本文档.txt": answered("T").encode("gbk"), "report.md": TEMPLATE.encode()}),
             "A", "答案T", [("report.md", UNANSWERED, "information")]),
    Choosing("answers-in-three-files-beside-the-template",
             home({"rnn.py": A, "report.md": TEMPLATE.encode(),
                   **{f"{n}.md": f"## 第{han}部分\n\n答案{n}：隐藏状态由上一步的状态更新，梯度会消失，也会爆炸。\n".encode() for n, han in enumerate("一二三", 1)}}),
             "A", "答案3", [("report.md", UNANSWERED, "information"), ("1.md", LACKS, "decision"), ("2.md", LACKS, "decision")]),
    Choosing("answers-in-a-folder-of-their-own",
             home({"ml-6/rnn.py": A, "ml-6/report.md": TEMPLATE.encode(), "ml-6/notebooks/rnn.ipynb": filled_in("N")}),
             "A", "答案N", [("ml-6/report.md", UNANSWERED, "information")]),
    Choosing("one-picture-is-an-answer",
             home({"rnn.ipynb": cells(TEMPLATE, A), "report.md": TEMPLATE.replace(PROMPT, "![手写](1.jpg)", 1).encode()}),
             "A", "手写", [("report.md", "pictures that did not come", "information")]),
    Choosing("a-link-to-the-report-is-no-answer",
             home({"rnn.ipynb": cells(answered("N"), A), "报告.md": "# 报告\n\n".encode() + TEMPLATE.replace(
                 PROMPT, "https://docs.qq.com/doc/DabcdefghijKLMNOP", 1).encode()}),
             "A", "答案N", [("报告.md", UNANSWERED, "information")]),
    Choosing("a-document-beside-the-template",
             home({"rnn.py": A, "report.pdf": b"%PDF-1.7 x", "report.md": TEMPLATE.encode()}),
             "A", "在这里作答", [("report.pdf", "is a document", "unreadable")]),
]  # fmt: skip

COPIES = [
    Choosing("copy-of-the-explorer", home({"rnn.py": A, "rnn - 副本.py": B, "report.md": MD}),
             "A", "答案", [("rnn - 副本.py", UNSURE, "decision")]),
    Choosing("copy-of-the-explorer-in-english", home({"rnn.py": A, "rnn - Copy (2).py": B, "report.md": MD}),
             "A", "答案", [("rnn - Copy (2).py", UNSURE, "decision")]),
    Choosing("copy-that-is-the-backup",
             at({"rnn.py": (A, NEW), "rnn - 副本.py": (B, OLD), "report.md": (MD, NEW)}),
             "A", "答案", [("rnn - 副本.py", NEWER, "information")]),
    Choosing("copy-in-which-work-went-on",
             at({"rnn.py": (B, OLD), "rnn - 副本.py": (A, NEW), "report.md": (MD, NEW)}),
             "A", "答案", [("rnn.py", NEWER, "information")]),
    Choosing("copy-in-which-all-work-was-done", home({"rnn.py": HANDED_OUT, "副本 rnn.py": A, "report.md": MD}),
             "A", "答案", [("rnn.py", NOTHING, "information")]),
    Choosing("copy-of-the-report",
             home({"rnn.py": A, "report.md": answered("R").encode(), "report 的副本.md": answered("S").encode()}),
             "A", "答案R", [("report 的副本.md", UNSURE, "decision")]),
    Choosing("copy-in-other-words", home({"rnn.py": A, "rnn拷贝.py": B, "rnn 复制(2).py": program("C"), "report.md": MD}),
             "A", "答案", [("rnn拷贝.py", UNSURE, "decision"), ("rnn 复制(2).py", UNSURE, "decision")]),
    Choosing("copies-of-copies", home({"rnn - Copy.py": B, "rnn - Copy (2).py": A, "report.md": MD}),
             "A", "答案", [("rnn - Copy.py", UNSURE, "decision")]),
    Choosing("copy-of-the-version-that-counts", home({"rnn_v1.py": B, "rnn_v2.py": A, "rnn_v2 - 副本.py": program("C"), "report.md": MD}),
             "A", "答案", [("rnn_v1.py", "newer version", "information"), ("rnn_v2 - 副本.py", UNSURE, "decision")]),
    Choosing("folder-that-is-a-copy", home({"ml-6/rnn.py": A, "ml-6 - 副本/rnn.py": B, "ml-6/report.md": MD}),
             "A", "答案", [("ml-6 - 副本/rnn.py", UNSURE, "decision")]),
    Choosing("backups-of-editors",
             home({"rnn.py": A, "rnn.py~": B, "rnn.py.bak": program("C"), "#rnn.py#": program("D"), "report.md": MD}),
             "A", "答案", [(name, "newer version", "information") for name in ("rnn.py~", "rnn.py.bak", "#rnn.py#")]),
    Choosing("backup-that-holds-the-only-work", home({"rnn.py": HANDED_OUT, "rnn.py.bak": A, "report.md": MD}),
             "A", "答案", [("rnn.py", NOTHING, "information")]),
    Choosing("copy-of-colab", home({"“rnn.ipynb”的副本.ipynb": cells(answered("N"), A), "rnn.ipynb": NOTEBOOK}),
             "A", "答案N", [("rnn.ipynb", NOTHING, "information")]),
    Choosing("downloaded-again", home({"rnn.py": B, "rnn(1).py": A, "report.md": MD}),
             "A", "答案", [("rnn.py", "its name says that it is the newer", "information")]),
]  # fmt: skip

BONUS = (ROOT / "solutions" / "bonus.py").read_bytes()
BONUS_HANDED_OUT = (ROOT / "student" / "bonus.py").read_bytes()
GRU, ADAM = (
    b"class GRUCell:\n    def forward(self, x, h):\n        return h\n# G\n",
    b"class Adam:\n    def step(self, p, g):\n        return p\n# D\n",
)
BOTH = {"rnn.py": A, "report.md": MD}

OPTIONAL = [
    Choosing("optional-program-as-handed-out-beside-the-work",
             home({**BOTH, "a/bonus.py": BONUS + b"# Z\n", "z/bonus.py": BONUS_HANDED_OUT}),
             "A", "答案", [("z/bonus.py", NOTHING, "information")], bonus="Z"),
    Choosing("optional-program-in-pieces", home({**BOTH, "adam.py": ADAM, "gru.py": GRU}),
             "A", "答案", [("adam.py", "lacks what stands in this file: Adam", "decision")], bonus="G"),
    Choosing("stale-optional-program",
             at({"rnn.py": (A, NEW), "report.md": (MD, NEW), "bonus.py": (BONUS + b"# N\n", NEW),
                 f"to-send/{ZHANG}-bonus.py": (BONUS + b"# O\n", OLD)}),
             "A", "答案", [(f"to-send/{ZHANG}-bonus.py", NEWER, "decision")], bonus="N"),
    Choosing("optional-program-sent-again",
             {"a.eml": letter(SUBJECT, {**BOTH, "bonus.py": BONUS + b"# O\n"}),
              "b.eml": letter(SUBJECT, {"bonus.py": BONUS + b"# N\n"}, date="Tue, 04 Nov 2025 10:00:00 +0800")},
             "A", "答案", [("a.eml/bonus.py", "sent later", "information")], bonus="N"),
]  # fmt: skip

TIMES = [
    Choosing("seconds-apart",
             at({"main.py": (A, SOON), "code.py": (B, "2026-11-30T20:00:03"), "report.md": (MD, SOON)}),
             "A", "答案", [("code.py", UNSURE, "decision")]),
    Choosing("one-after-the-other-in-copying",
             at({"main.py": (A, SOON), "code.py": (B, "2026-11-30T20:00:40"), "hw.py": (program("C"), "2026-11-30T20:01:30"),
                 "report.md": (MD, SOON)}),
             "A", "答案", [("code.py", UNSURE, "decision"), ("hw.py", UNSURE, "decision")]),
    Choosing("file-and-notebook-copied-together",
             at({"rnn.py": (A, "2026-11-30T20:00:00.25"), "rnn.ipynb": (cells("", B), "2026-11-30T20:00:00.75"),
                 "report.md": (MD, SOON)}), "A", "答案", [("rnn.ipynb", UNSURE, "decision")]),
    Choosing("minutes-apart",
             at({"rnn.ipynb": (cells("", A), NEW), "rnn.py": (B, SOON), "report.md": (MD, SOON)}),
             "A", "答案", [("rnn.py", NEWER, "information")]),
    Choosing("to-send-is-older",
             at({"rnn.py": (A, NEW), "report.md": (answered("N").encode(), NEW),
                 f"to-send/{ZHANG}.py": (B, OLD), f"to-send/{ZHANG}.md": (answered("O").encode(), OLD)}),
             "A", "答案N", [(f"to-send/{ZHANG}.md", NEWER, "decision"), (f"to-send/{ZHANG}.py", NEWER, "decision")]),
    Choosing("to-send-is-of-the-same-moment",
             home({"rnn.py": B, "report.md": answered("O").encode(),
                   f"to-send/{ZHANG}.py": A, f"to-send/{ZHANG}.md": answered("N").encode()}),
             "A", "答案N", [("report.md", "named as the assignment asks", "decision"),
                           ("rnn.py", "named as the assignment asks", "decision")]),
    Choosing("unpacked-again-over-the-work",
             at({"rnn.py": (HANDED_OUT, NEW), "report.md": (TEMPLATE.encode(), NEW),
                 f"to-send/{ZHANG}.py": (A, OLD), f"to-send/{ZHANG}.md": (answered("N").encode(), OLD)}),
             "A", "答案N", [("report.md", UNANSWERED, "information"), ("rnn.py", NOTHING, "information")]),
    Choosing("loose-files-older-than-the-folder",
             {f"{ZHANG}.py": (B, OLD), f"{ZHANG}.md": (answered("O").encode(), OLD),
              **at({"rnn.py": (A, NEW), "report.md": (answered("N").encode(), NEW)})},
             "A", "答案N", [(f"{ZHANG}.md", NEWER, "decision"), (f"{ZHANG}.py", NEWER, "decision")]),
    Choosing("to-send-is-newer",
             at({"rnn.py": (B, OLD), "report.md": (answered("O").encode(), OLD),
                 f"to-send/{ZHANG}.py": (A, NEW), f"to-send/{ZHANG}.md": (answered("N").encode(), NEW)}),
             "A", "答案N", [("report.md", "named as the assignment asks", "decision"),
                           ("rnn.py", "named as the assignment asks", "decision")]),
    Choosing("working-notebook-newer-than-to-send",
             at({"rnn.ipynb": (cells(answered("N"), A), NEW), f"to-send/{ZHANG}.ipynb": (cells(answered("O"), B), OLD)}),
             "A", "答案N", [(f"to-send/{ZHANG}.ipynb", NEWER, "decision")]),
    Choosing("times-of-an-archive-without-any",
             at({"a.py": (A, "1980-01-01T08:00:00"), "b.py": (B, "1980-01-01T08:00:00"), "report.md": (MD, SOON)}),
             "B", "答案", [("a.py", UNSURE, "decision")]),
    Choosing("a-time-on-one-side-only",
             {"a.eml": letter(SUBJECT, {"code.py": A, "work.zip": zipped({"main.py": B}), "report.md": MD})},
             "B", "答案", [("a.eml/code.py", UNSURE, "decision")]),
    Choosing("a-trial-newer-than-what-is-handed-in",
             at({"test.py": (B, NEW), f"{ZHANG}.py": (A, OLD), "report.md": (MD, OLD)}),
             "A", "答案", [("test.py", "named as the assignment asks", "decision")]),
]  # fmt: skip
