"""A worker is an ordinary `python rnn.py`: ordinary programs come to the same outcome in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from grader.faults import StudentFault
from grader.language import Message
from grader.sandbox import Limits, session, start_command, tiers
from tests.sandbox.habits import HABITS

LIMITS = Limits(call=60.0, load=60.0, training=60.0, total=600.0)
# Runs a program as `python rnn.py` does, and says what the function gave.
RECORD = """
import json as _json, os as _os
if __name__ == "__main__":
    try:
        _outcome = ["value", generate_sequence_data()]
    except BaseException as _error:
        _outcome = ["raised", type(_error).__name__]
    open(_os.environ["OUTCOME"], "w").write(_json.dumps(_outcome))
"""


def program(habit: str) -> str:
    above, body = HABITS[habit]
    return f"{above}\ndef generate_sequence_data():\n{textwrap.indent(lines(body), '    ')}\n"


def lines(body: str) -> str:
    """A body on one line, its statements parted by "; ", as several."""
    return body if "\n" in body else "\n".join(body.split("; "))


def test_there_are_at_least_sixty_habits() -> None:
    assert len(HABITS) >= 60


@pytest.mark.slow
@pytest.mark.needs("linux")
@pytest.mark.parametrize("tier", start_command.TIERS)
@pytest.mark.parametrize("habit", HABITS)
def test_the_outcome_is_that_of_plain_python(habit: str, tier: str) -> None:
    if not tiers.probe_tier(tier).works:
        pytest.skip(f"this machine has no {tier}: {tiers.probe_tier(tier).reason}")
    assert in_sandbox(habit, tier) == in_plain_python(habit)


def in_sandbox(habit: str, tier: str) -> list[Any]:
    with session(program(habit), LIMITS, tier) as student:
        assert student.load_fault is None, str(student.load_fault)
        try:
            value = student.environment()["generate_sequence_data"]()
        except StudentFault as fault:
            message = fault.message.values.get("what", fault.message)  # where a hint follows
            assert isinstance(message, Message)
            return ["raised", str(message.values["exception"])]
        return ["value", json.loads(json.dumps(value))]


@cache
def in_plain_python(habit: str) -> list[Any]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "rnn.py"
        path.write_text(program(habit) + RECORD, encoding="utf-8")
        outcome = Path(folder) / "outcome.json"
        subprocess.run(
            [sys.executable, "rnn.py"],
            cwd=folder,
            env={
                **os.environ,
                "OUTCOME": str(outcome),
                "USER": "x",
                "LANG": "C.UTF-8",
                "TMPDIR": folder,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            check=False,
        )
        return list(json.loads(outcome.read_text()))
