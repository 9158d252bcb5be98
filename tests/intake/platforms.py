"""Downloads as platforms name them, and the rows that must come of them; read like `cases`."""

from __future__ import annotations

from grader.intake.collection import RosterRow
from tests.intake.build import zipped
from tests.intake.cases import (
    BOTH,
    DEADLINE,
    MD,
    MISSING_LI,
    ROW,
    A,
    B,
    Case,
    Row,
    letter,
    pair,
    program,
    report,
)

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
    Case("tencent-submitted-files", {"提交文件/请上传代码/张三_2023001_20261130201500_rnn.py": A, "提交文件/请上传报告/张三_2023001_20261130201501_report.md": MD}, [ROW], decisions=0),
    Case("tencent-two-students", {f"{COLLECTION}/{folder}/{name}_{number}_{stamp}_{file}": data
         for number, name, stamp, source in (("2023001", "张三", "20261130201500", A), ("2023002", "李四", "20261130201533", B))
         for folder, file, data in (("代码", "rnn.py", source), ("报告", "report.md", MD))}, [ROW, LI], decisions=0),
    Case("tencent-counted", {"a/1_张三_2023001_20261130201500_rnn.py": A, "b/1_张三_2023001_20261130201501_report.md": MD}, [ROW], decisions=0),
    Case("form-in-milliseconds", {"a/张三_2023001_1764504900123_rnn.py": A, "b/张三_2023001_1764504901000_report.md": MD}, [ROW], decisions=0),
    Case("form-with-a-telephone", {"张三_2023001_13812345678_rnn.py": A, "张三_2023001_13812345678_report.md": MD, "李四_2023002_13912345678_rnn.py": B}, [ROW, ("2023002", "李四", "B", False, "")]),
    Case("form-with-counts", {"张三_2023001_88231_rnn.py": A, "李四_2023002_88232_rnn.py": B}, [("2023001", "张三", "A", False, ""), ("2023002", "李四", "B", False, "")]),
    Case("form-with-day-and-time", pair("张三_20261130_201500"), [("?", "张三", "A", True, "")]),
    Case("form-resent", {"a/张三_2023001_20261129201500_rnn.py": program("O"), "a/张三_2023001_20261130201500_rnn.py": A,
         "b/张三_2023001_20261130201501_report.md": report()}, [ROW], ["20261130201500_rnn.py counts: its name says"], decisions=0),
]  # fmt: skip

NO_TEXT = "There is no student submission text data for this assignment."
NO_WORDS = "There are no student comments for this assignment."


def attempt(user: str, name: str, stamp: str, files: dict[str, bytes], typed: str = NO_TEXT, words: str = NO_WORDS,
            mark: str = "attempt") -> dict[str, bytes]:  # fmt: skip
    """What Blackboard's zip holds of one attempt."""
    stem = f"作业6 RNN_{user}_{mark}_{stamp}"
    told = (f"Name: {name} ({user})\r\nAssignment: 作业6 RNN\r\nDate Submitted: Monday, November 3, 2025 9:10:05 AM CST\r\n"
            f"Current Grade: Needs Grading\r\n\r\nSubmission Field: \r\n{typed}\r\n\r\nComments: \r\n{words}\r\n\r\nFiles: \r\n"
            + "".join(f"\tOriginal filename: {file}\r\n\tFilename: {stem}_{file}\r\n\r\n" for file in files))  # fmt: skip
    return {f"{stem}_{file}": data for file, data in files.items()} | {f"{stem}.txt": told.encode()}


OLD: dict[str, bytes] = {"rnn.py": program("O"), "report.md": report("O")}
NEW: dict[str, bytes] = {"rnn.py": A, "report.md": MD}
BLACKBOARD = [
    Case("blackboard-two-attempts", {"gradebook_ML_zuoye6_2025-11-08-08-00-00.zip": zipped(
         attempt("2023001", "张三", "2025-11-04-09-10-05", NEW) | attempt("2023001", "张三", "2025-11-03-21-10-05", OLD)
         | attempt("2023002", "李四", "2025-11-07-10-10-05", {"rnn.py": B, "report.md": MD}))},
         [ROW, ("2023002", "李四", "B", True, "late")], ["it was sent later"], deadline=DEADLINE, decisions=0),
    Case("blackboard-in-a-zip", {"gradebook.zip": zipped(attempt("b2023003", "Anna-Maria van der Berg", "2025-11-03-10-11-05",
         {"work.zip": zipped({"work/rnn.py": A, "work/report.md": MD})}))}, [("b2023003", "Anna-Maria van der Berg", "A", True, "")], decisions=0),
    Case("blackboard-in-chinese", {"gradebook.zip": zipped(attempt("2023001", "张三", "2025-11-03-10-11-05", NEW, mark="尝试"))}, [ROW], decisions=0),
    Case("blackboard-typed-report", {"gradebook.zip": zipped(attempt("2023001", "张三", "2025-11-03-10-11-05", {"rnn.py": A},
         typed="<p>隐藏状态是记忆。</p><p>x</p>"))}, [ROW], extra={"report": "隐藏状态是记忆。\n", "note": "typed into the platform's page"}),
    Case("blackboard-typed-heading", {"gradebook.zip": zipped(attempt("2023001", "张三", "2025-11-03-10-11-05", {"rnn.py": A},
         typed="# 报告\r\nComments:\r\n无\r\n# 结束"))}, [ROW], extra={"report": "# 报告\nComments:\n无\n# 结束\n"}),
    Case("blackboard-words-of-the-student", {"gradebook.zip": zipped(attempt("2023001", "张三", "2025-11-03-10-11-05", NEW, words="请看第二版，谢谢！"))},
         [ROW], ["The student wrote beside the files: “请看第二版，谢谢！”."], decisions=0),
    Case("blackboard-without-files", {"gradebook.zip": zipped(attempt("2023001", "张三", "2025-11-03-10-11-05", {}))},
         [("2023001", "张三", "", False, "")], ["Neither a readable program nor a report"]),
    Case("blackboard-login-and-roster", {"gradebook.zip": zipped(attempt("zsan23456", "San Zhang", "2025-11-03-10-11-05", NEW)
         | attempt("lisi", "李四", "2025-11-03-10-11-05", {"rnn.py": B, "report.md": MD}))},
         [("2023001", "San Zhang", "A", True, ""), LI], roster=(RosterRow("2023001", "San Zhang"), RosterRow("2023002", "李四")), decisions=0),
    Case("blackboard-login-without-roster", {"gradebook.zip": zipped(attempt("zhang_san", "张三", "2025-11-03-10-11-05", NEW)
         | attempt("li_san", "李三", "2025-11-03-10-11-05", {"rnn.py": B, "report.md": MD}))}, [("?", "张三", "A", True, ""), ("?", "李三", "B", True, "")]),
]  # fmt: skip


def brightspace(folder: str, source: bytes) -> dict[str, bytes]:
    return {f"{folder}/rnn.py": source, f"{folder}/report.md": MD}


INDEX = {"index.html": b"<html><body>Assignment 6</body></html>"}
WHITE = (RosterRow("2023001", "张三"), RosterRow("2023003", "Anne Marie White"))
BRIGHTSPACE = [
    Case("brightspace-days-and-halves", {"Assignment 6 Download Dec 1, 2025 800 AM.zip": zipped(INDEX
         | brightspace("20301-6611 - 三 张 - Nov 9, 2025 930 PM", program("O")) | brightspace("20301-6611 - 三 张 - Nov 30, 2025 1215 AM", program("P"))
         | brightspace("20301-6611 - 三 张 - Nov 30, 2025 1110 PM", A) | brightspace("20303-6611 - Anne Marie White - Nov 3, 2025 900 AM", B))},
         [("2023001", "张三", "A", True, ""), ("2023003", "Anne Marie White", "B", True, "")], roster=WHITE, deadline="2025-11-30", decisions=0),
    Case("brightspace-in-time-counts", {"d.zip": zipped(brightspace("20301-6611 - 三 张 - Nov 9, 2025 930 PM", A) | brightspace("20301-6611 - 三 张 - Nov 30, 2025 1110 PM", B))},
         [("2023001", "张三", "A", True, ""), ("2023003", "Anne Marie White", "", False, "missing")], roster=WHITE, deadline="2025-11-30T12:00:00+08:00", decisions=0),
    Case("brightspace-without-roster", {"d.zip": zipped(INDEX | brightspace("20301-6611 - 三 张 - Nov 30, 2025 830 PM", A)
         | brightspace("20303-6611 - Anne Marie White - Nov 3, 2025 900 AM", B))}, [("?", "张三", "A", True, ""), ("?", "Anne Marie White", "B", True, "")]),
    Case("brightspace-flat", {"d.zip": zipped({f"{who} - {name}": data for who, source in (("20301-66110 - 2023001 - 三 张- Oct 1, 2025 1130 AM", A),
         ("20303-66110 - Mary-Ann O'Neil - Nov 30, 2025 1110 PM", B)) for name, data in (("rnn.py", source), ("report.md", MD))})},
         [ROW, ("?", "Mary-Ann O'Neil", "B", True, "")]),
    Case("brightspace-folders-inside", {"d.zip": zipped({"20301-6611 - 张三 - 30 November, 2025 1110 PM/code/rnn.py": A,
         "20301-6611 - 张三 - 30 November, 2025 1110 PM/text/report.md": MD})}, [("?", "张三", "A", True, "")], decisions=1),
    Case("brightspace-in-chinese", {"d.zip": zipped(brightspace("20301-6611 - 张三 - 2025年11月9日 930", program("O")) | brightspace("20301-6611 - 张三 - 2025年11月30日 2310", A))},
         [("?", "张三", "A", True, "")], ["it was sent later"]),
    Case("brightspace-own-id-inside", {"d.zip": zipped({"20301-6611 - San Zhang - Nov 3, 2025 1110 AM/ml-6-张三-2023001.py": A,
         "20301-6611 - San Zhang - Nov 3, 2025 1110 AM/report.md": MD})}, [("2023001", "San Zhang", "A", True, "")], decisions=0),
]  # fmt: skip

SUBMITTED, WORKING = "Student Work/Submitted files", "Student Work/Working files"
TEAMS = [
    Case("teams-draft-of-what-was-handed-in", {"Student Work.zip": zipped({
         f"{half.split('/')[1]}/李四/作业6/{name}": data for half, source, mark in ((SUBMITTED, B, "1"), (WORKING, program("D"), "D"))
         for name, data in (("rnn.py", source), ("report.md", report(mark)))})},
         [LI, ("2023001", "张三", "", False, "missing")], ["A draft among the working files of Teams"], roster=BOTH, decisions=0, extra={"report": "报告 1"}),
    Case("teams-unpacked-versions", {f"{SUBMITTED}/Anna Lee/Homework 6/Version {number}/{name}": data for number, source in ((1, program("O")), (2, program("P")), (10, A))
         for name, data in (("rnn.py", source), ("report.md", MD))}, [("?", "Anna Lee", "A", True, "")], decisions=1),
    Case("teams-never-handed-in", {f"{SUBMITTED}/张三/作业6/rnn.py": A, f"{SUBMITTED}/张三/作业6/report.md": MD, f"{WORKING}/李四/作业6/rnn.py": B, f"{WORKING}/李四/作业6/report.md": MD},
         [ROW, LI], ["the student did not hand it in"], roster=BOTH),
    Case("teams-in-chinese", {"学生作业/已提交的文件/张三/作业6/rnn.py": A, "学生作业/已提交的文件/张三/作业6/report.md": MD, "学生作业/工作文件/张三/作业6/rnn.py": B},
         [ROW, MISSING_LI], ["A draft among the working files"], roster=BOTH, decisions=0),
    Case("teams-other-assignment", {f"{SUBMITTED}/张三/作业6/rnn.py": A, f"{SUBMITTED}/张三/作业6/report.md": MD, f"{SUBMITTED}/张三/作业5/tree.py": b"class Tree: pass\n"},
         [ROW, MISSING_LI], ["assignment 5"], roster=BOTH, decisions=0),
    Case("teams-halves-as-zips", {"Submitted files.zip": zipped({"Submitted files/张三/作业6/rnn.py": A, "Submitted files/张三/作业6/report.md": MD}),
         "Working files.zip": zipped({"张三/作业6/rnn.py": B, "张三/作业6/report.md": report("D")})}, [ROW, MISSING_LI], ["A draft among the working files"], roster=BOTH, decisions=0),
    Case("teams-only-the-last-assignment-handed-in", {f"{SUBMITTED}/张三/作业5/tree.py": b"class Tree: pass\n", f"{WORKING}/张三/作业6/rnn.py": A, f"{WORKING}/张三/作业6/report.md": MD},
         [ROW, MISSING_LI], ["assignment 5", "the student did not hand it in"], roster=BOTH, decisions=2),
    Case("blackboard-unpacked-without-letters", {f"gradebook/作业6_RNN_2023001_attempt_2025-11-0{day}-09-10-05_{name}": data for day, files in ((3, OLD), (4, NEW)) for name, data in files.items()},
         [ROW, MISSING_LI], roster=BOTH, decisions=0),
    Case("brightspace-unpacked-here", INDEX | brightspace("20301-6611 - 三 张 - Nov 9, 2025 930 PM", program("O")) | brightspace("20301-6611 - 三 张 - Nov 30, 2025 1215 PM", A),
         [ROW, MISSING_LI], roster=BOTH, decisions=0),
    Case("submitted-files-alone", {"Submitted files/张三/作业6/Version 1/rnn.py": A, "Submitted files/张三/作业6/Version 1/report.md": MD}, [ROW, MISSING_LI], roster=BOTH, decisions=0),
    Case("submitted-files-of-a-student", {"张三-2023001/Submitted files/code/rnn.py": A, "张三-2023001/Submitted files/code/report.md": MD}, [ROW], decisions=0),
    Case("working-files-of-a-student", {"张三-2023001/Working files/rnn.py": A, "张三-2023001/Working files/report.md": MD}, [ROW], decisions=0),
]  # fmt: skip


def repository(folder: str, source: bytes) -> dict[str, bytes]:
    return {f"{folder}/rnn.py": source, f"{folder}/report.md": MD, f"{folder}/README.md": b"# how\n",
            f"{folder}/.github/workflows/classroom.yml": b"name: x\n", f"{folder}/.git/HEAD": b"ref: x\n"}  # fmt: skip


def grades(*rows: str) -> bytes:
    heading = '"assignment_name","github_username","roster_identifier","student_repository_name","submission_timestamp","points_awarded"'
    return "\n".join([heading, *rows, ""]).encode()


TOP = "rnn-homework-11-30-2026-11-10-20"
CLASSROOM = [
    Case("classroom", {f"{TOP}/grades.csv": grades('"rnn","zhangsan99","2023001","rnn-homework-zhangsan99","2025-11-03T12:00:00Z","0"',
         '"rnn","ww0","2023002","rnn-homework-ww0","2025-11-07T12:00:00Z","0"')} | repository(f"{TOP}/rnn-homework-zhangsan99", A) | repository(f"{TOP}/rnn-homework-ww0", B),
         [("2023001", "", "A", True, ""), ("2023002", "", "B", True, "late")], deadline=DEADLINE, decisions=0),
    Case("classroom-list-beside-the-folder", {"grades.csv": grades('rnn,zs,张三-2023001,rnn-zs,2025-11-03 12:00:00 UTC,0', 'rnn,Ls-9,李四,rnn-Ls-9,,')}
         | repository("rnn-submissions/rnn-zs", A) | repository("rnn-submissions/rnn-ls-9", B), [ROW, LI], roster=BOTH, decisions=0),
    Case("classroom-repositories-as-zips", {"grades.csv": grades("rnn,zs,2023001,rnn-zs,,"), "rnn-zs-main.zip": zipped(repository("rnn-zs-main", A))}, [("2023001", "", "A", True, "")], decisions=0),
    Case("classroom-by-address", {"grades.csv": grades("rnn,zs,ZS@stu.edu,rnn-zs,,")} | repository("r/rnn-zs", A), [ROW], roster=(RosterRow("2023001", "张三", "zs@stu.edu"),), decisions=0),
    Case("classroom-roster-only", {"classroom_roster.csv": b"identifier,github_username,github_id,name\n2023001,zs,77,\n2023002,li-zs,78,Si Li\n"}
         | repository("rnn-zs", A) | repository("rnn-li-zs", B), [("2023001", "", "A", True, ""), ("2023002", "Si Li", "B", True, "")], decisions=0),
    Case("classroom-group", {"grades.csv": grades("rnn,zs,2023001,rnn-team-a,,", "rnn,ls,2023002,rnn-team-a,,")} | repository("r/rnn-team-a", A),
         [("2023001", "", "A", True, ""), ("2023002", "", "A", True, "")], decisions=0),
    Case("classroom-not-on-its-roster", {"grades.csv": grades("rnn,zs,,rnn-zs,,")} | repository("r/rnn-zs", A), [("?", "", "A", True, "")]),
]  # fmt: skip

IDS = [
    Case("id-in-two-cases", {"ml-6-王一-pb23000001.py": A, "ml-6-王一-PB23000001.md": MD}, [("PB23000001", "王一", "A", True, "")], decisions=0),
    Case("check-letter-in-two-cases", {"ml-6-徐一-20231234X.py": A, "ml-6-徐一-20231234x.md": MD}, [("20231234X", "徐一", "A", True, "")], decisions=0),
    Case("id-with-marks", {"ml-6-Dash O'Brien-21-110-042.py": A, "ml-6-Dash O'Brien-21-110-042.md": MD}, [("21110042", "Dash O'Brien", "A", True, "")], decisions=0),
    *(Case(f"listed-id-with-marks-{number}", pair(f"{stem}"), [(listed.replace("-", ""), "Ali Khan", "A", True, ""), ("12023001", "张三", "", False, "missing")],
           roster=(RosterRow(listed, "Ali Khan"), RosterRow("12023001", "张三")), decisions=0)
      for number, (stem, listed) in enumerate([("ml-6-Ali Khan-CS-2023-001", "CS-2023-001"), ("CS-2023-001", "CS-2023-001"), ("hw6_CS2023001", "CS-2023-001"),
                                               ("Ali Khan 21K-1234", "21K-1234"), ("6-Ali Khan-0803CS231001", "0803CS231001"), ("1-2023001-Ali Khan", "2023001")])),
    Case("id-with-and-without-marks", {"ml-6-Dash O'Brien-21-110-042.py": A, "ml-6-Dash O'Brien-21110042.md": MD}, [("21110042", "Dash O'Brien", "A", True, "")],
         roster=(RosterRow("21-110-042", "Dash O'Brien"),), decisions=0),
    *(Case(f"same-name-{number}", pair(f"ml-6-{name}-2023007"), [("2023007", listed, "A", True, "")], roster=(RosterRow("2023007", listed),), decisions=0)
      for number, (name, listed) in enumerate([("J.R.R. Tolkien", "J. R. R. Tolkien"), ("Jean Luc Picard", "Jean-Luc Picard"), ("Ana Dordevic", "Ana Đorđević"),
                                               ("陳大文", "陈大文"), ("Anne White", "Anne Marie White")])),
    Case("other-name", pair("ml-6-陳小文-2023007"), [("2023007", "陳小文", "A", True, "")], ["under another name"], roster=(RosterRow("2023007", "陈大文"),), decisions=1),
    Case("moodle-turned-names", {"m.zip": zipped({"三 张_410001_assignsubmission_file/rnn.py": A, "三 张_410001_assignsubmission_file/report.md": MD,
         "四 李_410002_assignsubmission_file/rnn.py": B, "四 李_410002_assignsubmission_file/report.md": MD})}, [ROW, LI], roster=BOTH, decisions=0),
    Case("gradescope-turned-name", {"assignment_1_export/submission_7/rnn.py": A, "assignment_1_export/submission_7/r.md": MD, "assignment_1_export/submission_metadata.yml":
         "submission_7:\n  :submitters:\n  - :name: 三 张\n    :sid: '2023001'\n".encode()}, [ROW, MISSING_LI], roster=BOTH, decisions=0),
    Case("moodle-turned-names-without-roster", {"m.zip": zipped({"三 张_410001_assignsubmission_file/rnn.py": A, "四 李_410002_assignsubmission_file/rnn.py": B})},
         [("?", "张三", "A", False, ""), ("?", "李四", "B", False, "")]),
]  # fmt: skip

ACCOUNTS = [
    Case("canvas-number-on-the-roster", {"submissions.zip": zipped({"lee_LATE_51003_900006_rnn.py": A, "lee_LATE_51003_900007_report.md": MD})},
         [("0012345", "O'Neil, Mary Ann", "A", True, "late")], roster=(RosterRow("0012345", "O'Neil, Mary Ann", "", ("51003", "moneil")),), decisions=0),
    Case("canvas-name-with-marks", {"submissions.zip": zipped({"oneilmaryann_51003_900006_rnn.py": A})},
         [("0012345", "O'Neil, Mary Ann", "A", False, "")], roster=(RosterRow("0012345", "O'Neil, Mary Ann"),)),
    Case("blackboard-login-on-the-roster", {"gradebook.zip": zipped(attempt("alee", "A. Lee", "2025-11-03-10-11-05", NEW))},
         [("2023001", "Anna Lee", "A", True, "")], roster=(RosterRow("2023001", "Anna Lee", "", ("alee",)),), decisions=0),
    Case("second-address", {"a.eml": letter("", {"rnn.py": A, "report.md": MD}, sender="z <B@y.cn>")},
         [ROW], roster=(RosterRow("2023001", "张三", "a@x.cn", ("b@y.cn",)),), decisions=0),
]  # fmt: skip

SLIPS = [
    Case("halves-under-two-ids", {"ml-6-王五-2023003.py": A, "ml-6-王五-2023030.md": MD}, [("2023003", "王五", "A", False, ""), ("2023030", "王五", "", True, "")],
         ["sent a program as 2023003 and a report as 2023030. If they are one person"], decisions=3),
    Case("prefix-left-out", {"ml-6-王一-23000001.py": A, "ml-6-王一-PB23000001.md": MD}, [("23000001", "王一", "A", False, ""), ("PB23000001", "王一", "", True, "")],
         ["sent a program as 23000001 and a report as PB23000001. If they are one person"]),
    Case("namesakes-on-the-roster", {"ml-6-王伟-2023003.py": A, "ml-6-王伟-2023030.md": MD}, [("2023003", "王伟", "A", False, ""), ("2023030", "王伟", "", True, "")],
         roster=(RosterRow("2023003", "王伟"), RosterRow("2023030", "王伟")), decisions=2),
]  # fmt: skip

PLATFORMS = [*SLIPS, *IDS, *ACCOUNTS, *DRIVE, *FORMS, *BLACKBOARD, *BRIGHTSPACE, *TEAMS, *CLASSROOM]
