"""A student's program, as far as questions can be asked about it."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from grader.diagnosis.repair.edits import called
from grader.diagnosis.repair.program import Program, Unit, is_harmless
from grader.integrity.dossier.oral_question import Excerpt

LONGEST_LINE = 220
LINES = 6  # shown of a statement


@dataclass(frozen=True)
class OwnProgram:
    """A program that parses. `functions` by what they are for, none in two places."""

    program: Program
    functions: dict[str, tuple[Unit, ...]]
    refused: tuple[str, ...]  # of which no line is changed and run: they do more than compute
    file: str = ""  # its name, where it is a second one

    @classmethod
    def of(cls, source: str, file: str = "") -> OwnProgram:
        """Raises SyntaxError, ValueError, RecursionError or MemoryError where it does not parse."""
        program = Program(source)
        seen: set[Unit] = set()
        refused: list[str] = []
        functions: dict[str, tuple[Unit, ...]] = {}
        for topic, (subject, method) in TOPICS.items():
            units = [u for u in program.reachable(subject, method) if u not in seen]
            seen.update(units)
            functions[topic] = tuple(units) if is_harmless(units) else ()
            refused += [topic] if units and not functions[topic] else []
        return cls(program, functions, tuple(refused), file)

    def excerpt(self, lines: tuple[int, int]) -> Excerpt:
        """These lines as they stand there, without the blanks that all of them begin with."""
        text = self.program.text.decode().splitlines()[lines[0] - 1 : lines[1]][:LINES]
        return Excerpt(lines[0], dedented(text), file=self.file)

    def has_one_meaning(self, topic: str, unit: Unit) -> bool:
        """Whether a function is the class's own and called in one place: else its lines mean more."""
        subject, method = TOPICS[topic]
        first = self.program.method(subject, method)
        if first is None or unit is first:
            return unit is first
        calls = [one for one in ast.walk(self.program.tree) if isinstance(one, ast.Call)]
        return unit.owner == first.owner and sum(called(one) == unit.name for one in calls) == 1

    def function_named(self, name: str) -> Unit | None:
        return next((u for u in self.program.units if not u.owner and u.name == name), None)


TOPICS = {
    "forward": ("SimpleRNN", "forward"),
    "backward": ("SimpleRNN", "backward"),
    "update": ("SimpleRNN", "update_parameters"),
    "cell": ("LSTMCell", "forward"),
}


def dedented(lines: list[str]) -> tuple[str, ...]:
    """Without the blanks that every line begins with, and without the rest of endless lines."""
    lines = [line.replace("\t", "    ").rstrip() for line in lines]
    margin = min((len(line) - len(line.lstrip()) for line in lines if line), default=0)
    return tuple(line[margin:][:LONGEST_LINE] for line in lines)
