"""The dossier asks about what `similar` found: rare passages of the program, from both sides."""

from __future__ import annotations

from pathlib import Path

from grader.integrity.dossier.alike_passages import AlikePassage, from_store
from grader.results import alike
from grader.results.alike import PROGRAM, REPORT, AlikePair, AlikeRun, SharedPassage
from grader.results.store import NAME, Store


def test_rare_passages_of_the_program_are_asked_about(tmp_path: Path) -> None:
    passages = (
        SharedPassage(PROGRAM, (3, 9), "b", (30, 36), rare=True),
        SharedPassage(PROGRAM, (12, 14), "b", (40, 42), rare=False),
        SharedPassage(REPORT, (1, 2), "b", (5, 6), rare=True),
    )
    pair = AlikePair("a", "b", 0.9, 0.1, (), passages, "", ("x", "y"), "p.html")
    with Store(tmp_path / NAME) as store:
        lookup = from_store(store)
        assert lookup("a") == []
        alike.keep(store, AlikeRun((pair,), 2, 0, 0))
        assert lookup("a") == [AlikePassage((3, 9), "b")]
        assert lookup("b") == [AlikePassage((30, 36), "a")]
        assert lookup("c") == []
