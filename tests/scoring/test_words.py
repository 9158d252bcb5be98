"""Every word of the scoring page, and of what it says of a report, has its Chinese."""

from __future__ import annotations

import re
from pathlib import Path

import grader.scoring
from grader.language import render
from grader.scoring.page_words import WORDS
from tests import ROOT


def test_every_word_has_its_chinese_with_the_same_fields() -> None:
    for name, message in WORDS.items():
        english, chinese = render(message, "en"), render(message, "zh")
        assert english != chinese or not re.search(r"[a-z]{3}", re.sub(r"\{\w+\}", "", english)), (
            name
        )
        assert set(re.findall(r"\{\w+\}", english)) == set(re.findall(r"\{\w+\}", chinese)), name


def test_every_word_is_used_and_every_word_that_is_used_is_there() -> None:
    page = Path(grader.scoring.__file__).parent / "page"
    text = "".join(path.read_text(encoding="utf-8") for path in page.iterdir())
    used = set(re.findall(r'data-word="(\w+)"|word\("(\w+)"|say\("(\w+)"|dialog\("(\w+)"', text))
    names = {name for found in used for name in found if name}
    names |= set(re.findall(r'word\(view\.report \? "(\w+)" : "\w+"\)', text))
    names |= set(re.findall(r'\? "no_answer" : "(\w+)"', text)) | set(
        re.findall(r'field\("(\w+)"', text)
    )
    assert names == set(WORDS)


def test_the_page_is_where_the_command_says() -> None:
    assert (ROOT / "grader" / "scoring" / "page" / "index.html").is_file()
