"""What a student's dossier asks, in the store: for the form in which the marks of the interview are given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from grader.language import Message
from grader.results.codec import decode, encode
from grader.results.store import Store

FACT = "oral"


class PromptFacts(Protocol):
    """What this needs of a store."""

    def fact(self, name: str) -> str: ...


def keep_prompts(store: Store, student_id: str, prompts: Sequence[Message]) -> None:
    """The questions of one dossier, in its order."""
    store.remember(f"{FACT} {student_id}", encode(tuple(prompts)))


def kept_prompts(store: PromptFacts, student_id: str) -> tuple[Message, ...]:
    """None where there is no dossier."""
    fact = store.fact(f"{FACT} {student_id}")
    return decode(fact, tuple[Message, ...]) if fact else ()
