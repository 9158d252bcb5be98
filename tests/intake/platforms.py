"""Downloads as platforms name them, and the rows that must come of them; read like `cases`."""

from __future__ import annotations

from grader.intake.collection import RosterRow
from tests.intake.build import zipped
from tests.intake.cases import BOTH, MD, ROW, A, B, Case, Row, letter, pair, program, report

LI: Row = ("2023002", "李四", "B", True, "")
NAMELESS: tuple[Row, Row] = (("?", "张三", "A", True, ""), ("?", "李四", "B", True, ""))


def drive(stamp: str) -> dict[str, bytes]:
    """A folder of Drive's in two parts: programs in one, reports in the other."""
    return {
        f"{stamp}-001.zip": zipped({"作业6/张三 - rnn.py": A, "作业6/李四 - rnn.py": B}),
        f"{stamp}-002.zip": zipped({"作业6/张三 - report.md": MD, "作业6/李四 - report.md": MD}),
    }


DRIVE = [
    *(Case(f"drive-{number}", drive(stamp), NAMELESS) for number, stamp in enumerate(
        ["作业6-20261130T143000Z-1", "作业6-20261130T143000Z", "drive-download-20261130T143000Z", "hw6-20261130T143000Z-3"])),
    Case("drive-with-a-roster", drive("作业6-20261130T143000Z-1"), [ROW, LI], roster=BOTH, decisions=0),
    Case("drive-copy-in-chinese", {"作业6-20261130T143000Z-1-001.zip": zipped({"作业6/张三 - “rnn.py”的副本": A, "作业6/张三 - “report.md”的副本": MD})},
         [("2023001", "张三", "A", True, ""), ("2023002", "李四", "", False, "missing")], roster=BOTH),
    Case("takeout", {"takeout-20261201T000000Z-001.zip": zipped({"Takeout/archive_browser.html": b"<html>", "Takeout/Mail/a.mbox":
         b"From x Mon Nov  3 10:00:00 2025\n" + letter("6-张三-2023001", pair("ml-6-张三-2023001")).replace(b"\r\n", b"\n")})}, [ROW], decisions=0),
    Case("onedrive", {"OneDrive_1_12-1-2026.zip": zipped({"张三/rnn.py": A, "张三/report.md": MD, "李四/rnn.py": B, "李四/report.md": MD})}, NAMELESS),
    Case("stamp-behind-the-name", pair("张三-20261130T143000Z"), [("?", "张三", "A", True, "")]),
    Case("stamp-beside-the-id", pair("张三_2023001_20261130T143000.123Z"), [ROW]),
    Case("american-date-of-a-folder", {"rnn-homework-11-30-2026-11-10-20/张三-2023001.py": A, "rnn-homework-11-30-2026-11-10-20/张三-2023001.md": MD}, [ROW], decisions=0),
]  # fmt: skip

COLLECTION = "作业6收集（收集结果）"
FORMS = [
    Case("tencent-one-student", {f"{COLLECTION}/请上传代码/张三_2023001_20261130201500_rnn.py": A, f"{COLLECTION}/请上传报告/张三_2023001_20261130201501_report.md": MD,
         f"{COLLECTION}/作业6收集.xlsx": b"PK\3\4"}, [ROW], decisions=0),
    Case("tencent-two-students", {f"{COLLECTION}/{folder}/{name}_{number}_{stamp}_{file}": data
         for number, name, stamp, source in (("2023001", "张三", "20261130201500", A), ("2023002", "李四", "20261130201533", B))
         for folder, file, data in (("代码", "rnn.py", source), ("报告", "report.md", MD))}, [ROW, LI], decisions=0),
    Case("tencent-counted", {"a/1_张三_2023001_20261130201500_rnn.py": A, "b/1_张三_2023001_20261130201501_report.md": MD}, [ROW], decisions=0),
    Case("form-in-milliseconds", {"a/张三_2023001_1764504900123_rnn.py": A, "b/张三_2023001_1764504901000_report.md": MD}, [ROW], decisions=0),
    Case("form-resent", {"a/张三_2023001_20261129201500_rnn.py": program("O"), "a/张三_2023001_20261130201500_rnn.py": A,
         "b/张三_2023001_20261130201501_report.md": report()}, [ROW], ["20261130201500_rnn.py counts: its name says"], decisions=0),
]  # fmt: skip

PLATFORMS = [*DRIVE, *FORMS]
