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
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from importlib.util import cache_from_source
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
    if sources := sorted((HERE / language).glob("*.po")):
        return gettext.GNUTranslations(io.BytesIO(_compiled(language, sources)))
    chain = gettext.NullTranslations()
    for catalogue in sorted((HERE / language).glob("*.mo")):  # of a handout
        with catalogue.open("rb") as file:
            loaded = gettext.GNUTranslations(file)
        loaded.add_fallback(chain)
        chain = loaded
    return chain


def _compiled(language: str, sources: Sequence[Path]) -> bytes:
    """The catalogues of a checkout as one; kept where Python keeps what it compiles, if it does."""
    texts = [source.read_bytes() for source in sources]
    stamp = sha256(b"\0".join(texts)).digest()
    kept = Path(cache_from_source(str(HERE / language / "all.py"))).with_suffix(".mo")
    with suppress(OSError):
        content = kept.read_bytes()
        if content.startswith(stamp):
            return content[len(stamp) :]
    made = _merged(language, texts)
    if not sys.dont_write_bytecode:
        with suppress(OSError):
            _keep(kept, stamp + made)
    return made


def _merged(language: str, texts: Sequence[bytes]) -> bytes:
    """Catalogues as one compiled one, in which a later one overrules an earlier."""
    from babel.messages import Catalog  # noqa: PLC0415  # a handout has none, and compiled files
    from babel.messages.mofile import write_mo  # noqa: PLC0415
    from babel.messages.pofile import read_po  # noqa: PLC0415

    messages = {
        message.id: message
        for text in texts
        for message in read_po(io.BytesIO(text), locale=language)
        if message.id and message.string and not message.fuzzy
    }
    merged = Catalog(language)
    for name, message in messages.items():
        merged[name] = message
    buffer = io.BytesIO()
    write_mo(buffer, merged)
    return buffer.getvalue()


def _keep(path: Path, content: bytes) -> None:
    """Write the whole file or none: another process may read it now. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    own = path.with_suffix(f".{os.getpid()}")
    own.write_bytes(content)
    own.replace(path)
