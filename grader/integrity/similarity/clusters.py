"""People who hang together: whoever is alike to one of a cluster belongs to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from grader.results.alike import AlikePair

LEAST = 3  # two are a pair


def clusters(pairs: Iterable[AlikePair]) -> tuple[tuple[str, ...], ...]:
    """Groups of three and more, the largest first."""
    group: dict[str, set[str]] = {}
    for pair in pairs:
        joined = group.get(pair.one, {pair.one}) | group.get(pair.other, {pair.other})
        for each in joined:
            group[each] = joined
    found = {tuple(sorted(each)) for each in group.values() if len(each) >= LEAST}
    return tuple(sorted(found, key=_by_size))


def _by_size(group: Sequence[str]) -> tuple[int, str]:
    return -len(group), group[0]
