"""Every statement of a diagnosis, tried on the program that it was said of.

A named misconception is true where the program does the same as the reference with that very
mistake, in every array that the mistake changes. A described place is true where the arrays say so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType

import numpy as np

from tests.strangers import claims
from tests.strangers.bases import Array, Base
from tests.strangers.behaviour import Record, initial, recorded
from tests.strangers.claims import formula
from tests.strangers.kit import Said
from tests.strangers.named import alike, named, right, same_mistake

CLOSE = 1e-4
Predicate = Callable[[re.Match[str], Record], bool | None]


@dataclass(frozen=True)
class Statement:
    """One thing that was said: its kind, whether it is true, and whether it says what or only where."""

    question: str
    kind: str
    text: str
    true: bool | None  # None: nothing here can tell
    cause: bool


def stated(
    said: list[Said], module: ModuleType, base: Base, lines: tuple[int, ...] = ()
) -> list[Statement]:
    """The statements about every failed case, each only once. `lines` are the edited ones."""
    record = recorded(module, base) | initial(module, base)
    found: dict[tuple[str, str], Statement] = {}
    for one in said:
        found_here = _claimed(one, module, base) if one.claims else _statements(one, record)
        for statement in (*found_here, *_lines(one, lines)):
            found.setdefault((statement.question, statement.text), statement)
    return list(found.values())


# A repair that was tried: the student's line that alone makes everything right.
LINE = re.compile(r"(?:[Cc]hanging|more line after) line (?P<line>\d+)")


def _lines(said: Said, lines: tuple[int, ...]) -> Iterator[Statement]:
    """Lines that are said to be where it is, against those that were edited."""
    for match in LINE.finditer(said.message):
        true = int(match["line"]) in lines
        yield Statement(said.question, "line", match.group(), true, cause=True)


def _claimed(said: Said, module: ModuleType, base: Base) -> Iterator[Statement]:
    """Claims in machine-readable form, which say more than the words."""
    check = claims.checkers().get(said.question)
    verdicts = check(module, base, list(said.claims)) if check else [None for _ in said.claims]
    for (kind, facts), verdict in zip(said.claims, verdicts, strict=True):
        text = f"{kind} {dict(facts)}"
        yield Statement(said.question, kind, text, verdict, cause=kind not in claims.PLACES)


def _statements(said: Said, record: Record) -> Iterator[Statement]:
    names = named(said)
    if names:
        true = any(same_mistake(name, said.question, record) for name in names)
        yield Statement(said.question, "named", " | ".join(names), true, cause=True)
        return
    for kind, pattern, predicate, cause in PLACES:
        for match in pattern.finditer(said.message):
            verdict = predicate(match, record)
            yield Statement(said.question, kind, match.group(), verdict, cause)


def _keys(what: str, record: Record) -> list[str]:
    """Keys of the record that a sentence's words for an array mean."""
    what = what.removeprefix("short ")
    if what.startswith("step again "):
        what = "again step " + what.removeprefix("step again ")
    return [key for key in right() if re.fullmatch(rf"\d {re.escape(what)}", key) and key in record]


def _off(key: str, record: Record) -> bool:
    return not alike(record[key], right()[key])


def _from_step(match: re.Match[str], record: Record) -> bool | None:
    """Wrong from this step on: right before, wrong there. Late steps lie outside these points."""
    step = int(match["step"])
    keys = _keys(match["what"], record)
    verdicts = []
    for key in keys:
        got, expected = record[key], right()[key]
        if got.shape != expected.shape or step >= len(got):
            continue
        scale = float(np.abs(expected).max())
        off = [
            float(np.abs(a - b).max()) > CLOSE * scale for a, b in zip(got, expected, strict=True)
        ]
        verdicts.append(off[step] and not any(off[:step]))
    return all(verdicts) if verdicts else None


def _only_these_off(match: re.Match[str], record: Record) -> bool | None:
    fine = [name for name in re.split(r"[, ]+", match["fine"].rstrip(".")) if name]
    wrong = _keys(match["what"], record)
    if not wrong:
        return None
    return any(_off(key, record) for key in wrong) and not any(
        _off(key, record) for name in fine for key in _keys(name, record)
    )


def _scaled(match: re.Match[str], record: Record) -> bool | None:
    how = match["how"]
    keys = _keys(match["what"], record)
    if not keys:
        return None
    return all(_is_scaled(record[key], right()[key], how) for key in keys)


def _is_scaled(got: Array, expected: Array, how: str) -> bool:
    if how.startswith("with the opposite sign"):
        return alike(got, -expected)
    if how.startswith("transposed"):
        return got.ndim == 2 and alike(got, expected.T)
    factor = float(np.sum(got * expected)) / max(float(np.sum(expected * expected)), 1e-300)
    return alike(got, factor * expected)


def _unchanged(match: re.Match[str], record: Record) -> bool | None:
    names = re.split(r"[, ]+", match["names"])
    keys = [key for name in names for key in _keys(f"step {name}", record)]
    return None if not keys else not any(record[key].any() for key in keys)


def _of_other_shape(_match: re.Match[str], record: Record) -> bool:
    """What forward returns has not the shape asked for, or is nothing to be read at all."""
    fine = right()
    keys = [key for key in fine if re.fullmatch(r"\d (outputs|hidden)", key)]
    return any(key not in record or record[key].shape != fine[key].shape for key in keys)


def _no_sine(_match: re.Match[str], record: Record) -> bool:
    """Whether x_(n+1) + x_(n-1) is no constant times x_n, as it is of a sine around zero."""
    x = record.get("data sine 120")
    if x is None or x.shape != (120,) or not np.all(np.isfinite(x)):
        return True
    inner, both = x[1:-1], x[2:] + x[:-2]
    factor = float(inner @ both) / max(float(inner @ inner), 1e-300)
    return bool(np.abs(both - factor * inner).max() > CLOSE * np.abs(x).max() or abs(factor) >= 2)


def _alike_at_first(_match: re.Match[str], record: Record) -> bool:
    """Zero or constant in at least one initial weight."""
    return any(
        flags.any() for key, flags in record.items() if re.fullmatch(r"initial cell [WU]_.", key)
    )


def _rule_of_terms(match: re.Match[str], record: Record) -> bool | None:
    got = record.get("data fibonacci 20")
    if got is None or len(got) < 20:  # as asked for
        return None
    first = int(match["first"])
    text = re.sub(r"a\(n-(\d)\)", r"back\1", match["rule"])
    wanted = formula.value(text, {f"back{n}": got[first - n : -n] for n in range(1, first + 1)})
    fine = right()["data fibonacci 20"]
    due = got[first:]
    same = wanted is not None and np.allclose(np.broadcast_to(wanted, due.shape)[:8], due[:8])
    return bool(same and not np.allclose(got[2:10], fine[2:10]))


def _start_of_terms(match: re.Match[str], record: Record) -> bool | None:
    got = record.get("data fibonacci 20")
    if got is None or len(got) < 20:  # as asked for
        return None
    start = tuple(got[:2])
    told = start if match["a"] is None else (float(match["a"]), float(match["b"]))
    sums = np.allclose(got[2:], got[1:-1] + got[:-2])
    return bool(sums and start == told and told not in {(0.0, 1.0), (1.0, 1.0)})


def _flat_sine(match: re.Match[str], record: Record) -> bool | None:
    x = record.get("data sine 120")
    if x is None or x.size != 120:  # as asked for
        return None
    alike = not np.ptp(x)
    if "argument is the same" in match["why"]:
        return alike
    return bool(np.ptp(x) < CLOSE and not alike and np.abs(x).max() > CLOSE)


def _waves(_match: re.Match[str], record: Record) -> bool | None:
    x = record.get("data fibonacci 120")
    return None if x is None else not _no_sine(_match, {"data sine 120": x - x.mean()})


def _late_terms(match: re.Match[str], record: Record) -> bool | None:
    got, late = record.get("data fibonacci 20"), int(match["n"])
    if got is None or got.size != 20:
        return None
    fine = right()["data fibonacci 20"]
    return any(
        np.allclose(got[late:], due[: 20 - late]) for due in (fine, np.append(fine[1:], 6765))
    )


def _repeated_terms(match: re.Match[str], record: Record) -> bool | None:
    got, first = record.get("data fibonacci 20"), int(match["n"])
    return None if got is None else bool(np.all(got[first:] == got[first - 1]))


def _sizes(kind: str, record: Record) -> dict[int, int]:
    """How many terms came back, by how many were asked for."""
    named = ((re.fullmatch(rf"data {kind} (\d+)", key), made.size) for key, made in record.items())
    return {int(found[1]): size for found, size in named if found}


def _one_short(match: re.Match[str], record: Record) -> bool:
    off = -1 if match["how"] == "less" else 1
    sizes = _sizes(match["kind"], record)
    return bool(sizes) and all(size - asked == off for asked, size in sizes.items())


def _always(match: re.Match[str], record: Record) -> bool:
    few = int(match["n"])
    return {size for asked, size in _sizes(match["kind"], record).items() if asked > few} == {few}


def _first_always(match: re.Match[str], record: Record) -> bool:
    """Whether these few lengths, of those looked at, give so many terms, which are more."""
    sizes, n = _sizes(match["kind"], record), int(match["n"])
    told = [int(asked) for asked in match["asked"].split(", ")]
    return all(asked < n and sizes.get(asked, n) == n for asked in told)


def _zero_terms(match: re.Match[str], record: Record) -> bool | None:
    got = record.get("data fibonacci 20")
    return None if got is None else not got[int(match["n"]) :].any()


def _single_number(match: re.Match[str], record: Record) -> bool | None:
    sizes = [made.size for key, made in record.items() if key.startswith(f"data {match['kind']} ")]
    return None if not sizes else all(size == 1 for size in sizes)


def _no_numbers(match: re.Match[str], record: Record) -> bool:
    return not any(record[f"data {match['kind']} {n}"].size for n in _sizes(match["kind"], record))


def _nothing_came(_match: re.Match[str], record: Record) -> bool:
    """None, which the record holds as a single NaN."""
    made = [one for key, one in record.items() if key.startswith("data ") and one.shape == ()]
    return any(np.isnan(one) for one in made)


def _wrong_exception(match: re.Match[str], record: Record) -> bool | None:
    refused = record.get(f"data refused ('{match['kind']}', {match['length']})")
    return None if refused is None else refused[0] == 2.0


def _one_term(match: re.Match[str], record: Record) -> bool | None:
    got = record.get("data fibonacci 20")
    if got is None or len(got) < 20:  # as asked for
        return None
    off = np.flatnonzero(~np.isclose(got[2:], got[1:-1] + got[:-2])) + 2
    return off.tolist() == [int(match["n"])]


def _remainder(match: re.Match[str], record: Record) -> bool | None:
    got = record.get("data fibonacci 120")
    if got is None or len(got) < 120:  # as asked for
        return None
    return np.array_equal(got[2:], np.mod(got[1:-1] + got[:-2], int(match["n"])))


def _units_alike(_match: re.Match[str], record: Record) -> bool | None:
    flags = record.get("initial W_xh")
    return None if flags is None else bool(flags[1])


def _unitsalike(_match: re.Match[str], record: Record) -> bool | None:
    flags = record.get("initial W_xh")
    return None if flags is None else bool(flags[1])


def _axes(_match: re.Match[str], record: Record) -> bool | None:
    got, fine = record.get("0 outputs"), right()["0 outputs"]
    return None if got is None else got.shape != fine.shape and got.size == fine.size


def _no_states(_match: re.Match[str], record: Record) -> bool:
    return not _alike_shape(record.get("0 hidden"), right()["0 hidden"])


def _alike_shape(one: Array | None, other: Array) -> bool:
    return one is not None and one.shape == other.shape


def _cell_of_other_shape(_match: re.Match[str], record: Record) -> bool:
    fine = right()
    keys = ("0 cell hidden", "0 cell cell")
    return any(not _alike_shape(record.get(key), fine[key]) for key in keys)


def _no_such_array(match: re.Match[str], record: Record) -> bool:
    """Arrays that are said to be missing have another shape, or are not there at all."""
    names = re.split(r"[, ]+", match["names"])
    return all(
        not alike(record.get(f"initial shape {name}"), right()[f"initial shape {name}"])
        for name in names
    )


def _some_of_other_shape(match: re.Match[str], record: Record) -> bool:
    """At least one of several arrays has another shape than it should have, or is not there."""
    names = re.split(r"[, ]+", match["names"])
    return any(
        not alike(record.get(f"initial shape {name}"), right()[f"initial shape {name}"])
        for name in names
    )


def _not_finite_at_first(match: re.Match[str], record: Record) -> bool:
    names = re.split(r"[, ]+", match["names"])
    return all(record.get(f"initial not finite {name}", np.zeros(1)).any() for name in names)


def _wrong_term(match: re.Match[str], record: Record) -> bool | None:
    """The term at this index is as told, and no Fibonacci number."""
    got = record.get(f"data fibonacci {match['length']}")
    place = int(match["n"])
    if got is None or place >= len(got):
        return None
    fine = right()[f"data fibonacci {match['length']}"]
    shift = 1 if got[0] == 1 and place else 0  # 1, 1, 2 is 0, 1, 1, 2 without its first term
    told = np.isclose(got[place], float(match["value"]), rtol=1e-4)
    beyond = place + shift >= len(fine)
    return bool(told and (beyond or not np.isclose(got[place], fine[place + shift])))


DUE = {"128": "LSTMCell", "42": "SimpleRNN"}  # numbers of LSTMCell(3, 4), SimpleRNN(3, 4, 2)


def _other_number(match: re.Match[str], record: Record) -> bool | None:
    """The object holds as many numbers as told, and other than are due."""
    there = record.get(f"initial numbers {DUE.get(match['due'], '')}")
    if there is None or match["there"] == match["due"]:
        return None
    return int(there[0]) == int(match["there"])


def _of_shape(match: re.Match[str], record: Record) -> bool | None:
    shape = record.get(f"initial shape {match['name']}")
    told, due = (
        tuple(float(n) for n in re.findall(r"\d+", match[key])) for key in ("found", "due")
    )
    return None if shape is None else tuple(shape) == told != due


def _default_length(match: re.Match[str], record: Record) -> bool | None:
    length = record.get("data default length")
    return None if length is None else length[0] == float(match["n"]) != 1000  # the default


def _flag(key: str) -> Predicate:
    """A statement without numbers: the record says yes or no."""

    def predicate(_match: re.Match[str], record: Record) -> bool | None:
        return None if key not in record else bool(record[key].any())

    return predicate


def _at_zero(match: re.Match[str], record: Record) -> bool | None:
    finite = record.get(f"initial finite {match['name']}")
    return None if finite is None else not finite.any()


# What a record holds where a call does not raise.
GIVEN = {
    "SimpleRNN.__init__": "initial W_hh",
    "SimpleRNN.forward": "0 outputs",
    "SimpleRNN.backward": "0 dW_hh",
    "SimpleRNN.update_parameters": "0 step W_hh",
    "LSTMCell.__init__": "initial cell W_f",
    "LSTMCell.forward": "0 cell hidden",
}


def _raised(match: re.Match[str], record: Record) -> bool | None:
    """It raises where it is looked at here; where it does not, it may raise elsewhere."""
    key = GIVEN.get(match["call"])
    return None if key is None or key in record else True


def _not_there(match: re.Match[str], record: Record) -> bool | None:
    """A method that does nothing: what it is for does not happen."""
    if match["call"] != "SimpleRNN.update_parameters":
        return None if match["call"] not in GIVEN else GIVEN[match["call"]] not in record
    steps = [step for key, step in record.items() if re.match(r"\d step ", key)]
    return bool(steps) and not any(step.any() for step in steps)


def _of_type(match: re.Match[str], record: Record) -> bool | None:
    """Numbers of this type, which is not float64."""
    told = np.frombuffer(match["type"].encode().ljust(8)[:8], dtype=np.uint8).astype(float)
    kinds = [kind for key, kind in record.items() if key.startswith(f"data type {match['kind']} ")]
    return match["type"] != "float64" and any(np.array_equal(told, one) for one in kinds)


def _accepted(match: re.Match[str], record: Record) -> bool | None:
    refused = record.get(f"data refused ('{match['kind']}', {match['length']})")
    return None if refused is None else refused[0] == 0.0


PLACES = (
    ("numbers there", re.compile(r"holds [^\n]+: (?P<there>\d+) numbers, where (?P<due>\d+) are due"), _other_number, True),
    ("not finite at zero", re.compile(r"your (?P<name>\w+) object [^\n]+ With all of them 0 forward gives NaN"), _at_zero, True),
    ("accepted", re.compile(r"^generate_sequence_data\('(?P<kind>\w+)', (?P<length>-?\d+)\) returned [^\n]+ expected ValueError", re.MULTILINE), _accepted, True),
    ("wrong exception", re.compile(r"^generate_sequence_data\('(?P<kind>\w+)', (?P<length>-?\d+)\) raised \w+; expected ValueError", re.MULTILINE), _wrong_exception, True),
    ("shape of", re.compile(r"(?P<name>\w+) has shape (?P<found>\([\d, ]+\)) and should have (?P<due>\([\d, ]+\))"), _of_shape, True),
    ("default length", re.compile(r"^generate_sequence_data\(\) returned (?P<n>\d+) values, expected 1000", re.MULTILINE), _default_length, True),
    ("other default", re.compile(r"generate_sequence_data\(\) gives something else than"), _flag("data default other"), True),
    ("constant", re.compile(r"generate_sequence_data gives one and the same number"), _flag("data constant"), True),
    ("nothing moves", re.compile(r"your (?P<name>\w+) object [^\n]+ Changing them moves nothing that forward returns"), lambda m, r: _flag(f"initial unmoved {m['name']}")(m, r), True),
    ("no sine", re.compile(r"is not a sine wave: it(?! is constant; )"), _no_sine, False),
    ("sine of sums", re.compile(r"its values are Fibonacci numbers"), lambda _, r: bool(np.allclose(r["data sine 20"][2:], r["data sine 20"][1:-1] + r["data sine 20"][:-2])), True),
    ("flat sine", re.compile(r"'sine', (?P<length>\d+)\) is not a sine wave: it is constant; (?P<why>[^\n]+)"), _flat_sine, True),
    ("values of a sine", re.compile(r"These are the values of a sine"), _waves, True),
    ("terms late", re.compile(r"From term (?P<n>\d) on it is the right sequence"), _late_terms, True),
    ("terms repeated", re.compile(r"term (?P<n>\d+) is [^\n]+Every term from there on is the one before it"), _repeated_terms, True),
    ("one short", re.compile(r"'(?P<kind>\w+)' gives one term (?P<how>less|more) than"), _one_short, True),
    ("always as many", re.compile(r"'(?P<kind>\w+)' gives (?P<n>\d+) terms where more"), _always, True),
    ("first ones always", re.compile(r"'(?P<kind>\w+)' gives (?P<n>\d+) terms where (?P<asked>[\d, ]+) are asked for: the first"), _first_always, True),
    ("taken for", re.compile(r"returned [^\n]+ It is what '(?P<known>\w+)' gives"), lambda _, r: bool((r.get("data refused ('no such sequence', 10)", np.ones(1)) == 0.0).all()), True),
    ("terms zero", re.compile(r"term (?P<n>\d+) is [^\n]+From there on all terms are 0"), _zero_terms, True),
    ("no terms", re.compile(r"generate_sequence_data gives an empty sequence"), _flag("data empty"), True),
    ("other each time", re.compile(r"generate_sequence_data gives other numbers each time"), _flag("data other"), True),
    ("single number", re.compile(r"^generate_sequence_data\('(?P<kind>\w+)', \d+\) returned \w+[^\n]*: a single number", re.MULTILINE), _single_number, True),
    ("no numbers", re.compile(r"^generate_sequence_data\('(?P<kind>\w+)', \d+\) returned [^\n]+, not a sequence of numbers", re.MULTILINE), _no_numbers, True),
    ("nothing returned", re.compile(r"^generate_sequence_data returned None|^generate_sequence_data returns nothing", re.MULTILINE), _nothing_came, True),
    ("alike at first", re.compile(r"Some initial weights are the same for every unit or gate"), _alike_at_first, True),
    ("rule of terms", re.compile(r"Every term from (?P<first>\d) on is (?P<rule>[^;]+); a"), _rule_of_terms, True),
    ("start of terms", re.compile(r"but the start is wrong(: (?P<a>\d), (?P<b>\d))?\."), _start_of_terms, True),
    ("one term off", re.compile(r"term (?P<n>\d+) is [^\n]+ It alone is off"), _one_term, True),
    ("remainder", re.compile(r"what division of the sum by (?P<n>\d+) leaves"), _remainder, True),
    ("units alike", re.compile(r"All hidden units begin alike"), _units_alike, True),
    ("cell shape returned", re.compile(r"LSTMCell\.forward returned [^\n]+; expected new_hidden_state"), _cell_of_other_shape, True),
    ("axes", re.compile(r"outputs come with their axes in another order"), _axes, True),
    ("no states", re.compile(r"forward returns no hidden_states of shape"), _no_states, True),
    ("not there yet", re.compile(r"(?P<call>(SimpleRNN|LSTMCell)\.\w+) is not implemented yet"), _not_there, True),
    ("type of numbers", re.compile(r"^generate_sequence_data\('(?P<kind>\w+)', (?P<length>\d+)\) returned (?P<type>\w+) \((?!\)|0,|[^\n]*expected ValueError)", re.MULTILINE), _of_type, True),
    ("raised", re.compile(r"generate_sequence_data raised \w+"), lambda _, r: len([k for k in r if re.match(r"data (fibonacci|sine) ", k)]) < 12 or None, False),
    ("raised", re.compile(r"(?P<call>(SimpleRNN|LSTMCell)\.\w+) raised \w+"), _raised, False),
    ("array not there", re.compile(r"by name and shape nothing on your object is (?P<names>\w+(, \w+)*)"), _no_such_array, True),
    ("arrays too few", re.compile(r"of the shape of (?P<names>\w+(, \w+)*) there are"), _some_of_other_shape, True),
    ("none acts as", re.compile(r"on your object none acts as (?P<names>\w+(, \w+)*) alone"), lambda m, r: _no_such_array(m, r) or None, True),
    ("initial not finite", re.compile(r"A new object's (?P<names>\w+(, \w+)*) holds NaN or infinity"), _not_finite_at_first, True),
    ("array missing", re.compile(r"nothing plays the role of (?P<names>\w+(, \w+)*)"), _no_such_array, True),
    ("shape returned", re.compile(r"forward returned [^\n]+; expected outputs of shape"), _of_other_shape, True),
    ("wrong term", re.compile(r"'fibonacci', (?P<length>\d+)\): term (?P<n>\d+) is (?P<value>[-\d.e+]+), which is not the sum"), _wrong_term, False),
    ("wrong from step", re.compile(r"^(?P<what>[^\n]+?) is wrong from time step (?P<step>\d+) on\.", re.MULTILINE), _from_step, False),
    ("first gradient off", re.compile(r"^(?P<what>\w+) is the first gradient that is off; right are (?P<fine>[^\n]+)", re.MULTILINE), _only_these_off, False),
    ("factor, sign or transpose", re.compile(r"^(?P<what>[^\n]+?) is the right one (?P<how>[^\n]+)\.", re.MULTILINE), _scaled, True),
    ("unchanged", re.compile(r"leaves (?P<names>[\w, ]+) unchanged"), _unchanged, False),
)  # fmt: skip
