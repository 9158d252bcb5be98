"""What every examiner needs, loaded by the process that all of them are forked from.

They share its memory, and none of them loads it again.
"""

from __future__ import annotations

import gc
from contextlib import suppress

from grader.faults import KitFault
from grader.grading import warm_up

with suppress(KitFault):  # said by the first grading
    warm_up()
gc.freeze()  # a collection would write to all of it, and so give each examiner a copy
