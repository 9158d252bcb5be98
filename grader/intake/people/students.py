"""From attempts to students: who is one person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from grader.intake.identity.names import Identity
from grader.intake.people.attempts import Attempt, in_order
from grader.intake.people.origins import student_key
from grader.intake.people.roster import Register
from grader.results.student_ids import safe_id


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """All attempts of one student, in the order of their time."""

    student_id: str  # safe in file names, unique
    name: str
    attempts: tuple[Attempt, ...]
    named: bool  # whether an id was found
    rival: str = ""  # another name that uses the same id
    twin: str = ""  # a file of somebody else who goes by the same name, without an id


def people(attempts: Iterable[Attempt], register: Register) -> list[Person]:
    """One `Person` per student. Two names that use one id are two people until somebody decides."""
    groups: dict[object, list[Attempt]] = defaultdict(list)
    for attempt in attempts:
        groups[student_key(attempt.owner) or attempt].append(attempt)
    found = [person for group in groups.values() for person in _split(in_order(group), register)]
    return _unique(found)


def _split(group: Sequence[Attempt], register: Register) -> Iterator[Person]:
    """Attempts under one id by name, unless one address sent them; under one name by origin."""
    with_id = bool(group[0].owner.student_id)
    clusters: list[list[Attempt]] = []
    for attempt in group:
        same = _same_person if with_id else _same_origin
        home = next((one for one in clusters if same(one, attempt)), None)
        if home is None:
            clusters.append([attempt])
        else:
            home.append(attempt)
    if len(clusters) == len(("program", "report")) and _complement(*clusters):
        merged = [*clusters[0], *clusters[1]]
        yield _person(merged, 0, _other_names(clusters, merged) if with_id else "")
        return
    yield from _named_apart(clusters, register) if with_id else _twins(clusters)


def _named_apart(clusters: list[list[Attempt]], register: Register) -> Iterator[Person]:
    """The roster's name, else the first, keeps the id."""
    listed = register.by_id(clusters[0][0].owner.student_id)
    rightful = Identity(listed.student_id, listed.name) if listed else clusters[0][0].owner
    ordered = sorted(clusters, key=lambda one: not _name_of(one).agrees(rightful))
    for number, cluster in enumerate(ordered):
        yield _person(cluster, number, _other_names(clusters, cluster))


def _twins(clusters: list[list[Attempt]]) -> Iterator[Person]:
    for cluster in clusters:
        others = [one[0].files[0].path for one in clusters if one is not cluster]
        yield replace(_person(cluster, 0, ""), twin=", ".join(others[:3]))


def _other_names(clusters: Sequence[Sequence[Attempt]], cluster: Sequence[Attempt]) -> str:
    names = [_name_of(one).name for one in clusters]
    return ", ".join(name for name in names if name != _name_of(cluster).name)


def _complement(first: Sequence[Attempt], second: Sequence[Attempt]) -> bool:
    """A program on one side and a report on the other: the name is a slip, or they were sorted."""
    origins = {one.owner.origin for one in (*first, *second)} - {""}
    halves = [
        {bool(one.programs) for one in cluster for _ in (*one.programs, *one.reports)}
        for cluster in (first, second)
    ]
    return len(origins) < 2 and all(halves) and not halves[0] & halves[1]  # noqa: PLR2004 - two senders


def _same_person(cluster: Sequence[Attempt], attempt: Attempt) -> bool:
    return attempt.owner.agrees(_name_of(cluster)) or any(
        one.sender and one.sender == attempt.sender for one in cluster
    )


def _same_origin(cluster: Sequence[Attempt], attempt: Attempt) -> bool:
    """Without an id a name proves nothing: one sender, one participant, or one folder."""
    first = cluster[0]
    if first.owner.origin or attempt.owner.origin:
        return first.owner.origin == attempt.owner.origin
    return first.files[0].parcel is attempt.files[0].parcel


def _name_of(cluster: Sequence[Attempt]) -> Identity:
    """The newest spelling."""
    return next((one.owner for one in reversed(cluster) if one.owner.name), cluster[-1].owner)


def _person(cluster: Sequence[Attempt], number: int, rival: str) -> Person:
    owner = _name_of(cluster)
    student_id = cluster[-1].owner.student_id
    if not student_id:
        known = owner.name_key if owner.strength else owner.origin
        safe = f"unknown-{_hash8(known or _contents(cluster))}"
    else:
        safe = safe_id(student_id) + (f"-{_hash8(owner.name_key)}" if number else "")
    return Person(safe, owner.name, tuple(cluster), bool(student_id), rival)


def _contents(cluster: Sequence[Attempt]) -> str:
    return " ".join(one.sha256 for attempt in cluster for one in attempt.files)


def _hash8(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:8]


def _unique(found: Sequence[Person]) -> list[Person]:
    """Ids that differ only in marks or case must not share files downstream."""
    seen: set[str] = set()
    unique = []
    for person in found:
        student_id = person.student_id
        if student_id.casefold() in seen:
            student_id = f"{student_id}-{_hash8(_contents(person.attempts) + str(len(seen)))}"
        seen.add(student_id.casefold())
        unique.append(replace(person, student_id=student_id))
    return unique
