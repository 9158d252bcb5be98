r"""LaTeX formulas: whether one parses, what is wrong with it, and how it looks, as MathML.

The one renderer of the kit: what `pack` tells a student, what counts towards the bonus and what a
page shows are the same reading. math-core does it; what it lacks of valid LaTeX is rewritten before
(`REWRITES`, `MACROS`), and what means nothing on a page (`\label`, the length of a row break) goes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from grader.language import Message, say

if TYPE_CHECKING:
    from math_core import LatexToMathML

# Far above any derivation; beyond it nobody reads, and reading costs time.
MOST_CHARACTERS = 4_000
MOST_NESTED = 100
RELATION = re.compile(
    r"[=<>≤≥≈∝→]|\\(?:le|ge|leq|geq|approx|propto|to|equiv|sim|ll|gg|Rightarrow)\b"
)
DOUBLED = re.compile(r"\\\\(?:frac|partial|tanh|sum|prod|sigma|cdot|text|left|mathbf)\b")
BRACES = re.compile(r"\\.|([{}])", re.DOTALL)

MACROS = {
    "mbox": r"\text{#1}",
    "hbox": r"\text{#1}",
    "textsuperscript": r"{}^{\text{#1}}",
    "textsubscript": r"{}_{\text{#1}}",
    "nicefrac": r"{#1}/{#2}",
    "ensuremath": r"{#1}",
    "hfill": r"\quad",
    "hfil": r"\quad",
    "substack": r"\begin{matrix}#1\end{matrix}",
    "mathbbm": r"\mathbb{#1}",
    "mathds": r"\mathbb{#1}",
    "pmb": r"\boldsymbol{#1}",
    "intertext": r"\text{#1}",
    "ref": r"\text{#1}",
    "eqref": r"\text{(#1)}",
    "href": r"{#2}",
}
# Valid LaTeX that math-core does not take, or prints as it stands.
REWRITES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\\label\s*\{[^{}]*\}|\\(?:nonumber|notag|allowbreak|displaylimits)\b"), ""),
    (re.compile(r"\\tag\*?\s*\{([^{}]*)\}"), r"\\qquad\\text{(\1)}"),
    (re.compile(r"\\\\\*?\s*\[\s*-?[\d.]+\s*[a-z]{2}\s*\]"), r"\\\\ "),
    (re.compile(r"\\begin\{(aligned|gathered|alignedat)\}\s*\[[tcb]\]"), r"\\begin{\1}"),
    (re.compile(r"\\(begin|end)\{split\}"), r"\\\1{aligned}"),
    (re.compile(r"\\(begin|end)\{smallmatrix\}"), r"\\\1{matrix}"),
    (re.compile(r"\\(begin|end)\{(?:flalign|alignat)\*?\}(?:\s*\{\d\})?"), r"\\\1{align*}"),
    (re.compile(r"\\begin\{eqnarray\*?\}"), r"\\begin{array}{rcl}"),
    (re.compile(r"\\end\{eqnarray\*?\}"), r"\\end{array}"),
    (re.compile(r"\\left\s*<"), r"\\left\\langle "),
    (re.compile(r"\\right\s*>"), r"\\right\\rangle "),
    (re.compile(r"\\(?:text)?color\s*\{#[0-9A-Fa-f]{3,6}\}|\\colorbox\s*\{\w+\}"), ""),
    (re.compile(r"\\(?:vspace|require)\*?\s*\{[^{}]*\}|\\(?:centering|par|allowdisplaybreaks|tiny|small|normalsize|large|Large|LARGE|huge|Huge)\b"), ""),
    (re.compile(r"\\mathop\s*\{\s*(?:\\(?:rm|mathrm)\s*)?\{?(\w+)\}?\s*\}\s*\\limits"), r"\\operatorname*{\1}"),
    (re.compile(r"\\DeclareMathOperator\*?\s*\{?\\(\w+)\}?\s*\{([^{}]*)\}"), r"\\def\\\1{\\operatorname{\2}}"),
)  # fmt: skip
TEXT = re.compile(r"\\(?:text|mbox|hbox|textrm|textbf|textit|texttt)\s*\{([^{}]*)\}")
# math-core writes its invisible operators as HTML entities.
APPLICATION = ("&ApplyFunction;", "\u2061")

# What math-core says (0.9, without colours), and what a student reads.
REASONS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Message]], ...] = (
    (re.compile(r'Unknown command "\\(\w+)"'),
     lambda found: say("\\{name} is no known command", name=found[1])),
    (re.compile(r'Unknown environment "([^"]*)"'),
     lambda found: say("there is no environment {name}", name=found[1])),
    (re.compile(r'Expected closing token "\\right"'), lambda _: say("a \\left has no \\right")),
    (re.compile(r'Unmatched closing token: "\\right"'), lambda _: say("a \\right has no \\left")),
    (re.compile(r'Expected closing token "\\end'), lambda _: say("a \\begin has no \\end")),
    (re.compile(r'Expected "\\end\{|Unmatched closing token: "\\end'),
     lambda _: say("an \\end does not close what was begun")),
    (re.compile(r'Expected closing token "\}"'), lambda _: say("a {{ has no }}")),
    (re.compile(r'Unmatched closing token: "\}"'), lambda _: say("a }} has no {{ before it")),
    (re.compile(r"directly followed by|Duplicate sub"),
     lambda _: say("two superscripts or subscripts follow one another: use braces")),
    (re.compile(r"Expected argument"), lambda _: say("a command, ^ or _ has nothing after it")),
    (re.compile(r'Found "&"'), lambda _: say("an & stands outside of any table or aligned lines")),
    (re.compile(r"Hard limit|Too many expansions"), lambda _: say("it is nested too deeply")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that was read: its MathML, or why there is none."""

    html: str  # a <math> element; HTML, not XML
    fault: Message | None


def read(formula: str, *, display: bool = True) -> Formula:
    """The formula as MathML, or what is wrong with it. Never raises."""
    fault = _hopeless(formula)
    if fault is not None:
        return Formula("", fault)
    try:
        html = _converter().convert_with_local_state(_prepared(formula), displaystyle=display)
    except Exception as error:  # noqa: BLE001  # LatexError has no public parent; a hostile formula may raise anything
        return Formula("", _told(str(error)))
    return Formula(html.replace(*APPLICATION), None)


def fault(formula: str) -> Message | None:
    """What is wrong with the formula; None where it parses. Never raises."""
    return read(formula).fault


def is_equation(formula: str) -> bool:
    """Whether the formula says something: it relates two sides and is more than a symbol."""
    return bool(RELATION.search(formula)) and len("".join(formula.split())) > len("a=b+c")


def _hopeless(formula: str) -> Message | None:
    """What needs no reading, or must not be read."""
    if not formula.strip():
        return say("it is empty")
    if len(formula) > MOST_CHARACTERS:
        return say("it has more than {most} characters", most=MOST_CHARACTERS)
    if _depth(formula) > MOST_NESTED:
        return say("it is nested too deeply")
    if _doubled(formula):
        return say("two backslashes stand where one belongs: \\\\frac is \\frac")
    return None


def _depth(formula: str) -> int:
    """How deep braces, or commands that take the next thing, follow one another."""
    depth = deepest = 0
    for brace in BRACES.finditer(formula):
        depth += {"{": 1, "}": -1}.get(brace.group(1) or "", 0)
        deepest = max(deepest, depth)
    chains: list[str] = re.findall(r"(?:\\[A-Za-z]+\s*)+", formula)
    return max(deepest, *(chain.count("\\") for chain in chains), 0)


def _doubled(formula: str) -> bool:
    r"""Text pasted from a chat often comes with every backslash doubled: `\\frac{a}{b}`."""
    single = re.findall(r"(?<!\\)\\[A-Za-z]", formula)
    return bool(DOUBLED.search(formula)) and not single


def _prepared(formula: str) -> str:
    for pattern, instead in REWRITES:
        formula = pattern.sub(instead, formula)
    return TEXT.sub(_plain_text, formula)


def _plain_text(found: re.Match[str]) -> str:
    r"""`\text{W_hh}`, as MathJax and KaTeX read it: the signs stand for themselves."""
    inside = found[1]
    escaped = re.sub(r"(?<!\\)([_%#&])", r"\\\1", inside)
    whole, start = found[0], found.start(1) - found.start()
    return whole[:start] + escaped.replace("$", "") + whole[start + len(inside) :]


@cache
def _converter() -> LatexToMathML:
    from math_core import LatexToMathML  # noqa: PLC0415  # for readers of reports only

    return LatexToMathML(macros=MACROS, allow_unreliable_rendering=True, fancy_error=False)


def _told(reason: str) -> Message:
    for pattern, words in REASONS:
        if found := pattern.search(reason):
            return words(found)
    return say("it does not parse")
