"""Shared fixtures, and the rule for tests that need a real component.

`@pytest.mark.needs("bubblewrap")`: on a user's machine the test is skipped with the reason; in CI
(CI=true) a missing component is a failure, so that nothing is left out unseen.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Callable

import pytest

COMPONENTS: dict[str, Callable[[], bool]] = {
    "linux": lambda: sys.platform == "linux",
    "bubblewrap": lambda: shutil.which("bwrap") is not None,
    "chromium": lambda: shutil.which("chromium") is not None,
    "dovecot": lambda: shutil.which("dovecot") is not None,
    "torch": lambda: importlib.util.find_spec("torch") is not None,
    "keras": lambda: importlib.util.find_spec("keras") is not None,
    "onnxruntime": lambda: all(map(importlib.util.find_spec, ("onnx", "onnxruntime"))),
    "python3.13": lambda: shutil.which("python3.13") is not None,
}


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("needs"):
        for component in mark.args:
            if COMPONENTS[component]():
                continue
            reason = f"needs {component}, which this machine does not have"
            if os.environ.get("CI") == "true":
                pytest.fail(reason, pytrace=False)
            pytest.skip(reason)
