"""Everything that people read, in Chinese and English.

The English text in the code is the gettext message id; `zh/*.po` hold the Chinese. A text is
kept as a `Message` (id and values) until somebody looks at it, so that one stored result can be
read in either language.
"""

from __future__ import annotations

import gettext
import inspect
import io
import locale
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Union

HERE = Path(__file__).parent
LANGUAGES = ("zh", "en")
COURSE = "zh"  # the handout's language, for readers whose locale names none (LANG=C.UTF-8)
SWITCH = "ML6_LANG"  # the one that the README names: ML6_LANG=en

Item = Union[str, int, float, "Message"]
Value = Item | tuple[Item, ...]  # several: a list in a sentence
BETWEEN = {"zh": "、", "en": ", "}


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence or paragraph: an English `str.format` template and what fills it in."""

    text: str
    values: Mapping[str, Value] = field(default_factory=dict)

    def __str__(self) -> str:
        return render(self, "en")


def say(text: str, /, **values: Value) -> Message:
    """A translatable text. `text` must be a literal: the extractor reads it from the source."""
    return Message(text, values)


def literal(text: str) -> str:
    """Text as a template that stands for itself: `h_{t-1}` is no field to fill in."""
    return text.replace("{", "{{").replace("}", "}}")


def render(message: Message, language: str) -> str:
    """The message in `language` ("zh" or "en"); nested messages are rendered too."""
    values = {name: _filled_in(value, language) for name, value in message.values.items()}
    return translations(language).gettext(message.text).format(**values)


def _filled_in(value: Value, language: str) -> str | int | float:
    if isinstance(value, tuple):
        return BETWEEN[language].join(str(_filled_in(item, language)) for item in value)
    return render(value, language) if isinstance(value, Message) else value


def unfolded(text: str) -> str:
    """Paragraphs in one line each; so a docstring is a message id, and a terminal folds it."""
    paragraphs = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def default_language(environment: Mapping[str, str] = os.environ) -> str:
    """The reader's language: `ML6_LANG`, else the locale's, else the course's.

    A locale that names no language (C.UTF-8 in a container, or none at all) says nothing about the
    reader: then the course's language counts.
    """
    if chosen := _known(environment.get(SWITCH, "")):
        return chosen
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if named := environment.get(variable):
            return _of_locale(named)
    return _of_locale(locale.getlocale()[0] or "C")


def _known(name: str) -> str:
    return next((each for each in LANGUAGES if name.lower().startswith(each)), "")


def _of_locale(name: str) -> str:
    if name.partition(".")[0].upper() in ("C", "POSIX"):
        return COURSE
    return "zh" if name.lower().startswith(("zh", "chinese")) else "en"


@cache
def translations(language: str) -> gettext.NullTranslations:
    """All catalogues of one language, one falling back on the next."""
    chain = gettext.NullTranslations()
    for catalogue in sorted((HERE / language).glob("*.po")) or sorted(
        (HERE / language).glob("*.mo")
    ):
        loaded = _load(catalogue)
        loaded.add_fallback(chain)
        chain = loaded
    return chain


def _load(catalogue: Path) -> gettext.GNUTranslations:
    compiled = catalogue.with_suffix(".mo")
    if compiled.exists() and compiled.stat().st_mtime >= catalogue.stat().st_mtime:
        return gettext.GNUTranslations(io.BytesIO(compiled.read_bytes()))
    # A checkout whose catalogues were not compiled, or were edited since: compile in memory.
    from babel.messages.mofile import write_mo  # noqa: PLC0415  # a handout has none, and compiled files
    from babel.messages.pofile import read_po  # noqa: PLC0415

    buffer = io.BytesIO()
    with catalogue.open("rb") as file:
        write_mo(buffer, read_po(file, locale=catalogue.parent.name))
    buffer.seek(0)
    return gettext.GNUTranslations(buffer)
