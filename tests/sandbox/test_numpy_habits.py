"""What NumPy before 2.4 runs with a warning is right code, and stays so in a worker."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.sandbox import Limits, session

pytestmark = pytest.mark.skipif(
    np.lib.NumpyVersion(np.__version__) >= "2.4.0", reason="NumPy 2.4 raises where older ones warn"
)
LIMITS = Limits(call=60.0, load=60.0, training=60.0, total=600.0)
# Expression -> what it gives.
HABITS: dict[str, tuple[str, Any]] = {
    "float of (1, 1)": ("float(np.ones((1, 1)))", 1.0),
    "int of (1,)": ("int(np.array([3]))", 3),
    "an element set to an array of one": ("put(np.zeros(3), np.ones(1))", 1.0),
    "an element set to a product": ("put(np.zeros(3), np.ones((1, 4)) @ np.ones(4))", 4.0),
    "%f of (1,)": ("'%.3f' % np.array([0.5])", "0.500"),
    "%d of (1, 1)": ("'%d' % np.array([[7]])", "7"),
    "the sum of a generator": ("float(np.sum(x * x for x in [1.0, 2.0]))", 5.0),
    "math of an array of one": ("math.sqrt(np.array([4.0]))", 2.0),
    "a list of floats of arrays": ("[float(x) for x in np.ones((2, 1))]", [1.0, 1.0]),
    "round of a float of (1,)": ("round(float(np.array([2.4])), 1)", 2.4),
    "a complex number of (1,)": ("complex(np.array([2.0])).real", 2.0),
    "math.exp in a sigmoid": ("1 / (1 + math.exp(-np.zeros(1)))", 0.5),
}
STRICT = (
    "",
    "import warnings\nwarnings.simplefilter('error')\n",
    "import warnings\nwarnings.filterwarnings('error')\n",
)


@pytest.mark.parametrize("strict", STRICT, ids=["", "simplefilter", "filterwarnings"])
def test_ten_habits_of_last_years_numpy_give_what_they_gave(strict: str) -> None:
    assert len(HABITS) >= 10
    lines = [f"    found[{name!r}] = {expression}" for name, (expression, _) in HABITS.items()]
    source = "\n".join(
        [
            strict,
            "import math\nimport numpy as np",
            "def put(array, value):\n    array[0] = value\n    return float(array[0])",
            "def generate_sequence_data():\n    found = {}",
            *lines,
            "    return found",
        ]
    )
    with session(source, LIMITS) as student:
        assert student.load_fault is None
        found = student.environment()["generate_sequence_data"]()
    assert found == {name: value for name, (_, value) in HABITS.items()}
