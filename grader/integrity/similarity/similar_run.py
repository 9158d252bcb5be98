"""`similar`: from the stores of OUT and of earlier classes to pages, and to what the store keeps."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from grader.integrity.similarity import comparison, similar_pages
from grader.integrity.similarity.boiling import boil_all
from grader.integrity.similarity.comparison import Comparison, Suspicion, pair_in_full
from grader.integrity.similarity.handed_out import HandedOut, handed_out
from grader.integrity.similarity.mentions import KnownPerson
from grader.integrity.similarity.similar_pages import SimilarPages
from grader.integrity.similarity.slips import Vocabulary
from grader.integrity.similarity.works import (
    SentWork,
    Shelves,
    TakenOff,
    Work,
    sent_works,
    taken_off,
)
from grader.language import Message
from grader.records import Submission
from grader.results import alike
from grader.results.alike import AlikePair, AlikeRun, SeenPair
from grader.results.overrides import ALIKE
from grader.results.reader import StoreReader
from grader.results.store import Store

FOLDER = "similar"


@dataclass(frozen=True, slots=True)
class EarlierClass:
    """The OUT of an earlier class, and the name under which its people are shown."""

    folder: Path
    label: str


def find_alike(
    store: Store,
    out: Path,
    against: Iterable[Path],
    given: Iterable[Path],
    language: str,
    advance: Callable[[], object] = lambda: None,
) -> AlikeRun:
    """Compare, keep what was found in the store, and write OUT/similar.html with a page for each pair.

    Raises KitFault as the stores do, OSError where a file cannot be read or written.
    """
    with TemporaryDirectory(prefix="similar-") as folder:
        compared = Shelves(Path(folder))
        return _find_alike(
            store, out, _labelled(against), handed_out(given), language, compared, advance
        )


def _find_alike(
    store: Store,
    out: Path,
    earlier: Sequence[EarlierClass],
    given: HandedOut,
    language: str,
    shelves: Shelves,
    advance: Callable[[], object],
) -> AlikeRun:
    vocabulary = Vocabulary(given.prose)
    everyone = list(_everyone(_sent(store, out, earlier), given, vocabulary, shelves, advance))
    found = comparison.compare(everyone, shelves, _mentions(store, everyone))
    pairs = tuple(_in_full(found, store, earlier, vocabulary, taken_off(given)))
    run = _with_seen(store, _run(found, pairs))
    alike.keep(store, run)
    _write_pages(out, SimilarPages(found, run, alike.fine(store, run), language), store, earlier)
    return run


def _labelled(folders: Iterable[Path]) -> list[EarlierClass]:
    """Two folders of one name get a number."""
    found: list[EarlierClass] = []
    for folder in folders:
        name = folder.resolve().name or "earlier"
        count = sum(each.label.partition("~")[0] == name for each in found)
        found.append(EarlierClass(folder, f"{name}~{count + 1}" if count else name))
    return found


def _sent(store: Store, out: Path, earlier: Iterable[EarlierClass]) -> Iterator[SentWork]:
    yield from sent_works(store, out)
    for each in earlier:
        with StoreReader.existing(each.folder) as old:
            yield from sent_works(old, each.folder, each.label)


def _everyone(
    sent: Iterator[SentWork],
    given: HandedOut,
    vocabulary: Vocabulary,
    shelves: Shelves,
    advance: Callable[[], object],
) -> Iterator[Work]:
    """Every work; what it is made of goes to the shelves."""
    for each in boil_all(sent, given):
        vocabulary.add(each.words)
        shelves.add(each)
        advance()
        yield each.work


def _mentions(store: Store, everyone: list[Work]) -> Iterator[tuple[str, str, Message]]:
    people = [KnownPerson(work.key, work.student_id, work.name) for work in everyone]
    here = ((each.student_id, each) for each in store.submissions())
    return comparison.mentioned(people, here)


def _in_full(
    found: Comparison,
    store: Store,
    earlier: Iterable[EarlierClass],
    vocabulary: Vocabulary,
    given: TakenOff,
) -> Iterator[AlikePair]:
    for each in found.suspicions:
        texts = {work.key: text_of(work, store, earlier) for work in (each.one, each.other)}
        yield pair_in_full(found, each, texts, vocabulary, given, _page_name(each))


def text_of(work: Work, store: StoreReader, earlier: Iterable[EarlierClass]) -> Submission:
    """What somebody sent, read anew."""
    if not work.earlier:
        return _existing(store.submission(work.student_id))
    folder = next(each.folder for each in earlier if work.key == f"{each.label}/{work.student_id}")
    with StoreReader.existing(folder) as old:
        return _existing(old.submission(work.student_id))


def _existing(submission: Submission | None) -> Submission:
    if submission is None:
        raise LookupError("a submission left the store while it was read")
    return submission


def _page_name(each: Suspicion) -> str:
    """The same for the same two people, whatever their ids are made of."""
    return sha256("\0".join(each.key).encode("utf-8", "surrogatepass")).hexdigest()[:16] + ".html"


def _run(found: Comparison, pairs: tuple[AlikePair, ...]) -> AlikeRun:
    earlier = sum(work.earlier for work in found.works)
    return AlikeRun(pairs, len(found.works) - earlier, earlier, found.left_out)


def _with_seen(store: Store, run: AlikeRun) -> AlikeRun:
    """The run with what was fine, each with the contents that it was fine for."""
    before = alike.kept(store)
    known = {(each.key, each.reason): each for each in (before.seen if before else ())}
    works_of = {pair.key: pair.works for pair in run.pairs}
    for decision in store.decisions():
        row = decision.override
        key = alike.pair_key(row.student_id, row.value)
        if row.what == ALIKE and not decision.until and key in works_of:
            known.setdefault((key, row.reason), SeenPair(key, row.reason, works_of[key]))
    return replace(run, seen=tuple(known.values()))


def _write_pages(
    out: Path, pages: SimilarPages, store: Store, earlier: Iterable[EarlierClass]
) -> None:
    """All pages anew; those of pairs that are no more are taken away."""
    shutil.rmtree(out / FOLDER, ignore_errors=True)
    works_by_key: Mapping[str, Work] = {work.key: work for work in pages.comparison.works}
    for pair in pages.run.pairs:
        both = tuple(text_of(works_by_key[key], store, earlier) for key in (pair.one, pair.other))
        similar_pages.write_pair(out / FOLDER / pair.page, pair, both, pages)
    similar_pages.write_overview(out / f"{FOLDER}.html", pages)
