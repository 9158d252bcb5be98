"""Runs a student's program once, as `python run_once.py FILE ROOT`, and says how that went.

A process of its own; ROOT is the folder that holds the kit. Writes one line of JSON as its last:
{"names": [...], "error": "ValueError: ...", "line": 12}; "error" is empty where all went well.
`MPLBACKEND=Agg` keeps windows from opening. A notebook runs cell by cell, and libraries that are
missing in class are stood in for, both as there.
"""

from __future__ import annotations

import json
import sys
import traceback
import types
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any


def run(path: str) -> dict[str, object]:
    """Execute the file as a module that is not `__main__`, or a notebook's cells."""
    from grader.sandbox.worker import cells, stand_ins  # noqa: PLC0415  # found once main knows ROOT

    text = Path(path).read_text(encoding="utf-8")
    stand_ins.install(text)
    if not cells.is_notebook(text):
        namespace = _module(path)
        namespace.update(stand_ins.jupyter(namespace))
        error, line = _tried(lambda: _execute(text, path, namespace), path)
        return {"names": sorted(namespace), "error": error, "line": line}
    kernel = cells.Kernel({"__name__": "__main__"}, path)
    kernel.namespace.update(stand_ins.jupyter(kernel.namespace))
    first = ("", 0)
    for cell in cells.split(text):
        told = _tried(partial(_run_cell, kernel, cell), path)
        first = first if first[0] or cell.may_raise else told
    return {"names": sorted(kernel.namespace), "error": first[0], "line": first[1]}


def _module(path: str) -> dict[str, Any]:
    """The namespace of a new module: dataclasses look theirs up in `sys.modules`."""
    module = sys.modules[Path(path).stem] = types.ModuleType(Path(path).stem)
    module.__file__ = path
    return vars(module)


def _execute(text: str, path: str, namespace: dict[str, Any]) -> None:
    code = compile(text, path, "exec", dont_inherit=True)  # this file's __future__ is not its
    exec(code, namespace)  # noqa: S102  # this is the job


def _run_cell(kernel: Any, cell: Any) -> None:
    kernel.run(cell, kernel.compiled(cell))


def _tried(action: Callable[[], None], path: str) -> tuple[str, int]:
    """What it raised, in words, and the line of the student's file; empty where it went well."""
    try:
        action()
    except BaseException as error:  # noqa: BLE001  # a student's program may leave in any way
        frames = [
            frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path
        ]
        text = "".join(traceback.format_exception_only(error)).strip()
        return text, (frames[-1].lineno or 0) if frames else 0
    return "", 0


if __name__ == "__main__":
    sys.path.append(sys.argv[2])
    sys.path.insert(0, str(Path(sys.argv[1]).parent))  # as `python FILE` has it
    outcome = run(sys.argv[1])
    sys.stdout.write("\n" + json.dumps(outcome) + "\n")
    sys.stdout.flush()
