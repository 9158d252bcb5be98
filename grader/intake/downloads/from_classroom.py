"""GitHub Classroom: repositories as `gh classroom clone` or the assistant lays them down.

ASSIGNMENT-USER holds a student's repository. grades.csv names each one's `student_repository_name`,
`roster_identifier` and `submission_timestamp`; classroom_roster.csv has `identifier`, `name` and
`github_username` only. Without either a user's name tells nothing.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from grader.intake.downloads.moments import moment
from grader.intake.identity.names import Known, identify
from grader.intake.reading.arrivals import Arrival, Handed, Parcel

Row = Mapping[str, str]
_BRANCH = re.compile(
    r"-(?:main|master)$"
)  # behind a repository's name where it was downloaded as a zip


@dataclass(frozen=True, slots=True)
class _Lists:
    """Whose a repository is, by its name or by its user's."""

    repositories: Mapping[str, Sequence[Row]]  # a group has one together
    users: Mapping[str, Row]

    def of(self, folder: str) -> Sequence[Row]:
        name = _BRANCH.sub("", folder.casefold())
        if name in self.repositories:
            return self.repositories[name]
        ends = [user for user in self.users if name.endswith(f"-{user}")]
        return [self.users[max(ends, key=len)]] if ends else ()


def recognised(came: Sequence[Arrival], known: Known) -> Mapping[Arrival, tuple[Arrival, ...]]:
    """The files of repositories that a list of Classroom's names, each once for every owner."""
    rows: dict[Parcel, list[Row]] = defaultdict(list)
    for one in came:
        if one.listing and one.name.casefold().endswith(".csv"):
            rows[one.parcel].extend(_rows(one.listing))
    lists = {parcel: _lists(listed) for parcel, listed in rows.items()}
    pairs = ((one, tuple(_handed(one, lists, known))) for one in came) if lists else ()
    return {one: handed for one, handed in pairs if handed}


def _rows(text: str) -> list[Row]:
    """The rows of a list without their empty cells; none where it is damaged."""
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
    except csv.Error:
        return []
    return [{name: cell for name, cell in row.items() if name and cell} for row in rows]


def _lists(rows: Sequence[Row]) -> _Lists:
    users: dict[str, Row] = defaultdict(dict)
    repositories: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if user := row.get("github_username", "").casefold():
            users[user] = {**users[user], **row}
    for row in rows:
        if name := row.get("student_repository_name", "").casefold():
            user = row.get("github_username", "").casefold()
            repositories[name].append({**users.get(user, {}), **row})
    return _Lists(repositories, dict(users))


def _handed(one: Arrival, lists: Mapping[Parcel, _Lists], known: Known) -> Iterator[Arrival]:
    around = [*one.parcel.outwards()]
    listed = next((lists[parcel] for parcel in around if parcel in lists), None)
    folders = [parcel for parcel in reversed(around) if not parcel.top]
    owned = ((folder, listed.of(folder.clue)) for folder in folders) if listed else ()
    folder, rows = next((pair for pair in owned if pair[1]), (one.parcel, ()))
    for number, row in enumerate(rows):
        time = moment(row.get("submission_timestamp")) or one.time
        yield replace(one, handed=_by(row, folder, number, known), time=time, copy=number > 0)


def _by(row: Row, folder: Parcel, number: int, known: Known) -> Handed:
    """The identifier is whatever the teacher chose: an id, a name, both, or an address."""
    identifier = row.get("roster_identifier") or row.get("identifier", "")
    blank = Handed(
        f"classroom:{folder.path}:{number}",
        folder,
        "GitHub Classroom",
        row.get("name", ""),
        account=row.get("github_username", ""),
    )
    if "@" in identifier:
        return replace(blank, email=identifier.lower())
    found = identify(identifier, known)
    name = found.name or blank.name or ("" if found.student_id else identifier)
    return replace(blank, name=name, student_id=found.student_id)
