"""What a reader works on: who is to be scored, in which order and under which name, and how far it is.

Blind by default: a student is a short hash that only this OUT's secret relates to an id, and each section
has an order of its own, so that nobody is always read first.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from grader.language import Message, render, say
from grader.records import ReportPicture
from grader.results import alike
from grader.results.alike import SharedPassage
from grader.results.reader import StoreReader
from grader.scoring import interviews
from grader.scoring import marks as scored
from grader.scoring.alike_evidence import by_section
from grader.scoring.answers import Answer, answers
from grader.scoring.marks import APART, BONUS, ORAL, Mark
from grader.scoring.rubric import Item, Rubric, RubricSection
from grader.scoring.score_store import ScoreStore
from grader.scoring.shown_pictures import DIGEST, by_name, shown
from grader.written import checklist
from grader.written.oral_marks import MOST_MARK

PICTURES = "pictures"
MOST_CHANGES = 100
KEPT = 64  # rendered reports held ready: the last, the next, and those looked back at


@dataclass(frozen=True, slots=True)
class ReadReport:
    """One student's report as it is shown: HTML by section, and what is known without reading."""

    answers: Mapping[str, Answer]
    evidence: checklist.Evidence
    has_report: bool
    photos: tuple[str, ...] = ()  # addresses of pictures beside the report that it does not show


class Desk:
    """One reader at one OUT folder. Methods give plain data for the page; ids are hashed."""

    def __init__(
        self, out: Path, rubric: Rubric, store: ScoreStore, reader: str, *, blind: bool = True
    ) -> None:
        self.out, self.rubric, self.store, self.reader, self.blind = (
            out,
            rubric,
            store,
            reader,
            blind,
        )
        self._secret = store.salt()
        self._by_code: dict[str, str] = {}
        self.come_in()
        self._rendered = lru_cache(maxsize=KEPT)(self._render)

    # -- who -----------------------------------------------------------------------------------

    def come_in(self) -> None:
        """Look who is there: a batch may be running on the same folder."""
        self._by_code = {self.code(each): each for each in self._ids()}

    def code(self, student_id: str) -> str:
        """The name under which a student is shown: a hash, or the id where nothing is hidden."""
        return sha256(self._secret + student_id.encode()).hexdigest()[:8]

    def student(self, code: str) -> str:
        """The id behind a code. Raises KeyError; a student graded meanwhile is looked for."""
        if code not in self._by_code:
            self.come_in()
        return self._by_code[code]

    def order(self, section: str) -> list[str]:
        """Codes in the order in which this section is read: shuffled, the same every time.

        Who is talked to comes as they come: by id.
        """
        if section == ORAL:
            return sorted(self._by_code, key=self._by_code.__getitem__)
        salt = self._secret + section.encode()
        return sorted(self._by_code, key=lambda code: sha256(salt + code.encode()).digest())

    def queue(self, section: str) -> list[dict[str, Any]]:
        """Everybody in this section's order, with how far this reader is."""
        self.come_in()
        own = {
            mark.student_id: mark for mark in self.store.marks(section=section, reader=self.reader)
        }
        shown = interviews.names(self.out) if section == ORAL else {}
        return [self._place(code, own, shown) for code in self.order(section)]

    def _place(
        self, code: str, own: Mapping[str, Mark], shown: Mapping[str, str]
    ) -> dict[str, Any]:
        student_id = self._by_code[code]
        mark = own.get(student_id)
        return {
            "code": code,
            "name": shown.get(student_id) or (code if self.blind else student_id),
            "done": bool(mark and mark.done),
            "look": bool(mark and mark.second_look),
            "points": self.points(mark) if mark else None,
        }

    # -- what ----------------------------------------------------------------------------------

    def sections(self, language: str) -> list[dict[str, Any]]:
        """All sections with their progress, the bonus last."""
        everyone = len(self._by_code)
        return [
            {
                "number": each.number,
                "points": each.points,
                "done": sum(mark.done for mark in self._own(each.number)),
                "total": everyone,
                "full": each.full.get(language, ""),
                "lecture": each.lecture,
            }
            for each in (*self.rubric.section, self._bonus(language), interviews.section(language))
        ]

    def view(self, code: str, section: str, language: str) -> dict[str, Any]:
        """What stands on the page for one student and section."""
        student_id = self.student(code)
        if section == ORAL:
            return self._interview(code, student_id, language)
        sheet = self._sheet(student_id, language)
        answer = sheet.answers.get(section)
        mark = self.store.mark(student_id, section, self.reader)
        return {
            "code": code,
            "name": code if self.blind else student_id,
            "section": section,
            "most": self.most(section),
            "report": sheet.has_report,
            "answer": answer.html if answer else "",
            "photos": list(sheet.photos),
            "evidence": [
                *self._evidence(sheet, section, language),
                *self._alike(student_id, section, language),
            ],
            "items": [_item(each, language) for each in self.store.items(section)],
            "mark": self.plain(mark),
            "comments": self.comments(section),
        }

    def _interview(self, code: str, student_id: str, language: str) -> dict[str, Any]:
        """The form of the oral exam: nobody is blind to who sits there."""
        return {
            "code": code,
            "name": interviews.names(self.out).get(student_id) or student_id,
            "section": ORAL,
            "most": self.most(ORAL),
            "prompts": interviews.prompts(self.out, student_id, language),
            "dossier": f"dossier/{code}" if self.dossier(code) else "",
            "mark": self.plain(self.store.mark(student_id, ORAL, self.reader)),
            "items": [],
            "comments": self.comments(ORAL),
        }

    def dossier(self, code: str) -> Path | None:
        """The page that `dossier` wrote for a student."""
        return interviews.dossier(self.out, self.student(code))

    def whole(self, code: str, language: str) -> str:
        """The whole report as HTML."""
        return self._html(self.student(code), "", language)

    def plain(self, mark: Mark) -> dict[str, Any]:
        """A mark for the page: without the student's id."""
        return {
            "items": list(mark.items), "free": mark.free, "comment": mark.comment,
            "look": mark.second_look, "done": mark.done, "version": mark.version,
            "reader": mark.reader, "points": self.points(mark),
        }  # fmt: skip

    def points(self, mark: Mark) -> float:
        return scored.points(mark, self.store.items(mark.section), self.most(mark.section))

    def comments(self, section: str) -> list[str]:
        """What was written under this section before, most used first."""
        said = (mark.comment.strip() for mark in self.store.marks(section=section))
        return [text for text, _ in Counter(filter(None, said)).most_common(20)]

    # -- fairness ------------------------------------------------------------------------------

    def uses(self, section: str, key: str, language: str) -> list[dict[str, Any]]:
        """Every answer that has this item, side by side."""
        return [
            {
                "code": self.code(mark.student_id),
                "points": self.points(mark),
                "answer": self._html(mark.student_id, section, language),
            }
            for mark in self.store.holders(section, key)
        ]

    def compared(self) -> list[dict[str, Any]]:
        """Where two readers have both done a section, and are far apart; the furthest first."""
        pairs: dict[tuple[str, str], list[Mark]] = {}
        for mark in self.store.marks():
            if mark.done:
                pairs.setdefault((mark.student_id, mark.section), []).append(mark)
        found: list[dict[str, Any]] = [
            {
                "code": self.code(student_id), "section": section,
                "readers": [{"reader": each.reader, "points": self.points(each)} for each in both],
                "apart": self._apart(both), "most": self.most(section),
            }
            for (student_id, section), both in pairs.items()
            if len(both) > 1
        ]  # fmt: skip
        far = [each for each in found if each["apart"] > APART * each["most"] + 1e-9]
        return sorted(far, key=lambda each: -float(each["apart"] / each["most"]))

    def drift(self, section: str) -> list[float]:
        """Share of the points given, in the order of marking: means of up to ten stretches."""
        given = [self.points(mark) / self.most(section) for mark in self._own(section) if mark.done]
        size = max(1, -(-len(given) // 10))
        return [
            round(statistics.fmean(given[at : at + size]), 4) for at in range(0, len(given), size)
        ]

    def history(self, code: str) -> list[dict[str, Any]]:
        """Changes of one student's marks by this reader, and of the rubric; the latest first."""
        student_id = self.student(code)
        found = [
            {"at": one["at"][:19].replace("T", " "), "reader": one["reader"],
             "section": one["section"], "change": _change(one["old"], one["new"])}
            for one in self.store.history()
            if one["student_id"] == "" or (one["student_id"], one["reader"]) == (student_id, self.reader)
        ]  # fmt: skip
        return found[: -MOST_CHANGES - 1 : -1]

    # -- inside --------------------------------------------------------------------------------

    def _ids(self) -> tuple[str, ...]:
        with StoreReader.existing(self.out) as reader:
            return reader.student_ids()

    def _own(self, section: str) -> list[Mark]:
        return self.store.marks(section=section, reader=self.reader)

    def _apart(self, both: Sequence[Mark]) -> float:
        values = [self.points(mark) for mark in both]
        return round(max(values) - min(values), 4)

    def _bonus(self, language: str) -> RubricSection:
        words = render(say("Proposed from the evidence; you decide."), language)
        points = sum(item.points for item in self.rubric.bonus)
        return RubricSection(BONUS, points, "", {language: words}, self.rubric.bonus)

    def most(self, section: str) -> float:
        if section == ORAL:
            return MOST_MARK
        if section == BONUS:
            return sum(item.points for item in self.rubric.bonus)
        return self.rubric.of(section).points

    def _html(self, student_id: str, section: str, language: str) -> str:
        answer = self._sheet(student_id, language).answers.get(section)
        return answer.html if answer else ""

    def _sheet(self, student_id: str, language: str) -> ReadReport:
        with StoreReader.existing(self.out) as reader:
            submission = reader.submission(student_id)
        if submission is None:
            return self._rendered(None, (), language)
        return self._rendered(submission.report, submission.pictures, language)

    def _render(
        self, report: str | None, came: tuple[ReportPicture, ...], language: str
    ) -> ReadReport:
        html = answers(report, language, partial(self._address, came))
        loose = tuple(self._address(came, each.name) for each in came if not each.linked)
        known = report is not None or bool(came)
        return ReadReport(html, checklist.collect(report or ""), known, tuple(filter(None, loose)))

    def _address(self, came: tuple[ReportPicture, ...], name: str) -> str:
        """Where the page finds a picture that came with the report; "" where it is not kept."""
        digest = by_name(came, name)
        kept = bool(digest) and (self.out / PICTURES / digest).is_file()
        return f"picture/{digest}" if kept else ""

    def picture(self, digest: str) -> bytes | None:
        """A picture of this OUT, drawn anew; None where there is none by this hash."""
        return shown(self.out / PICTURES / digest) if DIGEST.fullmatch(digest) else None

    def _evidence(self, sheet: ReadReport, section: str, language: str) -> Iterator[str]:
        """What can be said without understanding it, in a few lines."""
        if section == BONUS:
            yield from (render(note, language) for note in checklist.notes(sheet.evidence)[-1:])
            return
        for found in sheet.evidence.sections:
            if found.number == section:
                yield from (render(note, language) for note in checklist.section_notes(found))

    def _alike(self, student_id: str, section: str, language: str) -> Iterator[str]:
        """What `similar` found of this section; read anew each time, for it may run meanwhile."""
        with StoreReader.existing(self.out) as reader:
            passages = tuple(alike.passages_of(reader, student_id))
            submission = reader.submission(student_id) if passages else None
        if submission is not None:
            for passage in by_section(submission.report, passages).get(section, ()):
                yield render(self._alike_to(passage), language)

    def _alike_to(self, passage: SharedPassage) -> Message:
        """Whose passage it is like too, under the name that the page uses."""
        here = self.code(passage.other)
        who: Message | str = passage.other
        if self.blind:
            who = here if here in self._by_code else say("somebody of an earlier class")
        return say(
            "Lines {first} to {last} are very alike to the report of {who}: a reason to talk, and no proof.",
            first=passage.lines[0],
            last=passage.lines[1],
            who=who,
        )


def _item(item: Item, language: str) -> dict[str, Any]:
    return {
        "key": item.key,
        "points": item.points,
        "text": item.text.get(language) or next(iter(item.text.values()), item.key),
    }


def _change(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """What differs, field by field."""
    named = ("items", "free", "comment", "second_look", "done", "points", "text", "key")
    return ", ".join(
        f"{name}: {old.get(name, '–')} → {new.get(name, '–')}"
        for name in named
        if old.get(name) != new.get(name)
    )
