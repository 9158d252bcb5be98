"""A student's Markdown as a flat list of blocks: headings, text, formulas, pictures.

Works on text alone and opens nothing. Embedded pictures are taken out first, then everything that
is left is capped: markdown-it needs quadratic time for some inputs (200 kB of a lone bracket
took seconds, of an opened environment two minutes), and an honest report is far below every cap.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

MOST_CHARACTERS = 100_000
# How often a construct may be opened; thirty times what the longest honest report seen needs.
MOST_OPENED = {"\\begin{": 200, "![": 1_000, "[": 5_000, "$": 10_000}

# Brackets as delimiters become dollars, line by line where they stood, so that one rule reads
# both; "\\\\[2pt]", a line break inside a formula, is none.
BRACKETS = (
    (re.compile(r"(?<!\\)\\\$"), "＄"),  # an escaped dollar is a price
    (re.compile(r"(?<!\\)\\[\[\]]"), "$$"),
    (re.compile(r"(?<!\\)\\[()]"), "$"),
)

DATA_URI = re.compile(r"data:[a-z0-9.+/-]{1,60};base64,[A-Za-z0-9+/=%]*", re.IGNORECASE)
EMBEDDED = "embedded-picture-"
IMAGE_TAG = re.compile(r"<img\b[^<>]{0,2000}?\bsrc\s*=\s*[\"']?([^\"'<>\s]{1,1000})", re.IGNORECASE)
TAG = re.compile(r"<[^<>]{0,2000}>")
MATH_BLOCKS = ("math_block", "math_block_label", "amsmath")
MATH_INLINE = ("math_inline", "math_inline_double")
MATH_FENCES = ("math", "latex", "tex", "katex")
# Not a link to markdown-it, because of a blank in the path, but meant as one.
LOOSE_PICTURE = re.compile(r"!\[[^\]\n]{0,200}\]\(([^()\n]{1,300})\)")
# "\begin{aligned}" and the like inside a text are broken formulas.
LOOSE_MATH = re.compile(r"\$\$?|\\begin\{\w+\*?\}|\\end\{\w+\*?\}")
PRICE = re.compile(r"\$\d")


class TooUnusual(ValueError):
    """The report is longer, or opens more constructs, than any honest one: look at it by hand."""


@dataclass(frozen=True, slots=True)
class Block:
    """One block. `level` is 1 to 6 for a heading, 0 for all else."""

    text: str
    line: int  # 1-based, in the report without its embedded pictures (each stays on its line)
    level: int = 0
    bold: bool = False  # the first line of a paragraph stands in bold: perhaps a heading
    formulas: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()  # targets as written: data URIs, paths, addresses
    loose: tuple[str, ...] = ()  # delimiters of formulas and pictures that found no partner


def blocks(report: str) -> tuple[Block, ...]:
    """Cut a report into blocks. Raises `TooUnusual`."""
    text, embedded = prepared(report)
    return tuple(_restore(block, embedded) for block in _flatten(parser().parse(text)))


def prepared(report: str) -> tuple[str, list[str]]:
    """The text that `parser` reads, line by line as the report's, and the pictures embedded in it.

    In their place stand names that begin with `EMBEDDED`. Raises `TooUnusual`.
    """
    text, embedded = _take_out_pictures(_uncommented(report))
    for bracket, dollar in BRACKETS:
        text = bracket.sub(dollar, text)
    _refuse_unusual(text)
    return text, embedded


def _uncommented(text: str) -> str:
    """The text without its HTML comments; lines keep their numbers. Linear, unlike a pattern."""
    kept, position = [], 0
    while (start := text.find("<!--", position)) >= 0 and (end := text.find("-->", start)) >= 0:
        kept += [text[position:start], "\n" * text.count("\n", start, end)]
        position = end + len("-->")
    return "".join([*kept, text[position:]])


def _take_out_pictures(report: str) -> tuple[str, list[str]]:
    embedded: list[str] = []

    def keep(found: re.Match[str]) -> str:
        embedded.append(found.group())
        return f"{EMBEDDED}{len(embedded) - 1}"

    return DATA_URI.sub(keep, report), embedded


def _refuse_unusual(text: str) -> None:
    if len(text) > MOST_CHARACTERS:
        raise TooUnusual(f"{len(text)} characters")
    for opener, most in MOST_OPENED.items():
        if text.count(opener) > most:
            raise TooUnusual(f"{opener!r} {text.count(opener)} times")


@cache
def parser() -> MarkdownIt:
    """Markdown as reports are written in it: tables, and formulas however delimited."""
    # Imported here: only who reads a report pays for it.
    from markdown_it import MarkdownIt  # noqa: PLC0415
    from mdit_py_plugins.amsmath import amsmath_plugin  # noqa: PLC0415
    from mdit_py_plugins.dollarmath import dollarmath_plugin  # noqa: PLC0415

    reader = MarkdownIt("commonmark").enable("table")
    reader.use(dollarmath_plugin, allow_space=True, allow_digits=True, double_inline=True)
    return reader.use(amsmath_plugin)


def _flatten(tokens: Sequence[Token]) -> Iterator[Block]:
    level, line = 0, 1
    for token in tokens:
        line = token.map[0] + 1 if token.map else line
        if token.type == "heading_open":
            level = int(token.tag[1:])
        elif token.type == "heading_close":
            level = 0
        elif token.type == "inline":
            yield _inline(token, line, level)
        elif token.type in MATH_BLOCKS or (
            token.type == "fence" and token.info.strip().lower() in MATH_FENCES
        ):
            yield Block("", line, formulas=(token.content.strip(),))
        elif token.type in ("fence", "code_block"):
            yield Block(token.content, line)
        elif token.type == "html_block":
            yield Block(_untagged(token.content), line, pictures=_tagged_pictures(token.content))


def _inline(token: Token, line: int, level: int) -> Block:
    children = token.children or []
    text = "".join(_spoken(child) for child in children)
    # Code stays out of the search for loose delimiters: "`$`" is meant as it stands.
    prose = "".join(_spoken(child) for child in children if child.type != "code_inline")
    return Block(
        text=text,
        line=line,
        level=level,
        bold=any(child.type == "strong_open" for child in children[:2]),
        formulas=tuple(child.content.strip() for child in children if child.type in MATH_INLINE),
        pictures=tuple(_pictures(children)),
        loose=_loose(prose),
    )


def _spoken(child: Token) -> str:
    if child.type in ("softbreak", "hardbreak"):
        return "\n"
    return child.content if child.type in ("text", "code_inline", "text_special") else ""


def _loose(prose: str) -> tuple[str, ...]:
    marks = [found.group() for found in LOOSE_MATH.finditer(PRICE.sub("", prose))]
    return (*marks, *(f"![]({found.group(1)})" for found in LOOSE_PICTURE.finditer(prose)))


def _pictures(children: Sequence[Token]) -> Iterator[str]:
    for child in children:
        if child.type == "image":
            yield unquote(str(child.attrs.get("src", "")))
        elif child.type == "html_inline":
            yield from _tagged_pictures(child.content)


def _tagged_pictures(html: str) -> tuple[str, ...]:
    return tuple(unquote(found.group(1)) for found in IMAGE_TAG.finditer(html))


def _untagged(html: str) -> str:
    return TAG.sub("", html)


def _restore(block: Block, embedded: Sequence[str]) -> Block:
    return replace(block, pictures=tuple(_original(p, embedded) for p in block.pictures))


def _original(picture: str, embedded: Sequence[str]) -> str:
    number = picture.removeprefix(EMBEDDED)
    known = picture != number and number.isdecimal() and int(number) < len(embedded)
    return embedded[int(number)] if known else picture
