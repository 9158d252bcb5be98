"""The sentences for what is read off backward: the cause, the number measured, where to look."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grader.diagnosis.backward.array_words import ARRAYS
from grader.diagnosis.backward.calls_words import CALLS
from grader.diagnosis.backward.chain_words import CHAIN
from grader.diagnosis.backward.steps_named import listed
from grader.diagnosis.experiments.patterns import Reading
from grader.language import Message

WORDS: dict[str, Callable[..., Message]] = {**ARRAYS, **CHAIN, **CALLS}


def words(reading: Reading, names: Sequence[str]) -> Message:
    """What the student reads about one thing that is off, in these parameters' gradients."""
    arrays = listed(names)
    return WORDS[reading.kind](arrays, **reading.facts)
