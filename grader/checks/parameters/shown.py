"""Documented names that an object shows on parts of its arrays, by a property or by `__getattr__`.

They bind like names of attributes: `W_f` is the forget gate's weight also where it is a view of a stack
of gates.
"""

from __future__ import annotations

import numpy as np

from grader.checks.parameters.layout import Layout
from grader.checks.parameters.storage import Numbers
from grader.faults import StudentFault
from grader.protocol import CandidateObject, Read, Step, Write


def shown(rnn: CandidateObject, layout: Layout) -> dict[str, Numbers]:
    """The scalars that the object shows under the names of parameters, as they lie there.

    It is written to.
    """
    values = np.arange(layout.storage.size, dtype=np.float64)
    steps: list[Step] = [Write(layout.storage.arrays_of(values)), Read(shown=tuple(layout.shapes))]
    try:
        views = rnn.replay(steps)[1]
    except StudentFault:
        return {}
    return {
        name: view.astype(np.int64)
        for name, view in views.items()
        if name in layout.shapes
        and np.isin(view, values).all()
        and np.unique(view).size == view.size
    }
