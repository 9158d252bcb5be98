"""Bytes into text: order, cookies, notes."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.intake.reading.decoding import (
    Unreadable,
    cookie,
    decode,
    decode_name,
)
from grader.language import render

TEXT = "# 循环神经网络\nclass SimpleRNN:\n    pass\n"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-32"),
        TEXT.encode("gbk"),
        TEXT.encode("gb18030"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
        TEXT.replace("\n", "\r\n").encode("utf-16-le"),  # without a mark
    ],
)
def test_one_text_in_any_encoding(data: bytes) -> None:
    assert decode(data, python=True).text == TEXT


@pytest.mark.parametrize("encoding", ["gbk", "gb2312", "cp936", "big5", "latin-1", "cp1252"])
def test_sane_cookies_are_honoured(encoding: str) -> None:
    text = f"# -*- coding: {encoding} -*-\n# " + {
        "big5": "電腦網路",
        "latin-1": "é à",
        "cp1252": "é €",
    }.get(encoding, "钱伟写的作业")
    decoded = decode(text.encode(encoding), python=True)
    assert decoded.text == text
    assert any("not UTF-8" in str(note) for note in decoded.notes)


@pytest.mark.parametrize(
    "name",
    [
        "utf-7",
        "unicode_escape",
        "raw_unicode_escape",
        "rot13",
        "hex",
        "punycode",
        "idna",
        "bz2",
        "x",
    ],
)
def test_hostile_cookies_are_not_honoured(name: str) -> None:
    text = f"# coding: {name}\nx = '+AAo-import os\\u000aimport sys'\n"
    decoded = decode(text.encode(), python=True)
    assert decoded.text == text
    assert any(name in str(note) for note in decoded.notes)


def test_a_cookie_that_the_editor_forgot_to_change() -> None:
    text = "# coding: gbk\n# 保存为 UTF-8 的文件\n"
    assert decode(text.encode(), python=True).text == text


def test_cookies_count_in_the_first_two_lines_only() -> None:
    assert cookie(b"#!/usr/bin/python\n# vim: set fileencoding=gbk :\n") == "gbk"
    assert cookie(b"\n\n# coding: gbk\n") == ""
    assert cookie(b"x = 1\n# coding: gbk\n") == ""


def test_students_are_told_in_chinese_too() -> None:
    (note,) = decode(TEXT.encode("gbk")).notes
    assert "gb18030" in render(note, "zh")
    assert render(note, "zh") != render(note, "en")
    assert decode(TEXT.encode()).notes == ()


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "empty"),
        (b" \r\n\t", "empty"),
        (b"\0" * 4096, "empty"),
        (b"PK\x03\x04rest", "zip"),
        (b"Rar!\x1a\x07", "rar"),
        (b"%PDF-1.7", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"x\0\1\2\3" * 99, "binary"),
        (codecs.BOM_UTF16_LE + b"x", "decoded"),
    ],
)
def test_what_is_no_text_is_named(data: bytes, word: str) -> None:
    with pytest.raises(Unreadable, match=word):
        decode(data)


@pytest.mark.parametrize(
    "name", ["钱伟", "郑强", "张三", "赵钱孙李", "José", "Müller", "ml-6-钱伟-1.py"]
)
def test_short_names_in_either_encoding(name: str) -> None:
    assert decode_name(name.encode()) == name
    if name[-1] != "r" and name != "José":
        assert decode_name(name.encode("gbk")) == name


CODE = """# 循环神经网络
import numpy as np


class SimpleRNN:  # 隐藏状态
    pass  # 记忆
"""
TRADITIONAL = "# 報告：循環神經網路\n\n隱藏狀態是網路的記憶，由上一步的狀態和當前的輸入更新；梯度會消失，也會爆炸。\n"
PADDING = "Zero bytes and the like, which editors and crashes leave, were left out."


@pytest.mark.parametrize(
    "data",
    [
        CODE.encode() + b"\0",
        CODE.encode() + b"\0" * 4000,
        CODE.encode() + b"\0" * 4000 + b"\r\n",
        CODE.encode() + b"\x1a",
        CODE.encode() + b"\0\0\x1a",
        CODE.replace("import", "\0import").encode() + b"# " + b"." * 99,
        CODE.encode("gb18030") + b"\0\0",
        CODE.encode("gb18030") + b"\0",
        CODE.encode("gb18030") + b"\x1a",
        CODE.encode() + "# 备注\n".encode("gbk") + b"\0",
        CODE.encode("utf-8-sig") + b"\0",
    ],
)
def test_what_editors_and_crashes_leave_is_left_out(data: bytes) -> None:
    decoded = decode(data, python=True)
    assert decoded.text.startswith(CODE)
    assert not {"\0", "\x1a"} & {*decoded.text}
    assert str(decoded.notes[0]) == PADDING


@pytest.mark.parametrize("cookie_line", ["", "# -*- coding: utf-8 -*-\n", "# coding: gbk\n"])
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_a_comment_in_gbk_within_utf8(cookie_line: str, mark: bytes) -> None:
    text = cookie_line + CODE
    mixed = mark + text.encode() + "# 备注：用正弦数据\n".encode("gbk")
    decoded = decode(mixed, python=True)
    assert decoded.text == text + "# 备注：用正弦数据\n"
    (note,) = decoded.notes
    assert str(note) == (
        "Not UTF-8 like the rest, and read as GB18030: 1 lines, "
        f"from line {text.count(chr(10)) + 1} on. Please save as UTF-8."
    )


def test_a_line_in_utf8_within_gbk() -> None:
    for pasted in ("# 从网页粘贴的注释\n", "# 从网页粘贴的注释啊\n"):
        decoded = decode(CODE.encode("gbk") + pasted.encode(), python=True)
        assert decoded.text == CODE + pasted
        (note,) = decoded.notes
        assert "read as GB18030: 3 lines, from line 1 on." in str(note)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_utf16_with_zeros_behind_it(encoding: str) -> None:
    assert decode((CODE + "\0\0").encode(encoding)).text == CODE


def test_one_line_of_utf16_keeps_its_last_byte() -> None:
    assert decode("隐藏状态是网络的记忆\n".encode("utf-16-le")).text == "隐藏状态是网络的记忆\n"


def test_bytes_that_are_nothing_within_utf8() -> None:
    decoded = decode(CODE.encode() + b"x = 1  # \xff\xff\n", python=True)
    assert decoded.text == CODE + "x = 1  # \ufffd\ufffd\n"
    (note,) = decoded.notes
    assert "Bytes that are no text are shown as \ufffd: 1 lines, from line 7 on." in str(note)


@pytest.mark.parametrize("python", [False, True])
def test_big5_without_a_cookie(python: bool) -> None:  # noqa: FBT001 - a parameter
    for head in ("", "# coding: utf-8\n"):
        decoded = decode((head + TRADITIONAL).encode("big5"), python=python)
        assert decoded.text == head + TRADITIONAL
    assert "big5" in str(decoded.notes[0])


@pytest.mark.parametrize(
    "text",
    [
        "# 贺珺\n",  # a rare character of GBK that would be a frequent one in Big5
        "# 報告：循環神經網路，隱藏狀態是網路的記憶。\n",  # traditional characters in GBK
        "隐藏状态是网络的记忆，由上一步的状态和当前的输入更新。\n",
    ],
)
def test_gbk_is_not_taken_for_big5(text: str) -> None:
    assert decode(text.encode("gbk")).text == text


def assert_helpful(finding: Unreadable) -> None:
    assert str(finding.trouble.action)


@settings(deadline=None)
@given(st.binary(max_size=300), st.integers(0, 1))
def test_any_bytes_are_text_or_unreadable(data: bytes, flag: int) -> None:
    try:
        decoded = decode(data, python=bool(flag))
    except Unreadable as finding:
        assert_helpful(finding)
    else:
        assert "\r" not in decoded.text
        decoded.text.encode()


@settings(deadline=None)
@given(st.binary(max_size=60), st.text(max_size=10))
def test_any_name_decodes(raw: bytes, declared: str) -> None:
    decode_name(raw, declared)


@settings(deadline=None)
@given(st.text("循环神经网络 abc=1\n", min_size=20).filter(str.strip))
def test_text_round_trips(text: str) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "gb18030"):
        if text.isascii() and encoding == "gb18030":
            continue
        assert decode(text.encode(encoding)).text == text


def test_every_text_of_the_intake_has_its_chinese() -> None:
    """With the same fields as the English."""
    import ast
    import re
    from pathlib import Path

    import grader
    from grader.language import translations

    home = Path(grader.__file__).parent
    files = [*(home / "intake").rglob("*.py"), home / "commands" / "fetch.py"]
    texts = {
        ast.literal_eval(node.args[0])
        for path in files
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say"
    }
    assert len(texts) > 60
    for text in texts:
        chinese = translations("zh").gettext(text)
        assert re.search(r"[\u4e00-\u9fff]", chinese), text
        assert chinese != text
        fields = re.compile(r"\{\w+\}")
        assert sorted(fields.findall(chinese)) == sorted(fields.findall(text))
