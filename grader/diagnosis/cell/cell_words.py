"""The sentences for what is read off an LSTM cell."""

from __future__ import annotations

from collections.abc import Sequence

from grader.diagnosis.cell import cell_state_words, cell_weight_words, gate_words, row_words
from grader.diagnosis.experiments.patterns import Reading
from grader.language import Message

WORDS = row_words.WORDS | cell_state_words.WORDS | gate_words.WORDS | cell_weight_words.WORDS


def words(reading: Reading, names: Sequence[str]) -> Message:
    """What the student reads about one thing that is off in these gates or states."""
    if reading.kind in gate_words.OF_GATES:
        return gate_words.OF_GATES[reading.kind](gate_words.gate_names(names), **reading.facts)
    return WORDS[reading.kind](**reading.facts)
