"""Templates to pages: Jinja2 with autoescape, strict names, and a policy that allows no stranger.

A page is one file. Its content security policy names the hash of its one style sheet and its one
script and refuses all else: no other host, no inline handler, no style attribute, no frame.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from grader import contract
from grader.language import Message, render
from grader.reports.clean_message import (
    clean,
    one_line,
    percent,
    points,
)

TEMPLATES = Path(__file__).with_name("templates")
# A call as we write it in messages, a documented class, a name with an underscore.
CODE = re.compile(
    r"`[^`\n]{1,60}`|"
    r"\b[A-Za-z_][\w.]{2,40}\((?!s\))(?:[^()\n]|\([^()\n]{0,60}\)){0,80}\)"
    rf"|\b(?:{'|'.join(contract.ALL_CLASSES)})(?:\.\w+)*"
    r"|\b\w{1,40}_(?:\{[^{}\s]{1,12}\}|\w{1,40}(?:\.\w+)*)"
)


def page(
    template: str, language: str, *, sheets: Sequence[str] = ("page.css",), **values: Any
) -> str:
    """Render a template. It may call `say("English literal", named=...)`, as the code does."""
    style, script = "".join(map(asset, sheets)), asset("report.js")
    return (
        environment()
        .get_template(template)
        .render(
            language=language,
            language_tag={"zh": "zh-CN"}.get(language, language),
            say=sayer(language),
            style=Markup(style),  # noqa: S704 -- our own file
            script=Markup(script),  # noqa: S704 -- our own file
            style_hash=policy_hash(style),
            script_hash=policy_hash(script),
            **values,
        )
    )


def sayer(language: str) -> Callable[..., str]:
    def say(text: str, /, **values: Any) -> str:
        return clean(render(Message(text, values), language))

    return say


@cache
def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(points=points, percent=percent, one_line=one_line, code=code)
    return made


def code(text: str) -> Markup:
    """Escape a sentence and set the names of programs in it as code."""
    parts, end = [], 0
    for found in CODE.finditer(text):
        name = found[0].strip("`")
        parts += [escape(text[end : found.start()]), Markup("<code>{}</code>").format(name)]
        end = found.end()
    return Markup("").join([*parts, escape(text[end:])])


@cache
def asset(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def policy_hash(content: str) -> str:
    """Write the `'sha256-...'` source of CSP Level 2, section 4.2.5, for an inline element."""
    digest = sha256(content.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"
