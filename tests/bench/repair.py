"""How often the repair tells the right line: `python -m tests.bench.repair [--seconds 2]`.

Bases of `TUNED` were looked at while the edits were written, those of `HELD_OUT` were not.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from grader.diagnosis.repair.questions import TOPICS
from grader.diagnosis.repair.search import editable, search
from grader.diagnosis.repair.stages.stage import Refused
from grader.diagnosis.repair.trial import Terms, opened
from grader.misconceptions import catalogue
from tests import BASES, PROGRAMS
from tests.bench.defects import METHODS, Defect, _difference, defects

TUNED = ("row", "column", "params-list", "grads-on-self", "rnn-cell")
HELD_OUT = (
    "fused", "objects", "coursera", "rolling", "hoisted", "linear-layers", "goodfellow-letters",
    "closure", "dict-per-layer", "column-states",
)  # fmt: skip
PARTS = {"forward": "q4_2", "bptt": "q4_3", "update": "q4_4", "lstm": "q4_6"}


def base(name: str) -> str:
    path = BASES / f"{name}.py"
    if not path.exists():
        path = PROGRAMS / "variants" / name / "rnn.py"
    return path.read_text(encoding="utf-8")


def generic(names: tuple[str, ...], per_method: int, seed: int) -> Iterator[Defect]:
    """So many defects of each method of each base, of different kinds as far as possible."""
    rng = random.Random(seed)
    for name in names:
        for question in METHODS:
            kinds: Counter[str] = Counter()
            wanted = per_method if question in ("q4_3", "q4_6") else (per_method + 1) // 2
            for defect in defects(name, base(name), question, rng):
                if sum(kinds.values()) >= wanted:
                    break
                if kinds[defect.kind] < 1 and fails(defect):
                    kinds[defect.kind] += 1
                    yield defect


def known(share: int) -> Iterator[Defect]:
    """The catalogue's one-line changes, in all bases; every other one (share 0 or 1)."""
    for number, mistake in enumerate(catalogue.misconceptions()):
        question = PARTS.get(mistake.part)
        if question is None or number % 2 != share:
            continue
        texts = {
            "reference": (catalogue.reference_source(), catalogue.Change(mistake.old, mistake.new))
        }
        for name, change in mistake.bases.items():
            texts[name] = (base(name), change)
        for name, (right, change) in texts.items():
            wrong = catalogue.changed(right, change, mistake.name)
            lines, what = _difference(right, wrong)
            defect = Defect(name, question, mistake.name, wrong, lines, what)
            if fails(defect):
                yield defect


def fails(defect: Defect) -> bool:
    """Whether the program runs, and its stage is wrong somewhere."""
    program, topic = editable(defect.source, defect.question), TOPICS[defect.question]
    assert program is not None
    with opened(program, topic, Terms(10, many=True)) as trial:
        for points in (topic.search, *topic.verify):
            try:
                stage = trial.stage(points)
            except Refused:
                return defect.kind in {one.name for one in catalogue.misconceptions()}
            tried = trial.bench.run([()], stage.sizes, stage.steps)[0]
            if len(tried.values) < len(stage.steps):
                return False  # it raises: the exception's own line is told
            if not stage.complete(tried):
                return True
    return False


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--corpus", default="held-out")
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--per-method", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    corpus = {
        "held-out": lambda: generic(HELD_OUT, options.per_method, options.seed),
        "tuned": lambda: generic(TUNED, options.per_method, options.seed),
        "known-0": lambda: known(0),
        "known-1": lambda: known(1),
    }[options.corpus]()
    rows = []
    for defect in corpus:
        rows.append(measure(defect, options.seconds))
        if options.out:
            with options.out.open("a", encoding="utf-8") as file:
                file.write(json.dumps(rows[-1], ensure_ascii=False) + "\n")
    report(rows)


def measure(defect: Defect, seconds: float) -> dict:
    terms = Terms(seconds)
    found = search(defect.source, defect.question, seconds=seconds, many=True)
    verdict = "silent"
    told = {place.line for place in found.lines} if found else set()
    if told:
        verdict = "right" if told <= {*defect.lines} else "wrong"
    return {
        "base": defect.base, "question": defect.question, "kind": defect.kind, "lines": defect.lines,
        "change": defect.change, "verdict": verdict, "told": sorted(told),
        "found": [(one.kind, one.line, one.after) for one in found.edits] if found else [],
        "seconds": round(terms.spent, 2),
    }  # fmt: skip


def report(rows: list[dict]) -> None:
    for key in ("question", "base", "kind"):
        for value in dict.fromkeys(row[key] for row in rows):
            _line(f"{key} {value}", [row for row in rows if row[key] == value])
    _line("all", rows)
    seconds = [row["seconds"] for row in rows]
    print(
        f"seconds: median {np.median(seconds):.2f}, p90 {np.quantile(seconds, 0.9):.2f}, most {max(seconds):.2f}"
    )


def _line(what: str, rows: list[dict]) -> None:
    count = Counter(row["verdict"] for row in rows)
    true_among = sum(any(line in row["lines"] for _, line, _ in row["found"]) for row in rows)
    repaired = sum(bool(row["found"]) for row in rows)
    print(
        f"{what:40} {len(rows):4} told {count['right'] + count['wrong']:4} right {count['right']:4} "
        f"wrong {count['wrong']:3} silent {count['silent']:4} repaired {repaired:4} line among them {true_among:4}"
    )


if __name__ == "__main__":
    sys.exit(main())
