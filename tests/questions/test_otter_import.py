"""otter's two modules come without the rest, and are otter's own for who loads the rest."""

from __future__ import annotations

import subprocess
import sys

from tests import ROOT

QUICK = """
import sys
from grader.questions.otter_import import ExceptionTestFile, test_case
heavy = {"otter", "otter.test_files", "otter.utils", "pandas", "nbformat", "IPython"}
assert not heavy & sys.modules.keys(), heavy & sys.modules.keys()
import otter
from otter.test_files import TestFile
assert otter.Notebook
assert issubclass(ExceptionTestFile, TestFile)
assert otter.test_files.test_case is test_case
"""


def test_otter_comes_in_two_parts_that_fit() -> None:
    subprocess.run([sys.executable, "-c", QUICK], cwd=ROOT, check=True)
