"""What the kit said of strangers, as tables in Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from tests.strangers.run import Result

# In the order of the table; what each means stands in `docs/strangers.md`.
WRONG = ("cause", "place", "false", "silent", "escaped")
HEADS = {
    "cause": "cause named", "place": "place named", "false": "something false",
    "silent": "silent", "escaped": "escaped",
}  # fmt: skip


def of_kinds(results: Sequence[Result]) -> str:
    """One row per kind of edit and per question edited, and all together."""
    wrong = [one for one in results if one.outcome in WRONG]
    kinds = sorted({kind for one in wrong for kind in one.stranger.kinds})
    questions = sorted({each for one in wrong for each in one.stranger.questions})
    rows = [
        _row("all", wrong),
        *(_row(kind, [one for one in wrong if kind in one.stranger.kinds]) for kind in kinds),
        *(
            _row(each, [one for one in wrong if each in one.stranger.questions])
            for each in questions
        ),
        _row("one edit", [one for one in wrong if len(one.stranger.kinds) == 1]),
        _row("two edits", [one for one in wrong if len(one.stranger.kinds) > 1]),
    ]
    return rows_of(["edit of", "programs", *(HEADS[each] for each in WRONG)], rows)


def _row(name: str, results: Sequence[Result]) -> list[str]:
    counts = Counter(one.outcome for one in results)
    shares = [
        f"{counts[each]} ({100 * counts[each] / max(1, len(results)):.0f} %)" for each in WRONG
    ]
    return [name, str(len(results)), *shares]


def of_the_rest(results: Sequence[Result]) -> str:
    """Programs that are right, raise, or could not be judged."""
    words = {
        "right": "right after all, and lose nothing",
        "unfair": "right after all, and lose something",
        "undecided": "neither right nor wrong for certain",
        "raises": "raise an exception, which the message tells with its line",
        "not judged": "do not load, or do not end",
    }
    counts = Counter(one.outcome for one in results)
    return rows_of(["programs that", "number"], [[words[key], str(counts[key])] for key in words])


def of_claims(results: Sequence[Result]) -> str:
    """Every kind of statement: how often it was true, false, or beyond what can be checked here."""
    found: dict[str, Counter[bool | None]] = {}
    for one in results:
        if one.outcome in WRONG:
            for statement in one.statements:
                found.setdefault(statement.kind, Counter())[statement.true] += 1
    rows = [
        [kind, str(counts[True]), str(counts[False]), str(counts[None])]
        for kind, counts in sorted(found.items(), key=lambda item: (-item[1][False], item[0]))
    ]
    return rows_of(["statement", "true", "false", "not checked"], rows)


def of_escapes(results: Iterable[Result]) -> str:
    """Every program that loses nothing though wrong, or something though right."""
    rows = [
        [
            one.stranger.name,
            one.outcome,
            "; ".join(_wrong(one)),
            "`" + _line(one).replace("|", "\\|") + "`",
        ]
        for one in results
        if one.outcome in {"escaped", "unfair"}
    ]
    return rows_of(["program", "outcome", "what is wrong", "line"], rows) if rows else "None."


def _wrong(one: Result) -> list[str]:
    wrong = one.truth.wrong if one.truth else {}
    return [f"{question}: {', '.join(told)}" for question, told in wrong.items()]


def _line(one: Result) -> str:
    lines = one.stranger.source.splitlines()
    return next((lines[k - 1].strip()[:90] for k in one.stranger.lines if k <= len(lines)), "")


def rows_of(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lay out a table in Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
