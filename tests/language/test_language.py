"""No message lacks a translation, and every translation fits its message."""

from __future__ import annotations

import sys
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from grader import language
from grader.language import HERE, Message, default_language, literal, render, say, translations
from grader.results import codec

GRADER = HERE.parent
CATALOGUES = sorted((HERE / "zh").glob("*.po"))


def extracted() -> dict[str, str]:
    """Every literal given to `say` in the code or `_` in a template, and where it stands."""
    found = extract_from_dir(
        str(GRADER),
        method_map=[("**.py", "python"), ("**.html", "jinja2"), ("**.j2", "jinja2")],
        keywords={"say": None, "_": None, "gettext": None},
    )
    return {str(message): f"{file}:{line}" for file, line, message, _, _ in found}


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_every_message_has_its_chinese() -> None:
    chinese = {str(entry.id) for path in CATALOGUES for entry in catalogue(path) if entry.string}
    missing = {f"{place}: {text}" for text, place in extracted().items() if text not in chinese}
    assert not missing


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.name)
def test_translations_fill_in_the_same_values(path: Path) -> None:
    for entry in catalogue(path):
        if entry.id:
            assert not entry.fuzzy, entry.id
            assert fields(str(entry.string)) <= fields(str(entry.id)), entry.id


def test_messages_render_in_both_languages_and_nest() -> None:
    inner = say("{name} is not defined in your file.", name="SimpleRNN")
    outer = say("While your file was loaded: {what}", what=inner)
    assert (
        render(outer, "en") == "While your file was loaded: SimpleRNN is not defined in your file."
    )
    assert render(outer, "zh") == "载入你的文件时：你的文件里没有定义 SimpleRNN。"
    assert str(Message("plain")) == "plain"


def test_a_list_is_joined_as_the_language_does() -> None:
    several = say("Wrong gradient for {names}.", names=("W_xh", say("every parameter"), 3))
    assert render(several, "en") == "Wrong gradient for W_xh, every parameter, 3."
    assert render(several, "zh") == "W_xh、所有参数、3 的梯度不对。"
    assert codec.decode(codec.encode(several), Message) == several


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LC_ALL": "en_US", "LANG": "zh_CN"}, "en"),
        ({"LC_MESSAGES": "zh_TW", "LANG": "C"}, "zh"),
        ({"LANG": "C.UTF-8"}, "zh"),
        ({"LC_ALL": "POSIX"}, "zh"),
        ({"ML6_LANG": "en", "LC_ALL": "zh_CN.UTF-8"}, "en"),
        ({"ML6_LANG": "zh", "LANG": "en_US.UTF-8"}, "zh"),
    ],
)
def test_the_locale_chooses_the_language(environment: dict[str, str], language: str) -> None:
    assert default_language(environment) == language


def test_a_literal_stands_for_itself_in_both_languages() -> None:
    assert render(Message(literal("h_{t-1} and {}")), "zh") == "h_{t-1} and {}"


def test_catalogues_are_found() -> None:
    assert translations("zh").gettext("transposed") == "被转置了"


def test_help_and_commands_have_their_chinese() -> None:
    """What click shows is written where click reads it, so the extractor above does not see it."""
    import importlib

    from grader.__main__ import COMMANDS, cli
    from grader.language.command_help import texts

    shown = [str(cli.help), *COMMANDS.values()]
    for name in COMMANDS:
        shown += texts(getattr(importlib.import_module(f"grader.commands.{name}"), name))
    chinese = translations("zh").gettext
    assert not [text for text in shown if chinese(text) == text]


def test_a_catalogue_compiled_once_is_taken_until_it_is_edited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(language, "HERE", tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    folder = tmp_path / "zh"
    folder.mkdir()

    def said(first: str) -> str:
        (folder / "a.po").write_text(f'msgid "one"\nmsgstr "{first}"\n', "utf-8")
        return language.translations.__wrapped__("zh").gettext("one")

    (folder / "b.po").write_text('msgid "two"\nmsgstr "二"\n', "utf-8")
    assert said("一") == "一"
    (kept,) = (folder / "__pycache__").iterdir()
    written = kept.stat().st_mtime_ns
    assert said("一") == "一"
    assert kept.stat().st_mtime_ns == written
    assert said("壹") == "壹"
    kept.write_bytes(b"")  # cut off
    assert said("壹") == "壹"
    (folder / "b.po").write_text('msgid "one"\nmsgstr "later"\n', "utf-8")
    assert said("壹") == "later"
