"""People who hang together: whoever is alike to one of a group belongs to it."""

from __future__ import annotations

from collections.abc import Iterable

from grader.results.alike import AlikePair


def groups(pairs: Iterable[AlikePair]) -> tuple[tuple[AlikePair, ...], ...]:
    """Pairs by the group of people that they join; pairs and groups keep the order given."""
    given = tuple(pairs)
    group: dict[str, set[str]] = {}
    for pair in given:
        joined = group.get(pair.one, {pair.one}) | group.get(pair.other, {pair.other})
        for each in joined:
            group[each] = joined
    found: dict[int, list[AlikePair]] = {}
    for pair in given:
        found.setdefault(id(group[pair.one]), []).append(pair)
    return tuple(map(tuple, found.values()))
