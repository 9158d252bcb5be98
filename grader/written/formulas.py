"""Whether a LaTeX formula parses, and if not, what is wrong with it.

latex2mathml does the reading. It forgives missing braces and unknown commands, which a student
wants to hear of, so these two are looked for besides.
"""

from __future__ import annotations

import re

from grader.language import Message, say

# Far above any derivation; beyond it nobody reads, and reading costs time.
MOST_CHARACTERS = 4_000
# latex2mathml passes a command that it does not know through as an identifier.
UNKNOWN = re.compile(r"<m[io][^<>]*>\\([A-Za-z]+)</m[io]>")
# Known to every renderer, without a meaning in MathML.
LAYOUT = {"label", "nonumber", "notag", "displaylimits", "allowbreak", "nolimits", "ref", "eqref"}
BRACES = re.compile(r"\\.|([{}])", re.DOTALL)
ENVIRONMENT = re.compile(r"\\(begin|end)\{([^{}]{1,30})\}")
RELATION = re.compile(
    r"[=<>≤≥≈∝→]|\\(?:le|ge|leq|geq|approx|propto|to|equiv|sim|ll|gg|Rightarrow)\b"
)


def fault(formula: str) -> Message | None:
    """What is wrong with the formula; None where it parses. Never raises."""
    if not formula.strip():
        return say("it is empty")
    if len(formula) > MOST_CHARACTERS:
        return say("it has more than {most} characters", most=MOST_CHARACTERS)
    return _unbalanced(formula) or _unreadable(formula)


def is_equation(formula: str) -> bool:
    """Whether the formula says something: it relates two sides and is more than a symbol."""
    return bool(RELATION.search(formula)) and len("".join(formula.split())) > len("a=b+c")


def _unbalanced(formula: str) -> Message | None:
    depth = 0
    for brace in BRACES.finditer(formula):
        depth += {"{": 1, "}": -1}.get(brace.group(1) or "", 0)
        if depth < 0:
            return say("a }} has no {{ before it")
    if depth:
        return say("a {{ has no }}")
    return _crossed(formula)


def _crossed(formula: str) -> Message | None:
    opened: list[str] = []
    for kind, name in ENVIRONMENT.findall(formula):
        if kind == "begin":
            opened.append(name)
        elif not opened or opened.pop() != name:
            return say("\\end{{{name}}} has no \\begin{{{name}}}", name=name)
    return say("\\begin{{{name}}} has no \\end{{{name}}}", name=opened[-1]) if opened else None


def _unreadable(formula: str) -> Message | None:
    from latex2mathml.converter import convert  # noqa: PLC0415  # 0.1 s, for readers of reports only

    if _doubled(formula):
        return say("two backslashes stand where one belongs: \\\\frac is \\frac")
    try:
        mathml = convert(formula)
    except Exception as error:  # noqa: BLE001  # a hostile formula may raise anything; none escapes
        return _told(error)
    unknown = next((name for name in UNKNOWN.findall(mathml) if not _known(name)), None)
    return say("\\{name} is no known command", name=unknown) if unknown else None


def _known(command: str) -> bool:
    """Whether a command means something on its own; after a sizing command it is passed through."""
    from latex2mathml.converter import convert  # noqa: PLC0415  # as above

    try:
        return command in LAYOUT or not UNKNOWN.search(convert(f"\\{command}"))
    except Exception:  # noqa: BLE001  # it asks for arguments, so it is known
        return True


def _doubled(formula: str) -> bool:
    r"""Text pasted from a chat often comes with every backslash doubled: `\\frac{a}{b}`."""
    doubled = re.findall(
        r"\\\\(?:frac|partial|tanh|sum|prod|sigma|cdot|text|left|mathbf)\b", formula
    )
    single = re.findall(r"(?<!\\)\\[A-Za-z]", formula)
    return bool(doubled) and not single


def _told(error: Exception) -> Message:
    texts = {
        "DoubleSuperscriptsError": say("two superscripts follow one another: use braces"),
        "DoubleSubscriptsError": say("two subscripts follow one another: use braces"),
        "MissingSuperScriptOrSubscriptError": say("a ^ or _ has nothing after it"),
        "ExtraLeftOrMissingRightError": say("a \\left has no \\right"),
        "RecursionError": say("it is nested too deeply"),
    }
    return texts.get(type(error).__name__, say("it does not parse"))
