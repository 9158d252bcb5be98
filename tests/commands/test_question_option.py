"""A question is found however it is written."""

from __future__ import annotations

import click
import pytest

from grader.commands.question_option import question_name


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("q4_3", "q4_3"), ("Q4_3", "q4_3"), ("q43", "q4_3"), ("4.3", "q4_3"), ("q4-3 ", "q4_3"),
        ("q1", "q1"), ("2", "q2"), ("q4_33", "q4_33"), ("scores", "scores"), ("", ""), (None, None),
    ],
)  # fmt: skip
def test_a_question_as_people_write_it(written: str | None, meant: str | None) -> None:
    context = click.Context(click.Command("grade"))
    assert question_name(context, click.Option(["--question"]), written) == meant
