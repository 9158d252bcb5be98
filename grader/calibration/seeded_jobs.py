"""Work over many seeds, cut into jobs for several processes, and what came of it put together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import Field, replace
from typing import Any, ClassVar, Protocol, TypeVar

CHUNK = 25  # seeds in one job


class _Record(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


class _Seeded(_Record, Protocol):
    @property
    def seeds(self) -> range: ...


class _Measured(_Record, Protocol):
    @property
    def values(self) -> tuple[float, ...]: ...


SeededJob = TypeVar("SeededJob", bound=_Seeded)
Measured = TypeVar("Measured", bound=_Measured)


def cut(job: SeededJob) -> Iterator[SeededJob]:
    """The same job for a few seeds at a time."""
    for first in range(0, len(job.seeds), CHUNK):
        yield replace(job, seeds=job.seeds[first : first + CHUNK])


def joined(parts: Iterable[Measured]) -> list[Measured]:
    """Values of cut jobs put together, in order."""
    together: dict[Measured, tuple[float, ...]] = {}
    for part in parts:
        about = replace(part, values=())
        together[about] = together.get(about, ()) + part.values
    return [replace(about, values=values) for about, values in together.items()]
