"""What `pack` writes arrives as it was meant; what would not arrive well is not written."""

from __future__ import annotations

import email
import email.policy
import io
import re
import shutil
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image

from grader.commands.pack import pack as command
from grader.intake.collect import collect
from grader.intake.collection import IntakeRules
from grader.pack import inlining
from grader.pack.complaints import Severity
from grader.pack.imports import foreign_imports
from grader.pack.packing import Packed, Request, pack
from grader.written import report_images
from tests import ROOT
from tests.pack.reports import model_report, png

SOURCE = (ROOT / "solutions" / "rnn.py").read_text(encoding="utf-8")
# Has every name and starts in no time: most tests here are not about the program.
LIGHT = """\
class SimpleRNN:
    def forward(self, inputs):
        return inputs, inputs


class LSTMCell(SimpleRNN):
    x = 1


def generate_sequence_data(seq_type="fibonacci", length=1000):
    return [1.0] * length


def train_rnn_on_sequence():
    return {}
"""
NAME, ID = "张三", "2023001"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "rnn.py").write_text(LIGHT, encoding="utf-8")
    (tmp_path / "report.md").write_text(model_report(tmp_path), encoding="utf-8")
    return tmp_path


def packed(folder: Path, *, name: str = NAME, student_id: str = ID, force: bool = False) -> Packed:
    request = Request(
        name, student_id, folder / "rnn.py", folder / "report.md", folder / "out", force=force
    )
    return pack(request, "en")


def problems(result: Packed) -> list[str]:
    return [str(f.message) for f in result.findings if f.severity is not Severity.WARNING]


def test_a_finished_submission_has_no_findings(folder: Path):
    (folder / "rnn.py").write_text(SOURCE, encoding="utf-8")
    result = packed(folder)
    assert result.findings == ()
    assert sorted(path.name for path in (folder / "out").iterdir()) == [
        "ml-6-张三-2023001-receipt.txt",
        "ml-6-张三-2023001.eml",
        "ml-6-张三-2023001.md",
        "ml-6-张三-2023001.py",
    ]


@pytest.mark.parametrize(
    ("name", "student_id"),
    [
        (NAME, ID),
        ("阿卜杜热依木·买买提艾力", "PB21000001"),
        ("Anna Maria Lopez", "2023002"),
        ("欧阳娜娜", "202300345X"),
    ],
)
def test_the_intake_reads_the_mail_back(folder: Path, name: str, student_id: str):
    result = packed(folder, name=name, student_id=student_id)
    inbox = folder / "inbox"
    inbox.mkdir()
    letter = next(path for path in (folder / "out").iterdir() if path.suffix == ".eml")
    letter.rename(inbox / "received.eml")  # the name of the mail's own file says nothing
    intake = collect([inbox], IntakeRules())
    (found,) = intake.submissions
    assert (found.student_id, found.name) == (student_id, name)
    assert found.sha256 == result.sha256
    assert found.notes == ()
    assert intake.problems == ()


def test_the_two_files_alone_arrive_the_same(folder: Path):
    result = packed(folder)
    for path in (folder / "out").iterdir():
        if path.suffix in (".eml", ".txt"):
            path.unlink()
    (found,) = collect([folder / "out"], IntakeRules()).submissions
    assert (found.student_id, found.name, found.sha256) == (ID, NAME, result.sha256)


def test_the_mail_is_addressed_and_its_files_are_named(folder: Path):
    result = packed(folder)
    message = email.message_from_bytes(
        result.files["ml-6-张三-2023001.eml"], policy=email.policy.default
    )
    assert message["To"] == "ml-course@example.edu"
    assert message["Subject"] == "6-张三-2023001"
    attached = {
        part.get_filename(): part.get_payload(decode=True) for part in message.iter_attachments()
    }
    assert attached == {
        name: result.files[name] for name in ("ml-6-张三-2023001.py", "ml-6-张三-2023001.md")
    }


def test_the_receipt_holds_the_hashes(folder: Path):
    result = packed(folder)
    receipt = result.files["ml-6-张三-2023001-receipt.txt"].decode()
    for name in ("ml-6-张三-2023001.py", "ml-6-张三-2023001.md"):
        assert f"{sha256(result.files[name]).hexdigest()}  {name}" in receipt
    assert result.sha256 in receipt


@pytest.mark.parametrize(
    ("name", "student_id", "why"),
    [
        ("", ID, "Give both"),
        (NAME, "", "Give both"),
        (ID, NAME, "wrong way round"),
        ("张/三", ID, "file name"),
        ("张三" * 40, ID, "file name"),
        (NAME, "ID", "would be read as"),
        (NAME, "2023001-1", "would be read as"),
        ("代码", ID, "would be read as"),
    ],
)
def test_a_name_that_would_be_misread_is_refused(
    folder: Path, name: str, student_id: str, why: str
):
    result = packed(folder, name=name, student_id=student_id, force=True)
    assert any(why in text for text in problems(result))
    assert not (folder / "out").exists()


def test_an_id_with_marks_in_it_is_read_as_it_is(folder: Path):
    assert "ml-6-张三-2023-001.py" in packed(folder, student_id="2023-001").files


def test_full_width_digits_become_plain_ones(folder: Path):
    assert "ml-6-张三-2023001.py" in packed(folder, student_id="２０２３００１").files


@pytest.mark.parametrize("missing", ["rnn.py", "report.md"])
def test_a_missing_file_blocks_even_when_forced(folder: Path, missing: str):
    (folder / missing).unlink()
    result = packed(folder, force=True)
    assert any("cannot be read" in text for text in problems(result))
    assert result.files == {}


def test_the_skeleton_and_the_template_are_not_sent_by_mistake(folder: Path):
    for name in ("rnn.py", "report.md"):
        (folder / name).write_bytes((ROOT / "student" / name).read_bytes())
    result = packed(folder)
    assert [text[:25] for text in problems(result)] == [
        "Nothing is written yet: e",
        "These sections are not an",
    ]
    assert result.files == {}
    assert packed(folder, force=True).files


def test_one_stub_left_is_a_warning(folder: Path):
    source = (
        LIGHT
        + "\n\nclass LSTMCell:\n    def __init__(self, input_size, hidden_size):\n        pass\n    def forward(self, input_t, hidden_state, cell_state):\n        pass\n"
    )
    (folder / "rnn.py").write_text(source, encoding="utf-8")
    result = packed(folder)
    assert [str(f.message) for f in result.findings] == [
        "LSTMCell.__init__ is as you got it: nothing is written there yet.",
        "LSTMCell.forward is as you got it: nothing is written there yet.",
    ]
    assert result.files


@pytest.mark.parametrize(
    ("line", "why", "blocks"),
    [
        ("import keras\ndef f():\n    return keras.Model()", "keras will be missing", True),
        ("from scipy.special import expit\nclass F:\n    f = expit", "scipy will be missing", True),
        ("from scipy.special import *", "scipy will be missing", True),
        ("import keras", "nothing that is asked for uses it", False),
        ("from scipy.special import expit", "nothing that is asked for uses it", False),
        ("from .utils import f", "Only this one file", True),
        (
            "try:\n    import keras\nexcept ImportError:\n    keras = None",
            "your except branch",
            False,
        ),
        ("def f(:", "Python cannot read", True),
        ("raise ValueError('demo')", "ends with ValueError: demo", False),
        ("del SimpleRNN", "names are missing: SimpleRNN", True),
        ("import os; os._exit(0)", "ends with os._exit", True),
        ("import sys; sys.exit(3)", "ends with SystemExit: 3", False),
    ],
)
def test_what_the_program_must_not_do(folder: Path, line: str, why: str, blocks):
    (folder / "rnn.py").write_text(f"{LIGHT}\n{line}\n", encoding="utf-8")
    result = packed(folder)
    found = [f for f in result.findings if why in str(f.message)]
    assert found, [str(f.message) for f in result.findings]
    assert (result.files == {}) == blocks
    if blocks:
        assert packed(folder, force=True).files


DATACLASS = """from dataclasses import dataclass, field


@dataclass
class Settings:
    rate: float = 0.1
    history: dict = field(default_factory=dict)


"""


@pytest.mark.parametrize("future", ["", "from __future__ import annotations\n"])
def test_a_program_starts_as_a_module_does(folder: Path, future: str):
    """Dataclasses look for their module, and read annotations that are text otherwise."""
    (folder / "rnn.py").write_text(future + DATACLASS + LIGHT, encoding="utf-8")
    assert problems(packed(folder)) == []


def test_an_error_names_the_students_own_line(folder: Path):
    source = f"{LIGHT}\nx = 1 / 0\n"
    (folder / "rnn.py").write_text(source, encoding="utf-8")
    (found,) = packed(folder).findings
    assert source.splitlines()[found.line - 1] == "x = 1 / 0"
    assert "ZeroDivisionError" in str(found.message)


@pytest.mark.parametrize(
    ("source", "packages"),
    [
        ("import numpy as np, os.path", []),
        ("from mpl_toolkits.mplot3d import Axes3D", []),
        ("import pandas as pd", ["pandas"]),
        ("def f():\n    if x:\n        from sklearn import svm", ["sklearn"]),
        ("try:\n    x()\nexcept ValueError:\n    import torch", ["torch"]),
        ("async def f():\n    with a:\n        import jax", ["jax"]),
        ("get_ipython().write_cell('src/utils.py', 'w')\nimport utils, other", ["other"]),
        ("x = " + "+".join("1" * 900), []),
    ],
)
def test_foreign_imports(source: str, packages: list[str]):
    import ast

    found = foreign_imports(ast.parse(source))
    assert [each.package for each in found if not each.caught] == packages


def test_gbk_is_sent_as_utf8(folder: Path):
    (folder / "rnn.py").write_bytes(
        f"# -*- coding: gbk -*-\n# 循环神经网络\n{LIGHT}".encode("gbk", "replace")
    )
    report = (folder / "report.md").read_text(encoding="utf-8")
    (folder / "report.md").write_bytes(report.encode("gb18030"))
    result = packed(folder)
    assert not problems(result)
    assert sum("not UTF-8" in str(f.message) for f in result.findings) == 2
    assert (
        result.files["ml-6-张三-2023001.py"]
        .decode("utf-8")
        .startswith("# -*- coding: utf-8 -*-\n# 循环")
    )


def with_line(folder: Path, line: str) -> None:
    report = (folder / "report.md").read_text(encoding="utf-8")
    text = report.replace("### 1.2 ", f"{line}\n\n### 1.2 ", 1)
    assert text != report
    (folder / "report.md").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("target", "link"),
    [
        ("fig.png", "![图](fig.png)"),
        ("图 1.png", "![图](图 1.png)"),
        ("图 1.png", "![图](<图 1.png>)"),
        ("图 1.png", '![图](图%201.png "标题")'),
        ("img/a.png", "![](img\\a.png)"),
        ("img/a.png", '<img src="img/a.png" style="zoom:50%;" />'),
        ("a.png", "![图][f]\n\n[f]: a.png"),
    ],
)
def test_pictures_come_along(folder: Path, target: str, link: str):
    (folder / target).parent.mkdir(exist_ok=True)
    (folder / target).write_bytes(png())
    with_line(folder, link)
    result = packed(folder)
    assert result.findings == ()
    assert result.evidence.sections[0].figures == 1
    assert (
        report_images.as_data_uri(png(), "image/png")
        in result.files["ml-6-张三-2023001.md"].decode()
    )


@pytest.mark.parametrize(
    ("line", "why", "blocks"),
    [
        ("![图](gone.png)", "no file gone.png", True),
        ("![图](notes.txt)", "does not open as a picture", True),
        ("![图](dot.png)", "does not open as a picture", True),
        ("![图](/etc/hostname)", "does not open as a picture", True),
        ("![图](plot.svg)", "plot.svg is an SVG", True),
        ("![图](wrong-name.png)", "wrong-name.png is an SVG", True),
        ("![图](data:image/svg+xml;base64,PHN2Zz48L3N2Zz4=)", "is an SVG", True),
        ("![图](https://example.edu/x.png)", "is on the web", False),
        ("![图](data:image/png;base64,AAAA)", "embedded picture does not open", True),
        ("$\\frac{a}{b$", "does not parse", True),
        ("公式 $$a = b 没有结束", "no partner", True),
    ],
)
def test_what_the_report_must_not_hold(folder: Path, line: str, why: str, blocks):
    (folder / "notes.txt").write_text("no picture")
    for name in ("plot.svg", "wrong-name.png"):
        shutil.copy(ROOT / "solutions" / "figures" / "cost.svg", folder / name)
    (folder / "dot.png").write_bytes(png(2, 2))
    with_line(folder, line)
    result = packed(folder)
    (found,) = result.findings
    assert why in str(found.message)
    assert (result.files == {}) == blocks


def test_a_large_photo_becomes_smaller():
    noise = Image.effect_noise((2600, 2000), 90).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "PNG")
    uri = inlining.embeddable(out.getvalue())
    small = report_images.from_data_uri(uri)
    assert len(out.getvalue()) > inlining.SMALL_ENOUGH
    assert len(small) < len(out.getvalue()) / 2
    with Image.open(io.BytesIO(small)) as image:
        assert (image.format, max(image.size)) == ("JPEG", inlining.LONGEST_SIDE)


def test_transparent_drawings_stay_readable():
    out = io.BytesIO()
    Image.new("RGBA", (64, 64), (0, 0, 0, 0)).save(out, "TIFF")
    assert inlining.embeddable(out.getvalue()) == ""  # TIFF opens on few pages
    out = io.BytesIO()
    Image.new("RGB", (64, 64), "white").save(out, "BMP")
    with Image.open(
        io.BytesIO(report_images.from_data_uri(inlining.embeddable(out.getvalue())))
    ) as image:
        assert image.convert("RGB").getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_command_shows_the_checklist_and_the_hash(folder: Path, language: str, monkeypatch):
    monkeypatch.chdir(folder)
    done = CliRunner().invoke(command, ["--name", NAME, "--id", ID, "--lang", language])
    assert done.exit_code == 0, done.output
    assert ("已答" if language == "zh" else "answered") in done.output
    assert re.search(r"sha256 [0-9a-f]{64}", done.output)
    assert (folder / "to-send" / "ml-6-张三-2023001.eml").exists()


def test_the_command_ends_with_1_where_something_blocks(folder: Path, monkeypatch):
    monkeypatch.chdir(folder)
    (folder / "report.md").write_bytes((ROOT / "student" / "report.md").read_bytes())
    done = CliRunner().invoke(command, ["--name", NAME, "--id", ID, "--lang", "zh"])
    assert done.exit_code == 1
    assert "还没有作答" in done.output
    assert not (folder / "to-send").exists()
