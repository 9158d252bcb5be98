"""Runs notebooks as Jupyter does and says what their own `grader.check` cells gave.

`python at_home.py KIT FOLDER < habits.json` reads {"habit": [[source, may raise], ...]}, runs each
in a fresh IPython in FOLDER, and writes {"habit": [points, errors]}.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys


def run(cells: list[tuple[str, bool]]) -> tuple[float, list[str]]:
    from IPython.core.interactiveshell import InteractiveShell

    class Shell(InteractiveShell):
        def enable_gui(self, gui: object = None) -> None:
            """There is no window here."""

    kept = vars(InteractiveShell)["ast_node_interactivity"]  # a notebook may set it
    shell = Shell.instance()
    points, errors = 0.0, []
    for source, may_raise in cells:
        ran = shell.run_cell(source, store_history=True)
        if not (ran.success or may_raise):
            errors.append(f"{source[:40]!r}: {ran.error_in_exec or ran.error_before_exec!r}")
        if source.startswith("grader.check("):
            points += ran.result.score
    Shell.clear_instance()
    type.__setattr__(InteractiveShell, "ast_node_interactivity", kept)
    return points, errors


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    os.chdir(sys.argv[2])
    sys.path.insert(0, "")  # as Jupyter has it: modules beside the notebook
    os.environ["MPLBACKEND"] = "Agg"
    told = {}
    for habit, cells in json.load(sys.stdin).items():
        with contextlib.redirect_stdout(io.StringIO()):
            told[habit] = run(cells)
    json.dump(told, sys.stdout)
