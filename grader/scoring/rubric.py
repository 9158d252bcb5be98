"""`solutions/rubric.toml`: what each section of the report is worth, and what for."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import msgspec

from grader.assignment import load as load_assignment
from grader.faults import KitFault
from grader.written.sections import asked

PATH = Path(__file__).parents[2] / "solutions" / "rubric.toml"


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that a reader toggles: points (negative for a mistake) and words by language."""

    key: str
    points: float
    text: dict[str, str]


class RubricSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One section of the report. `full`: what full marks need; `lecture`: where it was taught."""

    number: str  # "1.4", "2.2a"
    points: float
    lecture: str
    full: dict[str, str]
    items: tuple[Item, ...]

    @property
    def question(self) -> str:
        return f"q{self.number.partition('.')[0]}"


class Rubric(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All sections in the order of the template, and what earns the bonus."""

    section: tuple[RubricSection, ...]
    bonus: tuple[Item, ...]

    def of(self, number: str) -> RubricSection:
        """The section with this number. Raises KeyError."""
        return {section.number: section for section in self.section}[number]


@cache
def load(path: Path = PATH) -> Rubric:
    """The rubric. KitFault with file, place and remedy where it is not as it must be."""
    try:
        rubric = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Rubric)
    except (OSError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise KitFault(f"{path.name}: {error}. Mend it and start again.") from error
    for complaint in _complaints(rubric):
        raise KitFault(f"{path.name}: {complaint}. Mend it and start again.")
    return rubric


def _complaints(rubric: Rubric) -> list[str]:
    """What does not fit the template or the table of points."""
    wanted = [section.number for section in asked()]
    given = [section.number for section in rubric.section]
    if given != wanted:
        odd = sorted(set(wanted) ^ set(given)) or given
        return [f"its sections are not those of the report template ({', '.join(odd)})"]
    return [
        *_wrong_points(rubric),
        *(
            f"section {section.number}: the key of an item occurs twice"
            for section in rubric.section
            if len({item.key for item in section.items}) < len(section.items)
        ),
    ]


def _wrong_points(rubric: Rubric) -> list[str]:
    found = []
    for question in (each for each in load_assignment().questions if each.written):
        total = sum(each.points for each in rubric.section if each.question == question.name)
        if abs(total - question.points) > 1e-9:  # noqa: PLR2004  # rounding
            found.append(
                f"the sections of {question.name} are worth {total:g}, assignment.toml says "
                f"{question.points:g}"
            )
    bonus = sum(item.points for item in rubric.bonus)
    if bonus > load_assignment().assignment.bonus:
        found.append(f"the bonus adds up to {bonus:g}, assignment.toml allows less")
    return found
