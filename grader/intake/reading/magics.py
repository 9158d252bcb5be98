"""IPython's own lines in a cell made into Python, line by line, so that line numbers stay.

IPython's transformer would tokenise the cell once per magic, which a hostile notebook can stretch
to minutes; this is one pass that knows strings, brackets and continued lines. What runs Python at
home runs here (`%time x = f()`); what asks the shell or shows something does nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# A notebook saved as a program: its cells' headings.
EXPORTED = re.compile(r"^# In ?\[", re.MULTILINE)

# The rest of a cell under one of these is Python that runs once or more in the notebook.
_PYTHON_CELLS = frozenset(
    {"time", "timeit", "capture", "prun", "matplotlib", "python", "python3", "py"}
)
_RUNS = r"(?:time|prun)\b(?:[ \t]+--?[\w-]+)*[ \t]+(?=[^ \t#])"
_ASSIGNS = r"(?P<target>[\w., \t\[\]'\"]+=[ \t]*)"
# `%time f()` and `x = %time f()`: what follows is kept.
_KEPT = re.compile(rf"(?P<indent>[ \t]*)(?:{_ASSIGNS})?%%?{_RUNS}(?P<code>.*)")
_GIVES = re.compile(rf"(?P<indent>[ \t]*){_ASSIGNS}(?:(?P<shell>!)|%)")
_WRITTEN = re.compile(
    r"%%(?:writefile|file)[ \t]+(?P<append>(?:-a|--append)[ \t]+)?(?P<mark>[\"']?)(?P<name>[^\"']+\.py)(?P=mark)"
)
_PYLAB = re.compile(r"(?P<indent>[ \t]*)%pylab\b")
_PYLAB_CODE = "import numpy, matplotlib; from matplotlib import pyplot; np, plt = numpy, pyplot; from pylab import *"
_DROPPED = re.compile(
    r"[ \t]*(?:[%!?]|\w+(?:\.\w+)*\?{1,2}\s*$|"
    # The handout's own cells ask otter for public results; here there is no otter.
    r"(?:import|from) (?:otter|grader)\b|\w+\s*=\s*otter\.|(?:grader|optional)\.(?:check|check_all|export)\(|"
    # Cells may each begin with this one; a program may only as a whole.
    r"from __future__ import)"
)
# Magics that run without their sign while nothing else has the name, and no operator follows.
_AUTOMAGIC = re.compile(
    r"(?P<indent>[ \t]*)(?P<name>pip|conda|mamba|ls|ll|cd|pwd|mkdir|cat|cp|mv|rm|matplotlib|load_ext|"
    r"autoreload|whos?|time|timeit|env|run|history)(?P<rest>[ \t]+(?![-+*/%&|^<>!=]?=|-(?![-\w])|[+*/%&|^<>,;:)\]}]|"
    r"(?:in|is|and|or|not|if|else|for)\b)[^(\[.,:=][^=]*|[ \t]*)$"
)
_AUTOTIME = re.compile(rf"(?P<indent>[ \t]*){_RUNS}(?P<code>[^=(\[.,].*)")
_TOKEN = re.compile(
    r"(?P<comment>\#.*)|(?P<triple>\"\"\"|''')|\"(?:\\.|[^\"\\\n])*\"?|'(?:\\.|[^'\\\n])*'?"
    r"|(?P<open>[(\[{])|(?P<close>[)\]}])"
)


def without_magics(source: str) -> str:
    """The cell with IPython's own lines replaced, so that blocks and lines stay whole."""
    lines = source.split("\n")
    for n, line in enumerate(lines):
        if not line.strip():
            continue
        if not line.lstrip().startswith("%%"):
            break
        if not _holds_python(line.strip()):
            return "\n".join(f"# {line}" for line in lines)
        lines[n] = _written(line) or _capture(line)
    return "\n".join(_replaced(lines))


def _holds_python(magic: str) -> bool:
    name = re.split(r"\W", magic[2:], maxsplit=1)[0]
    return name in _PYTHON_CELLS or _WRITTEN.fullmatch(magic) is not None


def _written(magic: str) -> str:
    """`%%writefile utils.py`: its code runs here, and is a module that other cells may import."""
    found = _WRITTEN.fullmatch(magic.strip())
    return (
        f"get_ipython().write_cell({found['name']!r}, {'wa'[bool(found['append'])]!r})"
        if found
        else ""
    )


def _capture(magic: str) -> str:
    """`%%capture out` makes `out`."""
    found = re.match(r"\s*%%capture\b(?:\s+--[\w-]+)*\s+([A-Za-z_]\w*)", magic)
    return f"{found[1]} = display" if found else ""


def _replaced(lines: list[str]) -> Iterator[str]:
    scanner = _Scanner()
    goes_on = False  # a dropped line's backslash
    for line in lines:
        if goes_on:
            goes_on = line.rstrip().endswith("\\")
            yield f"# {line}"
            continue
        new = _as_python(line) if scanner.at_start else None
        goes_on = new is not None and line.rstrip().endswith("\\") and not new.endswith("\\")
        if new is None:
            new = line
        scanner.feed(new)
        yield new


def _as_python(line: str) -> str | None:
    """What a line that begins a statement becomes; None for one that is Python already."""
    if found := _KEPT.match(line) or _AUTOTIME.match(line):
        target = found.groupdict().get("target") or ""
        return f"{found['indent']}{target}{found['code']}"
    if found := _GIVES.match(line):
        value = "[]" if found["shell"] else "None"
        return f"{found['indent']}{found['target']}{value}  # {line.strip()}".removesuffix("\\")
    if found := _PYLAB.match(line):
        return f"{found['indent']}{_PYLAB_CODE}"
    if _DROPPED.match(line) or _AUTOMAGIC.match(line):
        indent = line[: len(line) - len(line.lstrip())]
        return f"{indent}pass  # {line.strip()}".removesuffix("\\")
    return None


class _Scanner:
    """Whether the next line begins a statement: no open bracket, string or backslash before it."""

    def __init__(self) -> None:
        self._quote = ""
        self._depth = 0
        self._continued = False

    @property
    def at_start(self) -> bool:
        return not (self._quote or self._depth or self._continued)

    def feed(self, line: str) -> None:
        position = self._after_string(line, 0) if self._quote else 0
        comment = False
        while not self._quote and (token := _TOKEN.search(line, position)):
            position = token.end()
            comment = comment or token["comment"] is not None
            self._depth = max(0, self._depth + bool(token["open"]) - bool(token["close"]))
            if token["triple"]:
                self._quote = token["triple"]
                position = self._after_string(line, position)
        self._continued = not self._quote and not comment and line.endswith("\\")

    def _after_string(self, line: str, position: int) -> int:
        """Where the open string ends in this line; it stays open where it does not."""
        end = re.compile(rf"(?:\\.|(?!{self._quote})[^\\])*{self._quote}").match(line, position)
        if end is None:
            return len(line)
        self._quote = ""
        return end.end()
