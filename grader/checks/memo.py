"""What was found out about a candidate, kept for all cases of its submission."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Protocol, TypeVar

from grader.faults import StudentFault

Found = TypeVar("Found")


# After a hundred updates the same gradient still gives the same step.
RATE_STAYS = "the learning rate stays"


class Remembers(Protocol):
    """A candidate, of a class or of a function."""

    memo: dict[Any, Any]


def once(candidate: Remembers, key: Hashable, make: Callable[[], Found]) -> Found:
    """What `make` gives, made at the first call for this key; what it raises is raised every time."""
    if key not in candidate.memo:
        try:
            candidate.memo[key] = make()
        except StudentFault as fault:
            candidate.memo[key] = fault
    found: Found | StudentFault = candidate.memo[key]
    if isinstance(found, StudentFault):
        raise found
    return found


def note(candidate: Remembers, key: Hashable) -> None:
    """Keep that something was seen, for whoever would look for it again."""
    candidate.memo[key] = True


def noted(candidate: Remembers, key: Hashable) -> bool:
    return bool(candidate.memo.get(key, False))
