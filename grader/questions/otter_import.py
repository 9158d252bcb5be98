"""otter's test files without the rest of otter.

`import otter.test_files` runs `otter/__init__.py` first, which loads pandas, nbconvert and every
command: 3.3 s of processor time where the test files themselves need 0.01 s, and 60 packages that a
student's machine has no other use for. The format itself lives in two modules of otter's that need
the standard library only: `abstract_test` and `exception_test`. They are otter's own, unchanged;
the packages around them do not run, so `otter.Notebook` and `GradingResults` are missing here.
"""

from __future__ import annotations

import importlib.util
import sys

from grader.faults import KitFault

PACKAGES = ("otter", "otter.test_files")


def install() -> None:
    """Make `otter.test_files.*_test` quick from here on; nothing where otter is loaded already."""
    if "otter" in sys.modules:
        return
    for package in PACKAGES:
        spec = importlib.util.find_spec(package)
        if spec is None:
            raise KitFault("otter-grader is not installed")
        sys.modules[package] = importlib.util.module_from_spec(spec)
