"""What two people share besides text, in words; and which of it cannot be chance."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from grader.integrity.similarity import traces
from grader.integrity.similarity.print_shelf import RareValues
from grader.integrity.similarity.traces import Trace, TraceKind
from grader.integrity.similarity.works import Work
from grader.language import Message, say
from grader.reports.clean_message import shorten

LONGEST = 60  # characters of one of them
SHOWN = 8  # names, numbers or comments in one line
# Numbers to the last digit, the very same picture: enough to look, whatever the texts say.
CERTAIN = {TraceKind.CURVE, TraceKind.WEIGHTS, TraceKind.PICTURE}
# One of these may be chance even where hardly anybody has it.
LEAST = {TraceKind.NAME: 2, TraceKind.NUMBER: 2, TraceKind.MEASURED: 2}
CROWD = 12  # people with the same thing, beyond whom it was handed out by somebody


def shared_rarely(
    one: frozenset[Trace], other: frozenset[Trace], rare: RareValues
) -> dict[TraceKind, list[str]]:
    """What both have and hardly anybody else, by kind."""
    both = one & other
    few = set(rare.among(traces.prints_of(both).hashes).tolist())
    found: dict[TraceKind, list[str]] = {}
    # The longest first: it is the oddest.
    for trace in sorted(both, key=lambda trace: (-len(trace.text), trace)):
        if trace.kind in CERTAIN or traces.print_of(trace) in few:
            found.setdefault(trace.kind, []).append(trace.text)
    return {kind: texts for kind, texts in found.items() if len(texts) >= LEAST.get(kind, 1)}


def certain_groups(works: Sequence[Work]) -> Iterator[list[Work]]:
    """People who have the same numbers to the last digit, or the same picture."""
    having: dict[Trace, list[Work]] = {}
    for work in works:
        for trace in work.marks:
            if trace.kind in CERTAIN:
                having.setdefault(trace, []).append(work)
    for trace, group in sorted(having.items()):
        if len(group) > 1 and (len(group) <= CROWD or trace.kind is not TraceKind.PICTURE):
            yield group


def in_words(found: dict[TraceKind, list[str]]) -> Iterator[Message]:
    """One sentence a kind, the weightiest first."""
    yield from (in_full(found[kind]) for kind, in_full in WORDS.items() if kind in found)


def _list(texts: Sequence[str]) -> tuple[str, ...]:
    shown = tuple(shorten(text, LONGEST) for text in texts[:SHOWN])
    return (*shown, f"… ({len(texts)})") if len(texts) > SHOWN else shown


WORDS: dict[TraceKind, Callable[[Sequence[str]], Message]] = {
    TraceKind.CURVE: lambda _: say(
        "The training run gave the very same numbers, to the last digit: that is no chance."
    ),
    TraceKind.WEIGHTS: lambda _: say(
        "The trained networks hold the very same weights, to twelve digits: that is no chance."
    ),
    TraceKind.PICTURE: lambda texts: say(
        "The same picture, byte for byte ({count}).", count=len(texts)
    ),
    TraceKind.MEASURED: lambda texts: say(
        "The same measured numbers in both reports: {list}", list=_list(texts)
    ),
    TraceKind.SLIP: lambda texts: say("The same slips of the keyboard: {list}", list=_list(texts)),
    TraceKind.FOLDER: lambda texts: say(
        "The same user's folder in a path: {list}", list=_list(texts)
    ),
    TraceKind.DIAGNOSIS: lambda texts: say(
        "The same mistakes, which hardly anybody else makes: {list}", list=_list(texts)
    ),
    TraceKind.COMMENT: lambda texts: say(
        "The same comments, word for word: {list}",
        list=" / ".join(shorten(text, LONGEST) for text in texts[:4]),
    ),
    TraceKind.NAME: lambda texts: say(
        "The same names, which hardly anybody else uses: {list}", list=_list(texts)
    ),
    TraceKind.NUMBER: lambda texts: say("The same odd numbers: {list}", list=_list(texts)),
    TraceKind.SEED: lambda texts: say("The same seed: {list}", list=_list(texts)),
}
