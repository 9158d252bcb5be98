"""A student's report as safe HTML, section by section, for the person who scores.

Markdown is read by the same parser as the evidence, formulas by the kit's one renderer. Raw HTML and
links pass through nh3's list of what may stand on the page; nothing of it is fetched from anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import TYPE_CHECKING

from grader.language import render as words
from grader.language import say
from grader.written import formulas
from grader.written.checklist import is_own
from grader.written.markdown import (
    EMBEDDED,
    MATH_FENCES,
    TooUnusual,
    blocks,
    parser,
    prepared,
)
from grader.written.sections import asked, spans

if TYPE_CHECKING:
    import nh3
    from markdown_it.token import Token

# Gives the address of a picture on the page by the name that the report uses; "" where none came.
PictureAddress = Callable[[str], str]

HTML = {
    "a", "b", "blockquote", "br", "code", "del", "div", "em", "figcaption", "figure", "h1", "h2",
    "h3", "h4", "h5", "h6", "hr", "i", "img", "li", "ol", "p", "pre", "s", "span", "strong", "sub",
    "sup", "table", "tbody", "td", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
# Typora and pasted screenshots write pictures so.
IMAGE = re.compile(
    r"<img\b[^<>]{0,2000}?\bsrc\s*=\s*(?P<quote>[\"']?)(?P<target>[^\"'<>\n]{1,1000}?)(?P=quote)"
    r"(?:\s[^<>]{0,2000})?/?>",
    re.IGNORECASE,
)
# What math-core writes.
MATH = {
    "math", "menclose", "merror", "mfrac", "mi", "mn", "mo", "mover", "mpadded", "mphantom",
    "mroot", "mrow", "mspace", "msqrt", "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr",
    "munder", "munderover", "semantics",
}  # fmt: skip
MATH_ATTRIBUTES = {
    "display", "displaystyle", "scriptlevel", "linethickness", "mathvariant", "lspace", "rspace",
    "maxsize", "minsize", "stretchy", "symmetric", "accent", "accentunder", "height", "width",
    "form", "fence", "separator", "largeop", "movablelimits", "columnalign", "notation",
}  # fmt: skip
# Our own marks: what the template said, a formula that does not parse, a picture that did not come.
CLASSES = {"given", "broken", "absent", "formula"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a student wrote under one heading. `html` is safe to stand on a page."""

    number: str
    html: str


def answers(report: str | None, language: str, address: PictureAddress) -> dict[str, Answer]:
    """Every section of the template that the report answers, by number, and "" for the whole.

    A report that is too unusual to be read as Markdown stands as typed, as a whole.
    """
    if not report:
        return {}
    try:
        text, embedded = prepared(report)
        found = spans(blocks(report), text.count("\n") + 1)
    except TooUnusual:
        return {"": Answer("", f"<pre>{escape(report[:200_000])}</pre>")}
    page = _Page(embedded, language, address)
    lines = text.split("\n")
    whole = {"": Answer("", page.html(text))}
    for span in found:
        below = "\n".join(lines[span.first : span.last])
        # A section may be written in pieces; a heading in bold keeps what stands on its own line.
        before = whole[span.number].html if span.number in whole else ""
        whole[span.number] = Answer(span.number, before + page.html(below))
    return whole | _shared(whole)


def _shared(found: Mapping[str, Answer]) -> dict[str, Answer]:
    """One answer to "2.2" stands for its a, b and c where these have none of their own."""
    return {
        section.number: Answer(section.number, found[section.parent].html)
        for section in asked()
        if section.parent and section.parent in found and section.number not in found
    }


class _Page:
    """Turns Markdown into safe HTML, for one report."""

    def __init__(self, embedded: Sequence[str], language: str, address: PictureAddress) -> None:
        self._embedded = embedded
        self._language = language
        self._address = address

    def html(self, text: str) -> str:
        tokens = parser().parse(text)
        return cleaner().clean("".join(self._block(tokens)))

    def _block(self, tokens: Sequence[Token]) -> list[str]:
        """The HTML of block tokens. Formulas and pictures are ours, the rest is markdown-it's."""
        out = []
        faded = _faded(tokens)
        for number, token in enumerate(tokens):
            if token.type in ("math_block", "math_block_label", "amsmath") or (
                token.type == "fence" and token.info.strip().lower() in MATH_FENCES
            ):
                out.append(self._formula(token.content, display=True))
            elif token.type == "inline":
                out.append(self._inline(token.children or []))
            else:
                if number in faded:
                    token.attrJoin("class", "given")
                out.append(self._raw(token) or _theirs([token]))
        return out

    def _inline(self, tokens: Sequence[Token]) -> str:
        out = []
        for token in tokens:
            if token.type in ("math_inline", "math_inline_double"):
                out.append(self._formula(token.content, display=token.type == "math_inline_double"))
            elif token.type == "image":
                out.append(self._picture(str(token.attrs.get("src", "")), token.content))
            else:
                out.append(self._raw(token) or _theirs([token]))
        return "".join(out)

    def _raw(self, token: Token) -> str:
        """HTML as the student wrote it, each <img> like a picture of Markdown; "" for no HTML."""
        if token.type not in ("html_inline", "html_block"):
            return ""
        return IMAGE.sub(lambda found: self._picture(found["target"], ""), token.content)

    def _formula(self, text: str, *, display: bool) -> str:
        found = formulas.read(text, display=display)
        if found.fault is None:
            tag = "div" if display else "span"
            return f'<{tag} class="formula">{found.html}</{tag}>'
        why = words(found.fault, self._language)
        return f'<code class="broken" title="{escape(why)}">{escape(text.strip())}</code>'

    def _picture(self, target: str, caption: str) -> str:
        if target.startswith(EMBEDDED):
            data = self._embedded[int(target.removeprefix(EMBEDDED))]
            source, target = _kept("img", "src", data), data.partition(";")[0]
        else:
            source = self._address(target)
        if not source:
            words_ = words(say("picture not here: {name}", name=target[:200]), self._language)
            return f'<span class="absent">{escape(words_)}</span>'
        return f'<img src="{escape(source)}" alt="{escape(caption)}">'


def _theirs(tokens: Sequence[Token]) -> str:
    return str(parser().renderer.render(tokens, parser().options, {}))


def _faded(tokens: Sequence[Token]) -> set[int]:
    """Positions of blocks that say only what the template says."""
    return {
        number - 1
        for number, token in enumerate(tokens)
        if token.type == "inline" and number and tokens[number - 1].nesting == 1
        and token.content.strip() and not any(is_own(line) for line in token.content.splitlines())
    }  # fmt: skip


@cache
def cleaner() -> nh3.Cleaner:
    """nh3 with our list. Built once, and tried on a string: a list that contradicts itself panics."""
    import nh3  # noqa: PLC0415  # for the scoring page only

    attributes: dict[str, set[str]] = {tag: set(MATH_ATTRIBUTES) for tag in MATH}
    attributes |= {"img": {"src", "alt", "width", "height"}, "a": {"href"}, "code": {"title"}}
    attributes |= {"td": {"align"}, "th": {"align"}, "ol": {"start"}}
    found = nh3.Cleaner(
        tags=HTML | MATH,
        clean_content_tags={"script", "style", "template", "title", "svg", "iframe", "object"},
        attributes=attributes,
        allowed_classes=dict.fromkeys(("span", "div", "p", "code", "blockquote"), CLASSES),
        url_schemes={"http", "https", "data", "mailto"},
        attribute_filter=_kept,
        link_rel="noopener noreferrer nofollow",
    )
    found.clean("<p class='given'>x</p>")
    return found


def _kept(tag: str, attribute: str, value: str) -> str | None:
    """Pictures come from this page only or stand in the text; links lead outwards, by a click."""
    if tag == "img" and attribute == "src":
        inside = value.startswith("picture/") and re.fullmatch(r"[\w./-]+", value)
        pixels = re.match(r"data:image/(?:png|jpeg|webp|gif);base64,", value)
        return value if inside or pixels else None
    if tag == "a" and value.startswith("data:"):
        return None
    return value
