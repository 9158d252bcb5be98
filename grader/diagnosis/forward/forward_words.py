"""The sentences for what is read off forward."""

from __future__ import annotations

from collections.abc import Sequence

from grader.diagnosis.experiments.patterns import Reading
from grader.diagnosis.forward.influence_words import INFLUENCE
from grader.diagnosis.forward.output_words import OUTPUTS
from grader.diagnosis.forward.state_words import STATES
from grader.diagnosis.forward.weight_words import WEIGHTS
from grader.language import Message, say

WORDS = INFLUENCE | STATES | WEIGHTS | OUTPUTS


def words(reading: Reading, names: Sequence[str]) -> Message:
    """What the student reads about one thing that is off in these results."""
    what = say("hidden_states and outputs") if len(names) > 1 else Message(names[0])
    return WORDS[reading.kind](what, **reading.facts)
