"""How long a repair may be looked for, in seconds of wall time for each failing question.

Of 2 s the search for a single edit needs about half at the median (`tests/bench/repair.py`).
"""

IN_BATCH = 2.0
AT_HOME = 1.5
WIDE = 20.0  # `python -m grader explain --submission`: several faults together
