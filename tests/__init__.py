"""The kit's own suite; it mirrors `grader/`."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
PROGRAMS = ROOT / "tests" / "programs"  # whole submissions, each with what it deserves
BASES = PROGRAMS / "bases"  # correct programs that get the known mistakes
