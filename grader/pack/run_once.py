"""Runs a student's program once, as `python probe.py FILE`, and says how that went.

A process of its own: standard library only, nothing of the kit. Writes one line of JSON as its
last: {"names": [...], "error": "ValueError: ...", "line": 12}; "error" is empty where all went
well. `MPLBACKEND=Agg` keeps windows from opening.
"""

from __future__ import annotations

import json
import sys
import traceback
from pathlib import Path


def run(path: str) -> dict[str, object]:
    """Execute the file as a module that is not `__main__`."""
    namespace: dict[str, object] = {"__name__": "rnn", "__file__": path}
    try:
        exec(compile(Path(path).read_bytes(), path, "exec"), namespace)  # noqa: S102  # this is the job
    except BaseException as error:  # noqa: BLE001  # a student's program may leave in any way
        frames = [
            frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path
        ]
        text = "".join(traceback.format_exception_only(error)).strip()
        return {
            "names": sorted(namespace),
            "error": text,
            "line": frames[-1].lineno if frames else 0,
        }
    return {"names": sorted(namespace), "error": "", "line": 0}


if __name__ == "__main__":
    outcome = run(sys.argv[1])
    sys.stdout.write("\n" + json.dumps(outcome) + "\n")
    sys.stdout.flush()
