"""Gradescope: "Export Submissions" of a programming assignment.

assignment_N_export/submission_N/ holds each submission's files, and submission_metadata.yml beside
the folders says by whom: `:submitters:` with `:name:`, `:sid:`, `:email:` (several for a group), and
`:created_at:`. Where the list is missing a folder is still one submission.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from grader.intake.downloads.moments import moment
from grader.intake.reading.arrivals import Arrival, Handed, Parcel

_FOLDER = re.compile(r"submission_\d+")


def recognised(came: Sequence[Arrival]) -> Mapping[Arrival, tuple[Arrival, ...]]:
    """The files of Gradescope's exports, each once for every student who handed it in."""
    lists = {
        one.parcel: read_listing(one.listing)
        for one in came
        if one.listing and one.name.casefold().endswith(".yml")
    }
    return {one: tuple(_handed(one, folder, lists)) for one in came if (folder := _folder(one))}


def _folder(one: Arrival) -> Parcel | None:
    """The outermost folder that is a submission's: one may hold another export."""
    folders = [p for p in one.parcel.outwards() if p.kind == "folder" and _FOLDER.fullmatch(p.clue)]
    return folders[-1] if folders else None


def _handed(
    one: Arrival, folder: Parcel, lists: Mapping[Parcel, Mapping[str, Any]]
) -> Iterator[Arrival]:
    entry = lists.get(folder.outer, {}).get(folder.clue) if folder.outer else None
    submitters = _mappings(entry, "submitters")
    time = moment(_field(entry, "created_at"))
    for number, person in enumerate(submitters or [{}]):
        handed = Handed(
            f"gradescope:{folder.path}:{number}",
            folder,
            "Gradescope",
            _text(person, "name"),
            _text(person, "sid"),
            _text(person, "email").lower(),
        )
        yield replace(one, handed=handed, time=time or one.time, copy=number > 0)


def read_listing(text: str) -> Mapping[str, Any]:
    """The export's own list by folder; empty where it cannot be read."""
    import yaml  # noqa: PLC0415 - rarely needed

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # the C parser where it was built
        """Ruby's objects, whatever they are, as plain values."""

    Loader.add_multi_constructor("!", _plain)
    try:
        listed = yaml.load(text, Loader)  # noqa: S506 - a safe loader with one more rule
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError):
        return {}
    return listed if isinstance(listed, dict) else {}


def _plain(loader: Any, suffix: str, node: Any) -> Any:
    del suffix
    construct = {"mapping": loader.construct_mapping, "sequence": loader.construct_sequence}
    return construct.get(node.id, loader.construct_scalar)(node)


def _field(entry: object, name: str) -> object:
    """A value under Ruby's symbol `:name` or plain `name`."""
    if not isinstance(entry, dict):
        return None
    return entry.get(f":{name}", entry.get(name))


def _mappings(entry: object, name: str) -> list[object]:
    found = _field(entry, name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _text(entry: object, name: str) -> str:
    found = _field(entry, name)
    return str(found).strip() if isinstance(found, str | int) else ""
