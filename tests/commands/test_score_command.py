"""`score` where there is nothing to score."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from grader.__main__ import cli
from grader.faults import KitFault


def test_a_folder_without_results_stays_as_it_is(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["score", str(tmp_path), "--no-browser"])
    assert isinstance(done.exception, KitFault)
    assert list(tmp_path.iterdir()) == []
