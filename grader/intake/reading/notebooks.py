"""Notebooks: code cells become the program, Markdown cells the report."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from grader.language import Message, say

# The rest of a cell under one of these is Python that runs once or more in the notebook.
_PYTHON_CELLS = frozenset(
    {"time", "timeit", "capture", "prun", "matplotlib", "python", "python3", "py"}
)
_DROPPED = re.compile(
    r"\s*(?:[%!?]|\w+(?:\.\w+)*\?{1,2}\s*$|[\w, ]+=\s*[%!]|(?:[\w, ]+=\s*)?get_ipython\(\)\.|"
    # The handout's own cells ask otter for public results; here there is no otter.
    # Cells may each begin with this one; a program may only as a whole.
    r"from __future__ import|"
    r"(?:import|from) (?:otter|grader)\b|\w+\s*=\s*otter\.|grader\.(?:check|check_all|export)\()"
)
_TOKEN = re.compile(
    r"(?P<comment>\#.*)|(?P<triple>\"\"\"|''')|\"(?:\\.|[^\"\\\n])*\"?|'(?:\\.|[^'\\\n])*'?"
    r"|(?P<open>[(\[{])|(?P<close>[)\]}])"
)
_FUTURE = "from __future__ import annotations"
EXPORTED = re.compile(r"^# In ?\[", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook as a submission needs it; empty parts are ""."""

    program: str
    report: str
    notes: tuple[Message, ...] = ()


def read_notebook(text: str) -> Notebook:
    """Program and report of a notebook's JSON. Raises what nbformat finds wrong with it."""
    import nbformat  # noqa: PLC0415 - slow to load

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # missing cell ids and the like do not matter here
        cells = nbformat.reads(text, as_version=4).cells  # type: ignore[no-untyped-call]  # nbformat is half typed
    code = [(n, cell.source) for n, cell in enumerate(cells, start=1) if cell.cell_type == "code"]
    parts = [_program_of(number, _plain_lines(source)) for number, source in code]
    future = [_FUTURE] if any("from __future__" in source for _, source in code) else []
    return Notebook(
        program="\n".join([*future, *(part for part, _ in parts)]),
        report="\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown"),
        notes=tuple(note for _, note in parts if note is not None),
    )


def _program_of(number: int, source: str) -> tuple[str, Message | None]:
    """One code cell, line by line as it was, under a comment with its number.

    Jupyter runs cells one by one, so a cell that is no Python costs itself only; it is kept as
    comments, so that the lines below keep their distance.
    """
    body = without_magics(source)
    complaint = _complaint(body)
    if complaint:
        commented = "\n".join(f"# {line}" for line in body.replace("\0", "").split("\n"))
        note = say(
            "Cell {number} of the notebook is no valid Python ({error}) and was left out.",
            number=number,
            error=complaint,
        )
        return f"# [cell {number}] left out\n{commented}\n", note
    return f"# [cell {number}]\n{body}\n", None


def _plain_lines(source: str) -> str:
    return source.replace("\r\n", "\n").replace("\r", "\n")


def _complaint(body: str) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # Compiling executes nothing, and unlike parsing it finds a stray `return`.
            compile(body, "cell", "exec", dont_inherit=True)
    except SyntaxError as error:
        return f"{error.msg}, line {error.lineno}"
    except (ValueError, RecursionError, MemoryError) as error:  # NUL bytes; nesting too deep
        return type(error).__name__
    return ""


def without_magics(source: str) -> str:
    """The cell with IPython's own lines replaced by `pass`, so that blocks and lines stay whole.

    IPython's transformer would tokenise the cell once per magic, which a hostile notebook can
    stretch to minutes; this is one pass that knows strings, brackets and continued lines.
    """
    lines = source.split("\n")
    first = next((n for n, line in enumerate(lines) if line.strip()), 0)
    if lines[first].lstrip().startswith("%%"):
        if not _holds_python(lines[first].strip()):
            return "\n".join(f"# {line}" for line in lines)
        lines[first] = ""
    return "\n".join(_replaced(lines))


def _holds_python(magic: str) -> bool:
    name = re.split(r"\W", magic[2:], maxsplit=1)[0]
    return name in _PYTHON_CELLS or (name == "writefile" and magic.endswith(".py"))


def _replaced(lines: list[str]) -> Iterator[str]:
    scanner = _Scanner()
    shell_goes_on = False
    for line in lines:
        if shell_goes_on:
            shell_goes_on = line.rstrip().endswith("\\")
            yield f"# {line}"
            continue
        dropped = scanner.at_start and _DROPPED.match(line) is not None
        shell_goes_on = dropped and line.rstrip().endswith("\\")
        if dropped:
            indent = line[: len(line) - len(line.lstrip())]
            yield f"{indent}pass  # {line.strip()}".removesuffix("\\")
        else:
            scanner.feed(line)
            yield line


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
