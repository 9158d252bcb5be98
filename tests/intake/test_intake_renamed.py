"""Files that are not what their names say: links, placeholders, archives and notebooks renamed."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from grader.intake.collect import collect
from grader.intake.collection import Intake, IntakeRules
from grader.language import render
from grader.records import Concern, Submission
from tests.intake.build import notebook, zipped
from tests.intake.cases import WHOLE, A, letter, program
from tests.intake.choices import TEMPLATE, answered
from tests.intake.packed import rar3, sevenzipped, tarred

STEM = "ml-6-张三-2023001"
MD = answered("R").encode()
PAIR = {"rnn.py": A, "report.md": MD}
BAIDU = (
    "链接: https://pan.baidu.com/s/1AbcDEFg 提取码: x1y2\n复制这段内容后打开百度网盘手机App，操作更方便哦\n"
    "--来自百度网盘超级会员v4的分享\n"
)
ALIYUN = (
    "「ml-6-张三-2023001.zip」https://www.alipan.com/s/AbC123 点击链接保存，或者复制本段内容，"
    "打开「阿里云盘」APP ，无需下载极速在线查看，视频原画倍速播放。"
)
BPLIST = b"bplist00\xd3\x01\x02\x03\x04\x05\x06" + b"\0\x08" * 20
OOXML = zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<x/>"})


def take(folder: Path, files: dict[str, bytes]) -> Intake:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return collect([folder], IntakeRules())


def only(intake: Intake) -> Submission:
    (found,) = intake.submissions
    assert (found.student_id, found.name) == ("2023001", "张三")
    return found


def told(intake: Intake, name: str) -> list[tuple[str, Concern]]:
    return [(str(one.reason), one.kind) for one in intake.problems if one.file.endswith(name)]


@pytest.mark.parametrize(
    ("name", "text", "host"),
    [
        ("下载链接.txt", "https://pan.baidu.com/s/1AbcDEFg?pwd=x1y2\n", "pan.baidu.com"),
        ("下载链接.txt", BAIDU, "pan.baidu.com"),
        ("作业.txt", ALIYUN, "www.alipan.com"),
        ("report.md", "# 报告\n\n报告链接：https://www.kdocs.cn/l/cabc\n", "www.kdocs.cn"),
        ("rnn.py", "# 代码太大：https://github.com/zhangsan/rnn\n", "github.com"),
        ("rnn.py", "https://colab.research.google.com/drive/1abc", "colab.research.google.com"),
        ("链接.txt", "pan.baidu.com/s/1AbcDEFg 提取码 x1y2", "pan.baidu.com"),
        ("report.md", "[报告](https://www.yuque.com/zs/ml6)", "www.yuque.com"),
        ("报告.txt", "<ftp://10.1.2.3/zs/report.md>", "10.1.2.3"),
        ("report.md", "作业见 http://10.1.2.3:8080/zs/report.pdf", "10.1.2.3:8080"),
    ],
)
def test_a_text_with_nothing_but_a_link(tmp_path: Path, name: str, text: str, host: str) -> None:
    intake = take(tmp_path, {f"张三-2023001/{name}": text.encode()})
    assert (only(intake).source, only(intake).report) == (None, None)
    reason = f"In place of a file came a link to {host}."
    assert told(intake, name)[0] == (reason, Concern.UNREADABLE)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("report.md", "# 报告\n\n![推导](https://img.example.com/1.jpg)\n"),
        ("report.md", answered("R") + "\n参考：https://zh.wikipedia.org/wiki/RNN\n"),
        ("report.txt", "隐藏状态是网络的记忆，由上一步的隐藏状态和当前输入共同更新，见公式；参考 https://zh.wikipedia.org/x\n"),
    ],
)  # fmt: skip
def test_a_report_with_a_link_in_it(tmp_path: Path, name: str, text: str) -> None:
    assert only(take(tmp_path, {f"张三-2023001/{name}": text.encode()})).report == text


def test_a_short_program_with_a_link_in_it(tmp_path: Path) -> None:
    source = "import rnn  # https://github.com/x/y\n"
    assert only(take(tmp_path, {f"{STEM}.py": source.encode()})).source == source


@pytest.mark.parametrize("suffix", ["tex", "typ", "rst", "org", "adoc", "docm", "xps"])
def test_a_report_in_another_format(tmp_path: Path, suffix: str) -> None:
    intake = take(tmp_path, {f"{STEM}.py": A, f"{STEM}.{suffix}": b"\\section{1} ..."})
    assert only(intake).report is None
    reason = f"{STEM}.{suffix} is a document; the report must be Markdown."
    assert told(intake, suffix) == [(reason, Concern.UNREADABLE)]


@pytest.mark.parametrize("name", [f".{STEM}.py.icloud", "张三-2023001/.rnn.py.icloud"])
def test_what_icloud_leaves(tmp_path: Path, name: str) -> None:
    intake = take(tmp_path, {name: BPLIST})
    assert (only(intake).source, only(intake).report) == (None, None)
    (reason, concern), _ = told(intake, name)
    assert reason == f"{name.rpartition('/')[2]} only stands for a file that is still in iCloud."
    assert concern is Concern.UNREADABLE


@pytest.mark.parametrize(
    "suffix", ["zip.crdownload", "zip.baiduyun.p.downloading", "zip.part", "zip.xltd"]
)
def test_a_download_on_its_way_is_the_students(tmp_path: Path, suffix: str) -> None:
    whole = take(tmp_path / "whole", {f"{STEM}.{suffix}": zipped(PAIR)})
    assert (only(whole).source, only(whole).report) == (A.decode(), MD.decode())
    cut = take(tmp_path / "cut", {f"{STEM}.{suffix}": zipped(PAIR)[:99]})
    assert only(cut).source is None
    assert "damaged" in told(cut, suffix)[0][0]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        (f"{STEM}.py", zipped(PAIR)),
        (f"{STEM}.md", zipped(PAIR)),
        (f"{STEM}.txt", sevenzipped(PAIR)),
        (f"{STEM}.rar", zipped(PAIR)),
        (f"{STEM}.zip", rar3(PAIR)),
        (f"{STEM}.zip", sevenzipped(PAIR)),
        (f"{STEM}.7z", zipped(PAIR)),
        (f"{STEM}.zip", tarred(PAIR)),
        (f"{STEM}.tar.gz", zipped(PAIR)),
        (f"{STEM}.ipynb", zipped(PAIR)),
        (f"{STEM}.jpg", zipped(PAIR)),
        (f"{STEM}.zip.remove", zipped(PAIR)),
        (f"{STEM}.py.zip", zipped(PAIR)),
    ],
)  # fmt: skip
def test_archives_are_opened_by_their_content(tmp_path: Path, name: str, data: bytes) -> None:
    intake = take(tmp_path, {name: data})
    assert (only(intake).source, only(intake).report) == (A.decode(), MD.decode())
    assert intake.problems == ()


def test_an_archive_that_begins_with_an_office_file_is_an_archive(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:  # stored, as they are packed already
        for name, data in {"封面.docx": OOXML, **PAIR}.items():
            archive.writestr(name, data)
    intake = take(tmp_path, {f"{STEM}.zip": buffer.getvalue()})
    assert (only(intake).source, only(intake).report) == (A.decode(), MD.decode())


def test_a_notebook_with_nothing_but_a_link(tmp_path: Path) -> None:
    intake = take(
        tmp_path, {f"{STEM}.ipynb": notebook([("markdown", "见 https://www.kdocs.cn/l/c")])}
    )
    assert told(intake, "ipynb")[0][0] == "In place of a file came a link to www.kdocs.cn."


@pytest.mark.parametrize("suffix", ["md", "txt", "zip"])
def test_an_office_file_is_a_document_whatever_its_name(tmp_path: Path, suffix: str) -> None:
    intake = take(tmp_path, {f"{STEM}.py": A, f"{STEM}.{suffix}": OOXML})
    assert only(intake).report is None
    assert "is a document; the report must be Markdown" in told(intake, suffix)[0][0]


@pytest.mark.parametrize("suffix", ["py", "zip", "ipynb", "rar"])
def test_a_web_page_in_place_of_a_file(tmp_path: Path, suffix: str) -> None:
    page = "<!DOCTYPE html>\n<html><head><title>请登录</title></head></html>".encode()
    intake = take(tmp_path, {f"{STEM}.{suffix}": page})
    assert only(intake).source is None
    assert told(intake, suffix)[0] == (
        f"{STEM}.{suffix} is a web page, as one comes in place of a file that asks for a login.",
        Concern.UNREADABLE,
    )


@pytest.mark.parametrize("suffix", ["docx", "pdf", "doc"])
def test_markdown_called_a_document(tmp_path: Path, suffix: str) -> None:
    found = only(take(tmp_path, {f"{STEM}.py": A, f"{STEM}.{suffix}": MD}))
    assert found.report == MD.decode()
    assert f"{STEM}.{suffix} was taken for the report; it should end in .md." in map(
        str, found.notes
    )


@pytest.mark.parametrize("suffix", ["py", "txt", "md"])
def test_a_notebook_of_another_name(tmp_path: Path, suffix: str) -> None:
    data = notebook([("markdown", answered("N")), ("code", program("A").decode())])
    found = only(take(tmp_path, {f"{STEM}.{suffix}": data}))
    assert (found.source or "").rpartition("# ")[2].strip() == "A"
    assert found.report == answered("N")
    assert f"{STEM}.{suffix} holds a notebook; it should end in .ipynb." in map(str, found.notes)


@pytest.mark.parametrize("suffix", ["ipynb", "zip", "rar"])
def test_a_program_called_something_else(tmp_path: Path, suffix: str) -> None:
    found = only(take(tmp_path, {f"{STEM}.{suffix}": WHOLE.encode()}))
    assert found.source == WHOLE
    (note, *_) = found.notes
    assert "被当作程序" in render(note, "zh")


def test_a_mail_saved_by_outlook_on_the_web_is_a_mail(tmp_path: Path) -> None:
    mail = letter("6-张三-2023001", {"rnn.py": A, "report.md": MD})
    assert only(take(tmp_path, {"saved.mht": mail})).source == A.decode()


def test_a_link_beside_the_whole_work_is_told_all_the_same(tmp_path: Path) -> None:
    files = {"rnn.py": A, "report.md": MD, "数据.txt": b"https://pan.baidu.com/s/1AbcDEFg"}
    intake = take(tmp_path, {f"张三-2023001/{name}": data for name, data in files.items()})
    assert (only(intake).source, only(intake).report) == (A.decode(), MD.decode())
    assert [one.file for one in intake.problems] == ["张三-2023001/数据.txt"]


def test_a_link_typed_into_a_platforms_page(tmp_path: Path) -> None:
    page = '<p>见 <a href="https://www.kdocs.cn/l/cabc">我的报告</a></p>'.encode()
    name = "张三 2023001_345602_assignsubmission_onlinetext/onlinetext.html"
    intake = take(tmp_path, {name: page})
    assert only(intake).report is None
    assert told(intake, name)[0][0] == "In place of a file came a link to www.kdocs.cn."


def test_a_notebook_cut_short_is_damaged(tmp_path: Path) -> None:
    data = notebook([("markdown", TEMPLATE), ("code", WHOLE)])
    intake = take(tmp_path, {f"{STEM}.ipynb": data[:-30]})
    assert only(intake).source is None
    assert "It is damaged" in told(intake, "ipynb")[0][0]
