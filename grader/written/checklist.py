"""What can be said about the written part without understanding it.

Per section of the template: answered or not, how much, which formulas parse, which pictures open.
It pays no points: a person scores, and finds these lines beside the result; a student sees the
same as a checklist. Nothing is opened but the bytes that are given.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from grader.handout import template
from grader.language import Message, say
from grader.written import formulas, report_images, sections
from grader.written.markdown import Block, TooUnusual, blocks

# Less is no answer: "略", "TODO", one word.
LEAST_CHARACTERS = 20
# Reading a formula or a picture costs time; nobody's report has more of them.
MOST_FORMULAS = 300
MOST_PICTURES = 60


class State(StrEnum):
    """How a section stands."""

    FILLED = "filled"
    SHORT = "short"
    TEMPLATE = "template"  # nothing there but the template's own words
    MISSING = "missing"  # no heading like this


@dataclass(frozen=True, slots=True)
class BrokenFormula:
    """A formula that does not parse: its beginning, its line and why."""

    text: str
    line: int
    why: Message


@dataclass(frozen=True, slots=True)
class Section:
    """What was found under one heading of the template."""

    question: str
    number: str
    titles: tuple[str, ...]
    state: State
    characters: int = 0  # without blanks and without the template's words
    formulas: int = 0  # that parse
    equations: int = 0  # ... and relate two sides
    broken: tuple[BrokenFormula, ...] = ()
    figures: int = 0  # own pictures that open
    unseen: tuple[str, ...] = ()  # pictures that were not sent along, or do not open
    loose: tuple[tuple[int, str], ...] = ()  # line and delimiter without a partner


@dataclass(frozen=True, slots=True)
class Evidence:
    """A report's checklist."""

    sections: tuple[Section, ...] = ()
    unusual: str = ""  # why the report was not looked into

    def of(self, question: str) -> tuple[Section, ...]:
        return tuple(section for section in self.sections if section.question == question)

    @property
    def open_sections(self) -> tuple[Section, ...]:
        return tuple(section for section in self.sections if section.state is not State.FILLED)


def collect(report: str, files: Mapping[str, bytes] | None = None) -> Evidence:
    """Look through a report. `files`: pictures that came with it, by the name it uses for them."""
    try:
        found = sections.assign(blocks(report))
    except TooUnusual as why:
        return Evidence(unusual=str(why))
    budget = _Budget(files or {})
    return Evidence(tuple(_section(asked, found, budget) for asked in sections.asked()))


def notes(evidence: Evidence) -> tuple[Message, ...]:
    """The evidence in a few sentences, for the person who scores."""
    if evidence.unusual:
        return (
            say("The report is too unusual to be looked through ({why}).", why=evidence.unusual),
        )
    questions = dict.fromkeys(section.question for section in evidence.sections)
    return (*(_note(name, evidence.of(name)) for name in questions), _bonus_note(evidence))


def section_notes(section: Section) -> tuple[Message, ...]:
    """What can be said of one section, each thing in a line; nothing where all is in order."""
    states = {
        State.MISSING: say("no heading like this"),
        State.TEMPLATE: say("nothing but the template's own words"),
        State.SHORT: say("hardly an answer"),
    }
    notes = [states[section.state]] if section.state in states else []
    notes.append(
        say(
            "{characters} characters, {formulas} formulas, {figures} pictures",
            characters=section.characters,
            formulas=section.formulas,
            figures=section.figures,
        )
    )
    notes += [
        say("line {line}: {formula} – {why}", line=one.line, formula=one.text, why=one.why)
        for one in section.broken
    ]
    notes += [say("picture not here: {name}", name=name) for name in section.unseen]
    return tuple(notes)


def _note(question: str, parts: Sequence[Section]) -> Message:
    filled = [part for part in parts if part.state is State.FILLED]
    return say(
        "{question}: {filled} of {all} sections answered{open}, {characters} characters, "
        "{formulas} formulas that parse, {broken} that do not, {figures} pictures",
        question=question,
        filled=len(filled),
        all=len(parts),
        open=_open(parts),
        characters=sum(part.characters for part in parts),
        formulas=sum(part.formulas for part in parts),
        broken=sum(len(part.broken) for part in parts),
        figures=sum(part.figures for part in parts),
    )


def _open(parts: Sequence[Section]) -> Message | str:
    left = [part.number for part in parts if part.state is not State.FILLED]
    return say(" (open: {numbers})", numbers=tuple(left)) if left else ""


def _bonus_note(evidence: Evidence) -> Message:
    return say(
        "bonus: {equations} equations in LaTeX that parse in Part 3, {figures} own pictures that open",
        equations=sum(section.equations for section in evidence.of("q3")),
        figures=sum(section.figures for section in evidence.sections),
    )


class _Budget:
    """What may still be read of one report, and the pictures that came with it."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files
        self.formulas = MOST_FORMULAS
        self.pictures = MOST_PICTURES

    def fault(self, formula: str) -> Message | None:
        self.formulas -= 1
        return formulas.fault(formula) if self.formulas >= 0 else say("it is one of too many")

    def opens(self, target: str) -> bool:
        self.pictures -= 1
        if self.pictures < 0:
            return False
        data = (
            report_images.from_data_uri(target)
            if target.startswith("data:")
            else self.files.get(target)
        )
        return data is not None and report_images.mime_type(data) is not None


def _section(asked: sections.Asked, found: Mapping[str, list[Block]], budget: _Budget) -> Section:
    answer = found.get(asked.number)
    if answer is None and asked.parent:
        # One answer to "2.2" may cover its a, b and c; it is counted with the first of them.
        return _shared(asked, found, budget)
    if answer is None:
        return Section(asked.question, asked.number, asked.titles, State.MISSING)
    return _looked_through(asked, answer, budget)


def _shared(asked: sections.Asked, found: Mapping[str, list[Block]], budget: _Budget) -> Section:
    whole = _looked_through(asked, found.get(asked.parent, []), budget)
    if whole.state is not State.FILLED:
        return Section(asked.question, asked.number, asked.titles, State.MISSING)
    if asked.number.endswith("a"):
        return whole
    return Section(asked.question, asked.number, asked.titles, State.FILLED)


def _looked_through(asked: sections.Asked, answer: Sequence[Block], budget: _Budget) -> Section:
    characters = sum(
        len("".join(line.split())) for block in answer for line in _own_lines(block.text)
    )
    given = _template_formulas()
    written = [
        (text, block.line)
        for block in answer
        for text in block.formulas
        if "".join(text.split()) not in given
    ]
    broken = tuple(_broken(written, budget))
    failed = {one.text for one in broken}
    good = [text for text, _ in written if _excerpt(text) not in failed]
    targets = [target for block in answer for target in block.pictures]
    seen = [target for target in targets if budget.opens(target)]
    state = _state(characters, bool(written or seen), bool(answer))
    return Section(
        asked.question,
        asked.number,
        asked.titles,
        state,
        characters,
        formulas=len(good),
        equations=sum(formulas.is_equation(text) for text in dict.fromkeys(good)),
        broken=broken,
        figures=len(set(seen)),
        unseen=tuple(target[:200] for target in targets if target not in seen),
        loose=tuple((block.line, mark) for block in answer for mark in block.loose),
    )


def _state(characters: int, shown: bool, any_block: bool) -> State:  # noqa: FBT001  # one private caller
    if characters >= LEAST_CHARACTERS or shown:
        return State.FILLED
    if characters:
        return State.SHORT
    return State.TEMPLATE if any_block else State.SHORT


def _broken(written: Sequence[tuple[str, int]], budget: _Budget) -> Iterator[BrokenFormula]:
    for text, line in written:
        why = budget.fault(text)
        if why is not None:
            yield BrokenFormula(_excerpt(text), line, why)


def _excerpt(formula: str) -> str:
    return " ".join(formula.split())[:60]


def _own_lines(text: str) -> Iterator[str]:
    return (line for line in text.splitlines() if _key(line) and is_own(line))


def is_own(text: str) -> bool:
    """Whether the template does not say this already, blanks and punctuation aside."""
    return _key(text) not in _template_key()


@cache
def _template_formulas() -> frozenset[str]:
    given = blocks(template.report())
    return frozenset("".join(text.split()) for block in given for text in block.formulas)


@cache
def _template_key() -> str:
    return _key(template.report())


def _key(text: str) -> str:
    return "".join(
        mark for mark in unicodedata.normalize("NFKC", text).casefold() if mark.isalnum()
    )
