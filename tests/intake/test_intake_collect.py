"""What counts: pairing, several submissions, lateness, roster, problems."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pytest

from grader.faults import KitFault
from grader.intake.collect import collect
from grader.intake.collection import Intake, IntakeRules, RosterRow
from grader.intake.people.roster import read_roster
from grader.intake.reading.unpacking import contents
from grader.records import Status, Submission
from tests.intake.build import (
    PNG,
    RNN,
    encoded_word,
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

PY, MD = RNN.encode(), "# 报告\n".encode()
DEADLINE = "2025-11-05T23:59:59+08:00"
EARLY, LATER, LATE = (
    f"{day}, {n:02} Nov 2025 10:00:00 +0800" for day, n in (("Mon", 3), ("Tue", 4), ("Fri", 7))
)


def lay(folder: Path, files: Mapping[str, bytes | tuple[bytes, str]]) -> Path:
    """Write files; a tuple gives the time as well."""
    for name, content in files.items():
        data, time = (
            content if isinstance(content, tuple) else (content, "2025-11-03T10:00:00+08:00")
        )
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        moment = datetime.fromisoformat(time).timestamp()
        os.utime(path, (moment, moment))
    return folder


def letter(stem: str, *, source: str = RNN, report: str = "# 报告\n", **more: str) -> bytes:
    parts = [
        part(rfc2231(f"{stem}.py"), source.encode()),
        part(rfc2231(f"{stem}.md"), report.encode()),
    ]
    return mail(encoded_word(stem.removeprefix("ml-")), parts, **more)


def take(folder: Path, **rules: object) -> Intake:
    return collect([folder], IntakeRules(**rules))  # type: ignore[arg-type]


def only(intake: Intake) -> Submission:
    (submission,) = intake.submissions
    return submission


def reasons(intake: Intake) -> str:
    return "\n".join(f"{one.file}: {one.reason} {one.action}" for one in intake.problems)


def whole(submission: Submission) -> tuple[str, str, bool, bool]:
    return (
        submission.student_id,
        submission.name,
        submission.source is not None and "SimpleRNN" in submission.source,
        submission.report is not None and "报告" in submission.report,
    )


ZHANG = ("2023001", "张三", True, True)
STEM = "ml-6-张三-2023001"


@pytest.mark.parametrize(
    "files",
    [
        {f"{STEM}.py": PY, f"{STEM}.md": MD},
        {f"{STEM}.py": PY, "ml-6-张三.md": MD},
        {"2023001.py": PY, f"{STEM}.md": MD},
        {f"{STEM}.PY": PY, "２０２３００１－张三.MD": MD},
        {"张三-2023001/rnn.py": PY, "张三-2023001/report.md": MD},
        {"张三-2023001/code/a/rnn.py": PY, "张三-2023001/doc/report.md": MD},
        {"2023001/张三.py": PY, "2023001/张三.md": MD},
        {f"{STEM}.zip": zipped({"rnn.py": PY, "report.md": MD})},
        {f"{STEM}.zip": zipped({"x/y.zip": zipped({"z.zip": zipped({"rnn.py": PY})}), "r.md": MD})},
        {"hw.zip": zipped({f"{STEM}.py": PY, "report.md": MD})},
        {"all.zip": zipped({f"{STEM}.py": PY, f"{STEM}.md": MD}, charset="gbk")},
        {"all.zip": zipped({f"班/{STEM}\\rnn.py": PY, f"班/{STEM}\\r.md": MD}, charset="gb18030")},
        {f"{STEM}.ipynb": notebook([("markdown", "报告"), ("code", RNN)])},
        {f"{STEM}.py": PY, f"{STEM}.txt": MD},
        {f"{STEM}.py.txt": PY, f"{STEM}.md.txt": MD},
        {"a.eml": letter(STEM)},
        {"a.eml": mail("hi", [part(rfc2231_split(f"{STEM}.py"), PY), part(rfc2047(f"{STEM}.md"), MD)])},
        {"a.eml": mail(encoded_word("回复：6-张三-2023001", "gbk"), [part(plain_name("homework.py"), PY), part(plain_name("x.md"), MD)])},
        {"a.eml": mail(encoded_word("6-张三-2023001"), [part("", PY, "text/x-python"), part("", MD, "text/markdown")])},
        {"a.eml": mail("Fwd: x", [forwarded(letter(STEM))])},
        {"a.eml": mail("Fwd: x", [forwarded(mail("Fwd: y", [forwarded(letter(STEM))], boundary="=_2"))], boundary="=_1")},
        {"a.eml": mail("x", [part(plain_name("m.eml"), letter(STEM))])},
        {"m.zip": zipped({"mails/a.eml": letter(STEM)})},
        {"nameless": letter(STEM)},
        {"Mail/cur/1.M1.host:2,S": letter(STEM)},
        {"box.mbox": b"From x Mon Nov  3 10:00:00 2025\n" + letter(STEM).replace(b"\r\n", b"\n")},
        {"a.eml": mail("x", [part(rfc2231("作业.zip"), zipped({f"{STEM}/rnn.py": PY})), part(rfc2231(f"{STEM}.md"), MD)])},
    ],
)  # fmt: skip
def test_every_way_of_sending(tmp_path: Path, files: dict[str, bytes]) -> None:
    intake = take(lay(tmp_path, files))
    assert whole(only(intake)) == ZHANG
    assert reasons(intake) == ""


def test_single_files_on_the_command_line(tmp_path: Path) -> None:
    lay(tmp_path, {"rnn.py": PY, "report.md": MD, f"{STEM}.py": PY})
    intake = collect([tmp_path / "rnn.py", tmp_path / "report.md"], IntakeRules())
    submission = only(intake)
    assert submission.student_id.startswith("unknown-")
    assert submission.source == RNN
    named = only(collect([tmp_path / f"{STEM}.py"], IntakeRules()))
    assert (named.student_id, named.report) == ("2023001", None)


def test_a_typo_in_one_of_three_ids(tmp_path: Path) -> None:
    parts = [part(rfc2231("ml-6-张三-202301.py"), PY), part(rfc2231(f"{STEM}.md"), MD)]
    intake = take(lay(tmp_path, {"a.eml": mail(encoded_word("6-张三-2023001"), parts)}))
    assert whole(only(intake)) == ZHANG
    assert "several ids: 202301, 2023001" in reasons(intake)


def test_program_and_report_under_two_names_of_one_id(tmp_path: Path) -> None:
    intake = take(lay(tmp_path, {f"{STEM}.py": PY, "ml-6-张叁-2023001.md": MD}))
    assert only(intake).student_id == "2023001"
    assert only(intake).report
    assert "used by two names" in reasons(intake)


def test_two_students_with_one_name_stay_apart(tmp_path: Path) -> None:
    files = {f"{STEM}.py": PY, "ml-6-张三-2023002.md": MD, "张三.md": MD}
    intake = take(lay(tmp_path, files))
    assert {one.student_id for one in intake.submissions} >= {"2023001", "2023002"}
    assert "it may be any of these: 2023001 张三; 2023002 张三" in reasons(intake)
    assert "program without a report" in reasons(intake)
    assert "report without a program" in reasons(intake)


def test_an_id_that_two_names_use_loses_neither(tmp_path: Path) -> None:
    files = {
        f"{STEM}.py": PY,
        f"{STEM}.md": MD,
        "ml-6-李四-2023001.py": PY,
        "ml-6-李四-2023001.md": MD,
    }
    intake = take(lay(tmp_path, files))
    assert len({one.student_id for one in intake.submissions}) == 2
    assert {one.name for one in intake.submissions} == {"张三", "李四"}
    assert "used by two names: 张三 and 李四" in reasons(intake)
    assert intake.superseded == ()


def test_the_roster_settles_whose_id_it_is(tmp_path: Path) -> None:
    files = {"ml-6-李四-2023001.py": PY, "ml-6-李四-2023001.md": MD}
    roster = (RosterRow("2023001", "张三"), RosterRow("2023002", "李四"))
    intake = take(lay(tmp_path, files), roster=roster)
    rows = {one.student_id: one for one in intake.submissions}
    assert rows["2023002"].source
    assert rows["2023001"].source is None
    assert "belongs to somebody else" in reasons(intake)


def test_the_latest_before_the_deadline_counts(tmp_path: Path) -> None:
    mails = {
        "c.eml": letter(STEM, source=RNN + "# 1\n", date=EARLY),
        "b.eml": letter(STEM, source=RNN + "# 2\n", date=LATER),
        "a.eml": letter(STEM, source=RNN + "# 3\n", date=LATE),
    }
    intake = take(lay(tmp_path, mails), deadline=DEADLINE)
    submission = only(intake)
    assert submission.source == RNN + "# 2\n"
    assert submission.submitted_at == "2025-11-04T10:00:00+08:00"
    assert not submission.late
    assert [(old.source, old.late) for old in intake.superseded] == [
        (RNN + "# 1\n", False),
        (RNN + "# 3\n", True),
    ]


def test_late_only_is_late(tmp_path: Path) -> None:
    mails = {"a.eml": letter(STEM, date=LATE), "b.eml": letter("ml-6-李四-2023002", date=EARLY)}
    late = {one.name: one.late for one in take(lay(tmp_path, mails), deadline=DEADLINE).submissions}
    assert late == {"张三": True, "李四": False}
    assert not only(take(lay(tmp_path / "x", {"a.eml": letter(STEM, date=LATE)}))).late


def test_a_corrected_program_alone_keeps_the_report(tmp_path: Path) -> None:
    fixed = mail(
        encoded_word("6-张三-2023001"), [part(rfc2231(f"{STEM}.py"), PY + b"# fixed\n")], date=LATER
    )
    intake = take(lay(tmp_path, {"a.eml": letter(STEM), "b.eml": fixed}), deadline=DEADLINE)
    submission = only(intake)
    assert "fixed" in str(submission.source)
    assert submission.report == "# 报告\n"
    assert any("different times" in str(note) for note in submission.notes)
    assert [old.source for old in intake.superseded] == [RNN]


def test_a_late_report_does_not_make_the_program_late(tmp_path: Path) -> None:
    first = mail(encoded_word("6-张三-2023001"), [part(rfc2231(f"{STEM}.py"), PY)], date=EARLY)
    second = mail(encoded_word("6-张三-2023001"), [part(rfc2231(f"{STEM}.md"), MD)], date=LATE)
    intake = take(lay(tmp_path, {"a.eml": first, "b.eml": second}), deadline=DEADLINE)
    assert whole(only(intake)) == ZHANG
    assert not only(intake).late
    assert "report came after the deadline" in reasons(intake)


def test_copies_in_a_folder_are_versions(tmp_path: Path) -> None:
    files = {
        f"{STEM}.py": (PY + b"# old\n", "2025-11-03T10:00:00+08:00"),
        f"{STEM}(1).py": (PY + b"# new\n", "2025-11-04T10:00:00+08:00"),
        f"{STEM}(2).py": (PY + b"# last\n", "2025-11-08T10:00:00+08:00"),
        f"{STEM}.md": (MD, "2025-11-03T10:00:00+08:00"),
        f"{STEM} - 副本.md": (MD, "2025-11-04T10:00:00+08:00"),
    }
    intake = take(lay(tmp_path, files), deadline=DEADLINE)
    assert "last" in str(only(intake).source)  # a file's own time makes nobody late
    assert not only(intake).late
    assert {str(old.source).split("# ")[1] for old in intake.superseded} == {"old\n", "new\n"}


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"date": EARLY}, "2025-11-03T10:00:00+08:00"),
        ({"date": "", "received": LATER}, "2025-11-04T10:00:00+08:00"),
        ({"date": "yesterday", "received": LATER}, "2025-11-04T10:00:00+08:00"),
        (
            {"date": "Mon, 03 Nov 2098 10:00:00 +0800", "received": LATER},
            "2025-11-04T10:00:00+08:00",
        ),
        ({"date": "Mon, 03 Nov 2025 10:00:00 -0000"}, "2025-11-03T10:00:00+00:00"),
    ],
)
def test_the_time_of_a_mail(tmp_path: Path, headers: dict[str, str], expected: str) -> None:
    assert only(take(lay(tmp_path, {"a.eml": letter(STEM, **headers)}))).submitted_at == expected


def test_the_time_of_a_file_and_of_a_zip_member_is_shown_and_never_charged(tmp_path: Path) -> None:
    lay(tmp_path, {f"{STEM}.py": (PY, "2025-11-08T09:00:00+08:00")})
    archive = zipped({f"{STEM}.py": PY}, time=(2025, 11, 9, 12, 30, 0))
    lay(tmp_path / "z", {"a.zip": archive})
    for folder, day in ((tmp_path / f"{STEM}.py", "2025-11-08"), (tmp_path / "z", "2025-11-09")):
        submission = only(take(folder, deadline=DEADLINE))
        assert not submission.late
        assert submission.submitted_at == ""
        assert f"The file itself is dated {day}" in "\n".join(map(str, submission.notes))
        assert "dated" not in "\n".join(map(str, only(take(folder)).notes))


def test_a_date_that_the_server_contradicts_is_flagged(tmp_path: Path) -> None:
    backdated = letter(STEM, date=EARLY, received=LATE)
    intake = take(lay(tmp_path, {"a.eml": backdated}), deadline=DEADLINE)
    assert not only(intake).late
    assert "dated before the deadline and arrived" in reasons(intake)


@pytest.mark.parametrize(
    ("files", "chosen", "other"),
    [
        ({f"{STEM}.py": PY, "rnn.py": PY + b"#"}, f"{STEM}.py", "rnn.py"),
        ({"a.py": b"x = 1\n", "b.py": PY}, "b.py", "a.py"),
        ({f"{STEM}.py": b"from rnn import SimpleRNN\n", "rnn.py": PY}, "rnn.py", f"{STEM}.py"),
    ],
)
def test_two_programs(tmp_path: Path, files: dict[str, bytes], chosen: str, other: str) -> None:
    parts = [part(rfc2231(name), data) for name, data in files.items()]
    parts.append(part(rfc2231("r.md"), MD))
    intake = take(lay(tmp_path, {"a.eml": mail(encoded_word("6-张三-2023001"), parts)}))
    roles = {one.name.rsplit("/", 1)[-1]: one.role for one in only(intake).files}
    assert roles[chosen] == "source"
    assert roles[other] == "extra"
    (problem,) = intake.problems
    assert problem.file.endswith(other)
    assert chosen in str(problem.reason)


@pytest.mark.parametrize("filled", ["rnn.py", "rnn.ipynb"])
def test_a_stub_touched_later_does_not_win(tmp_path: Path, filled: str) -> None:
    stub = "class SimpleRNN:\n    def forward(self):\n        pass\n"
    done = stub.replace("pass", "return 1")
    texts = {name: done if name == filled else stub for name in ("rnn.py", "rnn.ipynb")}
    times = {name: f"2025-11-0{3 + (name != filled)}T10:00:00+08:00" for name in texts}
    files = {
        "rnn.py": (texts["rnn.py"].encode(), times["rnn.py"]),
        "rnn.ipynb": (notebook([("code", texts["rnn.ipynb"])]), times["rnn.ipynb"]),
        "report.md": MD,
    }
    assert "return 1" in str(only(take(lay(tmp_path, files))).source)


def test_equal_copies_are_no_problem(tmp_path: Path) -> None:
    intake = take(
        lay(tmp_path, {"张三-2023001/a.py": PY, "张三-2023001/b.py": PY, "张三-2023001/r.md": MD})
    )
    assert whole(only(intake)) == ZHANG
    assert reasons(intake) == ""


@pytest.mark.parametrize(
    "name", ["r.rar", "r.7z", "r.tar.gz", "r.docx", "r.pdf", "winmail.dat", "r.msg"]
)
def test_formats_that_are_not_read(tmp_path: Path, name: str) -> None:
    parts = [part(rfc2231(name), b"\1\2\3"), part(rfc2231("rnn.py"), PY)]
    intake = take(lay(tmp_path, {"a.eml": mail(encoded_word("6-张三-2023001"), parts)}))
    problem = next(one for one in intake.problems if one.file.endswith(name))
    assert problem.student_id == "2023001"
    assert "Ask the student" in str(problem.action)
    assert len(problem.sha256) == 64


def test_nothing_readable_is_still_a_row(tmp_path: Path) -> None:
    intake = take(lay(tmp_path, {f"{STEM}.rar": b"Rar!\x1a\x07", "ml-6-李四-2023002.py": b""}))
    rows = {one.student_id: one for one in intake.submissions}
    assert rows["2023001"].source is rows["2023002"].source is None
    assert rows["2023001"].files
    assert "empty" in reasons(intake)


def test_an_empty_resend_does_not_replace_the_work(tmp_path: Path) -> None:
    empty = mail(encoded_word("6-张三-2023001"), [part(rfc2231(f"{STEM}.py"), b"")], date=LATER)
    intake = take(lay(tmp_path, {"a.eml": letter(STEM), "b.eml": empty}))
    assert whole(only(intake)) == ZHANG


def test_pictures_and_data_stay_with_the_submission(tmp_path: Path) -> None:
    files = {
        f"{STEM}.py": PY,
        f"{STEM}.md": MD + b"![](loss.png)",
        "ml-6-李四-2023002.py": PY,
        "ml-6-李四-2023002.md": MD,
        "loss.png": PNG,
        "stray.png": PNG + b"2",
    }
    intake = take(lay(tmp_path, files))
    zhang = next(one for one in intake.submissions if one.name == "张三")
    picture = next(one for one in zhang.files if one.name == "loss.png")
    assert "stray.png: Nothing says whose file this is" in reasons(intake)
    assert dict(contents([tmp_path], IntakeRules().caps, {picture.sha256})) == {picture.sha256: PNG}


def test_a_monitor_sends_the_whole_group(tmp_path: Path) -> None:
    names = [f"ml-6-{name}-202300{n}" for n, name in enumerate(("张三", "李四", "王五"))]
    parts = [
        part(rfc2231(f"{stem}.{suffix}"), data)
        for stem in names
        for suffix, data in (("py", PY), ("md", MD))
    ]
    intake = take(lay(tmp_path, {"a.eml": mail(encoded_word("6-班长-2023999"), parts)}))
    assert [one.name for one in intake.submissions] == ["张三", "李四", "王五"]
    assert reasons(intake) == ""


def test_nameless_files_each_get_a_row(tmp_path: Path) -> None:
    files = {"rnn1.py": PY, "rnn1.md": MD, "model.py": PY + b"# other\n", "notes.md": b"# x\n"}
    intake = take(lay(tmp_path, files))
    ids = [one.student_id for one in intake.submissions]
    assert len(set(ids)) == 3
    assert all(one.startswith("unknown-") and len(one) == 16 for one in ids)
    assert sum(one.source is not None for one in intake.submissions) == 2
    assert reasons(intake).count("No student id was found") == 3
    assert ids == [one.student_id for one in take(tmp_path).submissions]


def test_a_mail_without_attachments(tmp_path: Path) -> None:
    intake = take(lay(tmp_path, {"a.eml": mail(encoded_word("6-张三-2023001"), [])}))
    assert "has no attachment" in reasons(intake)
    assert only(intake).student_id == "2023001"
    spam = take(lay(tmp_path / "x", {"a.eml": mail("welcome", [])}))
    assert spam.submissions == ()
    assert "has no attachment" in reasons(spam)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
@pytest.mark.parametrize("header", ["id,name,e-mail", "学号,姓名,邮箱", "姓名,班级,学号,电子邮箱"])
def test_roster_files(tmp_path: Path, encoding: str, header: str) -> None:
    columns = header.split(",")
    row = {"id": '"=""2023001"""', "学号": "2023001.0", "name": "张三", "姓名": "张三"}
    line = ",".join(
        row.get(column, "Z@Example.edu" if "mail" in column or "邮" in column else "1")
        for column in columns
    )
    path = tmp_path / "students.csv"
    path.write_bytes(f"{header}\r\n{line}\r\n,,,\r\n".encode(encoding))
    assert read_roster(path) == (RosterRow("2023001", "张三", "z@example.edu"),)


@pytest.mark.parametrize(
    "text",
    [
        "计科2101班名单,,\n序号,学 号,姓 名\n1,2023001,张 三\n",
        "机器学习\n2026年秋\n学号;姓名\n2023001;张　三\n",
        "First name,Last name,ID number,Email address\n三,张,2023001,\n",
        "名,姓氏,ID 号,电子邮件地址\n三,张,2023001,\n",
        "序号;学号;姓名;邮箱\n1;2023001;张三;\n合计;1人;;\n",
        "学号,姓名\n2023001,张三\n共 1 人,\n",
        "学号,姓名,成绩\n2023001,张三,90\n,平均,90\n",
        "No,Matric No,Name\n1,2023001,张三\nTotal: 1 student,,\n",
        "学号,姓名\n2023001,张三\n学号,姓名\n2023001,张三\n",
        "学号,姓名\n2023001,张三\n2023001,张 三\n",
        "OrgDefinedId,Last Name,First Name,End-of-Line Indicator\n#2023001,张,三,#\n",
        "學號,姓名\n2023001,张三\n",
        "学號,學生姓名,電子郵件\n2023001,张三,\n",
        "序号,学号/工号,姓名\n1,2023001,张三\n",
        "提交者,1.您的学号（必填）,2.姓名（必填）\nx,2023001,张三\n",
        "Matrikelnummer;Nachname;Vorname\n2023001;张;三\n",
        "NetID,Name\n2023001,张三\n",
        "账号,姓名,邮箱\n2023001,张三,无\n",
    ],
)
def test_rosters_as_schools_and_platforms_write_them(tmp_path: Path, text: str) -> None:
    path = tmp_path / "students.csv"
    path.write_text(text, encoding="utf-8")
    assert read_roster(path) == (RosterRow("2023001", "张三"),)


@pytest.mark.parametrize(
    ("text", "row"),
    [
        (
            "学号,姓名,邮箱\n2023001,张三,A@x.cn；b@y.cn\n",
            RosterRow("2023001", "张三", "a@x.cn", ("b@y.cn",)),
        ),
        (
            "学号,姓名,邮箱\n2023001,张三,a@x.cn\n2023001,张三,b@y.cn\n",
            RosterRow("2023001", "张三", "a@x.cn", ("b@y.cn",)),
        ),
        (
            'Student,ID,SIS User ID,SIS Login ID\n"    Points Possible",,,\n"张, 三",51001,2023001,zs9\n"Student, Test",9,,\n',
            RosterRow("2023001", "张三", "", ("51001", "zs9")),
        ),
        (
            "Last Name,First Name,Username,Student ID\nLee,Anna,alee,2023001\n",
            RosterRow("2023001", "Anna Lee", "", ("alee",)),
        ),
        ("ID,学号,姓名\n1,2023001,张三\n", RosterRow("2023001", "张三")),
    ],
    ids=["two addresses", "two classes", "Canvas", "Blackboard", "a count"],
)
def test_what_platforms_call_a_student(tmp_path: Path, text: str, row: RosterRow) -> None:
    path = tmp_path / "students.csv"
    path.write_text(text, encoding="utf-8")
    assert read_roster(path) == (row,)
    assert RosterRow.of((row.student_id, row.name, row.email, *row.accounts)) == row


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "empty"),
        ("学号,姓名\n", "empty"),
        ("a,b\n1,2\n", "no column"),
        ("id,name\n1,张三\n1,李四\n", "stands there twice"),
        ("id,name,mail\n1,张三,zs.x.cn\n", "zs.x.cn is no mail address"),
        ("id,name,mail\n1,张三,a@x.cn b@y@z.cn\n", "is no mail address"),
        ("学号,姓名\n2.02301E+11,张三\n", "has rounded"),
    ],
)
def test_bad_rosters_say_what_to_do(tmp_path: Path, text: str, word: str) -> None:
    path = tmp_path / "students.csv"
    path.write_text(text)
    with pytest.raises(KitFault, match=word) as caught:
        read_roster(path)
    assert "students.csv" in str(caught.value)


def test_roster_rows_and_strangers(tmp_path: Path) -> None:
    roster = (
        RosterRow("2023001", "张三", "zhang@example.edu"),
        RosterRow("2023002", "李四"),
        RosterRow("2023003", "王五"),
        RosterRow("2023004", "赵六"),
    )
    parts = [part(plain_name("rnn.py"), PY), part(plain_name("report.md"), MD)]
    files = {
        "by-address.eml": mail("homework", parts, sender="z <Zhang@example.edu>"),
        "李四.py": PY,
        "李四.md": MD,
        "ml-6-王五-2023033.py": PY,
        "ml-6-王五-2023033.md": MD,
        "ml-6-钱七-2023044.py": PY,
    }
    intake = take(lay(tmp_path, files), roster=roster)
    rows = {one.student_id: one for one in intake.submissions}
    assert set(rows) == {"2023001", "2023002", "2023003", "2023004", "2023044"}
    assert whole(rows["2023001"]) == ZHANG
    assert rows["2023002"].source
    assert rows["2023003"].source
    assert "the name is, once: 2023033, 2023003 王五" in reasons(intake)
    assert (rows["2023004"].source, rows["2023004"].absence) == (None, Status.MISSING)
    assert "Nothing came in" in str(rows["2023004"].notes[0])
    assert "2023044 (钱七) is not on the roster" in reasons(intake)
    assert "Perhaps 2023004 赵六 is meant" in reasons(intake)


def test_a_wrong_deadline_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="tomorrow"):
        take(tmp_path, deadline="tomorrow")


def test_a_deadline_that_is_a_day_is_its_end() -> None:
    due = IntakeRules("2025-11-30").due
    assert due is not None
    assert (due.day, due.hour, due.minute, due.second) == (30, 23, 59, 59)
    assert due.tzinfo is not None
    with pytest.raises(ValueError, match="soon"):
        IntakeRules("soon")
