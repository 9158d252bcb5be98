"""Write `checks/fingerprints/`: what the right solution and every misconception do at the probe.

Arrays and hints only, so that a student's own machine can diagnose without any solution code.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import msgspec
import numpy as np

from grader import contract
from grader.checks import probe_point
from grader.checks.bonus import bonus_probe
from grader.checks.experiment import probe_series
from grader.checks.parameters import lstm_roles
from grader.checks.probe_point import (
    FINGERPRINTS,
    GOLDEN,
    GOLDEN_CELL,
    OPTIONAL_RECORDS,
    RIGHT,
    Hint,
    Record,
)
from grader.diagnosis.repair import points
from grader.faults import StudentFault
from grader.language import HERE, literal
from grader.misconceptions import catalogue
from grader.sandbox import local

KINDS: dict[str, tuple[str, Callable[[Any], Record]]] = {
    "rnn": (contract.RNN, probe_point.rnn_record),
    "lstm": (contract.LSTM, probe_point.lstm_record),
    "data": (contract.SERIES, probe_series.data_record),
}


def write() -> int:
    """Make all files anew; returns the number of misconceptions with a record."""
    records = all_records()
    FINGERPRINTS.mkdir(exist_ok=True)
    arrays_golden = {
        f"{RIGHT}/{kind}/{key}": value
        for kind, numbers in ((GOLDEN, golden()), (GOLDEN_CELL, golden_cell()))
        for key, value in numbers.items()
    }
    arrays = {
        f"{name}/{kind}/{key}": value
        for (name, kind), record in records.items()
        for key, value in _told(record, {} if name == RIGHT else records[RIGHT, kind]).items()
    }
    np.savez_compressed(FINGERPRINTS / "records.npz", **arrays, **arrays_golden)  # type: ignore[arg-type]  # numpy types the keywords as bool
    (FINGERPRINTS / "hints.json").write_bytes(
        msgspec.json.format(msgspec.json.encode(hints())) + b"\n"
    )
    (HERE / "zh" / "hints.po").write_text(translations(), encoding="utf-8")
    np.savez_compressed(points.FILE, **repair_points())  # type: ignore[arg-type]  # as above
    optional = optional_records()
    extra = {
        f"{name}/{subject}/{key}": value
        for (name, subject), record in optional.items()
        for key, value in _told(record, {} if name == RIGHT else optional[RIGHT, subject]).items()
    }
    np.savez_compressed(FINGERPRINTS / OPTIONAL_RECORDS, **extra)  # type: ignore[arg-type]  # as above
    return len(records) - len(KINDS) + len(optional) - len(bonus_probe.RECORDS)


def optional_records() -> dict[tuple[str, str], Record]:
    """Records of the optional questions by (name, class or function), the right ones first."""
    right = catalogue.module(catalogue.reference_source("bonus.py"), RIGHT)
    records = {(RIGHT, name): _optional(right, name) for name in bonus_probe.RECORDS}
    for mistake in catalogue.optional_misconceptions():
        wrong = catalogue.module(mistake.source(), mistake.name)
        asked = next(one for one in contract.OPTIONAL_QUESTIONS if mistake.part in one.parts)
        for name in asked.subjects:
            found = _optional(wrong, name)
            if _told(found, records[RIGHT, name]):
                records[mistake.name, name] = found
    return records


def _optional(namespace: dict[str, Any], name: str) -> Record:
    try:
        with np.errstate(all="ignore"):
            return bonus_probe.record(local.wrap(namespace[name], name))
    except StudentFault:
        return {"raised": np.ones(1)}


def golden() -> Record:
    """The right forward at the probe point, once with and once without each bias."""
    SimpleRNN = local.wrap(
        catalogue.module(catalogue.reference_source(), RIGHT)["SimpleRNN"], "SimpleRNN"
    )
    numbers: Record = {}
    for missing in ((), ("b_h",), ("b_y",), ("b_h", "b_y")):
        forward = probe_point.rnn_forward(SimpleRNN, missing)
        for name, value in (("hidden", forward.hidden), ("outputs", forward.outputs)):
            if value is not None:
                numbers[" ".join([*missing, name])] = value
    return numbers


def repair_points() -> Record:
    """What the reference gives at the points where repairs are judged."""
    reference = catalogue.module(catalogue.reference_source(), RIGHT)
    found: Record = {}
    for symmetric in (False, True):
        for rnn in (points.RNN_SEARCH, *points.RNN_VERIFY):
            for absent in ((), ("b_h",), ("b_y",), ("b_h", "b_y")):
                values = rnn.parameters(symmetric=symmetric)
                values |= {name: np.zeros_like(values[name]) for name in absent}
                network = _holding(reference[contract.RNN](*rnn.sizes), values)
                key = points.rnn_key(rnn, absent, symmetric=symmetric)
                for call, (x, _) in enumerate(rnn.inputs()):
                    outputs, hidden = network.forward(x)
                    found[f"{key} {call} outputs"] = outputs.copy()
                    found[f"{key} {call} hidden"] = hidden.copy()
        for cell in (points.CELL_SEARCH, *points.CELL_VERIFY):
            unit = _holding(
                reference[contract.LSTM](*cell.sizes), cell.parameters(symmetric=symmetric)
            )
            key = points.cell_key(cell, symmetric=symmetric)
            for call, arguments in enumerate(cell.inputs()):
                hidden, state = unit.forward(*arguments)
                found[f"{key} {call} hidden"], found[f"{key} {call} cell"] = hidden, state
    return found


def _holding(network: Any, values: Record) -> Any:
    """The network with these parameters."""
    for name, value in values.items():
        getattr(network, name)[...] = value
    return network


def golden_cell() -> Record:
    """The right step at the probe point, with and without each of the biases."""
    LSTMCell = local.wrap(
        catalogue.module(catalogue.reference_source(), RIGHT)["LSTMCell"], "LSTMCell"
    )
    biases = sorted(f"b_{gate}" for gate in lstm_roles.GATES)
    numbers: Record = {}
    for count in range(len(biases) + 1):
        for missing in combinations(biases, count):
            states = probe_point.lstm_forward(LSTMCell, missing)
            numbers |= {" ".join([*missing, name]): value for name, value in states.items()}
    return numbers


def all_records() -> dict[tuple[str, str], Record]:
    """Records by (name, kind): of the right solution in every kind, of mistakes in their own."""
    right = catalogue.module(catalogue.reference_source(), RIGHT)
    records = {(RIGHT, kind): _record(kind, right) for kind in KINDS}
    for mistake in catalogue.misconceptions():
        kind = contract.record_of_part(mistake.part)
        if kind:
            records[mistake.name, kind] = _record(
                kind, catalogue.module(mistake.source(), mistake.name)
            )
    return records


def _told(record: Record, right: Record) -> Record:
    """What a record has other than the right one; an empty array where it lacks one."""
    lacking = {key: np.zeros(0) for key in right if key not in record}
    own = {key: value for key, value in record.items() if not np.array_equal(value, right.get(key))}  # type: ignore[arg-type]  # None equals no array
    return own | lacking


def _record(kind: str, namespace: dict[str, Any]) -> Record:
    name, record = KINDS[kind]
    try:
        with np.errstate(all="ignore"):
            return record(local.wrap(namespace[name], name))
    except StudentFault:
        return {"raised": np.ones(1)}


def hints() -> dict[str, Hint]:
    """Hints by name, in the order of the file."""
    return {
        one.name: Hint(one.part, one.family, one.hint["zh"], one.hint["en"])
        for one in (*catalogue.misconceptions(), *catalogue.optional_misconceptions())
    }


def translations() -> str:
    """The hints as a gettext catalogue, English to Chinese."""
    pairs = {literal(hint.en): literal(hint.zh) for hint in hints().values()}
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n'
    entries = (f"msgid {_quoted(en)}\nmsgstr {_quoted(zh)}\n" for en, zh in pairs.items())
    note = "# Generated by `python -m grader fingerprints` from solutions/*misconceptions.toml.\n"
    return note + header + "\n" + "\n".join(entries)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
