"""Notebooks in the habits of many people: all of them right, and green at home.

Each habit is what a notebook has besides the same right program. `HABITS` maps its name to its
cells; a cell is its source, or the source with an execution count or a tag. `ELSEWHERE` holds those
whose libraries are not here.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from tests import PROGRAMS

SOURCE = (PROGRAMS / "variants" / "hoisted" / "rnn.py").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Cell:
    source: str
    count: int | None = None
    tags: tuple[str, ...] = ()


def _parts() -> list[str]:
    """The program in five cells, as people cut it: imports, and up to each name asked for."""
    lines = SOURCE.splitlines()
    ends = [
        node.end_lineno or 0
        for node in ast.parse(SOURCE).body
        if getattr(node, "name", "") in ("SimpleRNN", "LSTMCell", "generate_sequence_data")
    ]
    first = next(node.lineno for node in ast.parse(SOURCE).body if isinstance(node, ast.ClassDef))
    cuts = [0, first - 1, *ends, len(lines)]
    return ["\n".join(lines[a:b]).strip("\n") for a, b in pairwise(cuts)]


IMPORTS, RNN, LSTM, SERIES, TRAINING = _parts()
# What is quick; in class all questions are.
CHECKED = ("q4_2", "q4_6", "q5_1")
PROGRAM = (IMPORTS, RNN, LSTM, SERIES, TRAINING)
SETUP = 'import otter\ngrader = otter.Notebook("rnn.ipynb", tests_dir="kit/tests")'


def _with(*before: str, after: Sequence[str | Cell] = ()) -> list[str | Cell]:
    return [*before, *PROGRAM, *after]


def _method_by_method() -> list[str | Cell]:
    """The class grows cell by cell."""
    tree = ast.parse(RNN)
    (rnn,) = (node for node in tree.body if isinstance(node, ast.ClassDef))
    lines = RNN.splitlines()
    methods = [node for node in rnn.body if isinstance(node, ast.FunctionDef)]
    above = "\n".join(lines[: rnn.lineno - 1])
    first = f"{above}\nclass SimpleRNN:\n    pass"
    rest = [
        "class SimpleRNN(SimpleRNN):\n" + "\n".join(lines[m.lineno - 1 : m.end_lineno])
        for m in methods
    ]
    return [IMPORTS, first, *rest, LSTM, SERIES, TRAINING]


HABITS: dict[str, list[str | Cell]] = {
    "plain": _with(),
    "display": _with("from IPython.display import HTML, clear_output, display\nclear_output()",
                     after=["display(HTML('<b>done</b>'))", "display(SimpleRNN(3, 4, 2))"]),
    "unused pandas": _with("import pandas as pd\nimport os\nfor d, _, files in os.walk('/kaggle/input'):\n    print(d)",
                           after=["df = pd.DataFrame({'loss': [1.0, 0.5]})\ndf.head()"]),
    "time with assignment": _with(after=["%time rnn = SimpleRNN(3, 4, 2)", "print(rnn.forward)", "x = %time 1 + 1", "x + 1"]),
    "time a cell": [IMPORTS, "%%time\n" + RNN, "%%capture out\n" + LSTM, "out.show()", SERIES, "%%time\n\n" + TRAINING],
    "await": _with("import asyncio\nawait asyncio.sleep(0)", after=["async def f():\n    return 3\n", "await f()"]),
    "error on purpose": _with(after=[Cell("assert 1 == 2, 'on purpose'", tags=("raises-exception",)), "after = 1"]),
    "shell": _with("!pip install numpy \\\n    matplotlib", "files = !ls\nlen(files)", "%cd .", "pip --version"),
    "magics": _with("%matplotlib inline\n%config InlineBackend.figure_format = 'retina'\n%load_ext autoreload\n%autoreload 2"),
    "inline backend": _with("from matplotlib_inline.backend_inline import set_matplotlib_formats\nset_matplotlib_formats('png')"),
    "help": _with(after=["?print", "len?", "rnn = SimpleRNN(2, 3, 1)\nrnn.forward?"]),
    "get_ipython": _with("get_ipython().run_line_magic('matplotlib', 'inline')\nfrom IPython import get_ipython\nip = get_ipython()"),
    "last value": _with("import math\nmath.pi", "tau = 2 * _\nassert tau > 6", "tau", "assert Out", "_ + 1;"),
    "main block": [IMPORTS, "if __name__ == '__main__':\n    np.seterr(all='ignore')\n    FLAG = True", "assert FLAG", *PROGRAM[1:]],
    "future": [*PROGRAM[:2], "from __future__ import annotations\ndef later(x: Undefined) -> None: ...", *PROGRAM[2:]],
    "grown": _method_by_method(),
    "trained and plotted": _with(after=["result = train_rnn_on_sequence()", "import matplotlib.pyplot as plt\nplt.plot(result['losses'])\nplt.show()"]),
    "all expressions": _with("from IPython.core.interactiveshell import InteractiveShell\nInteractiveShell.ast_node_interactivity = 'all'"),
    "writes a module": [IMPORTS, "%%writefile rnn_model.py\n" + IMPORTS + "\n" + RNN, "%%writefile -a rnn_model.py\n\n" + LSTM,
                        "from rnn_model import LSTMCell, SimpleRNN", SERIES, TRAINING],
    "writes a module into a folder": [IMPORTS, "!mkdir -p src", "%%writefile src/written_nets.py\n" + IMPORTS + "\n" + RNN + "\n\n" + LSTM,
                                      "import sys\nsys.path.append('src')\nimport written_nets\nfrom written_nets import *", SERIES, TRAINING],
    "widgets": _with("from ipywidgets import interact", after=["@interact\ndef show(n=3):\n    return n * 2"]),
    "run in another order": [
        Cell(SERIES, 3), Cell("data = generate_sequence_data('sine', 50)[:3] * SCALE", 6), Cell(IMPORTS, 1),
        Cell("SCALE = 2.0", 2), Cell(RNN, 4), Cell(LSTM, 5), Cell(TRAINING, 7),
    ],
}  # fmt: skip

# With libraries that this machine has not, and that people have at home; nothing uses them.
ELSEWHERE: dict[str, list[str | Cell]] = {
    "versions of unused libraries": ["import paddle, mxnet\nfor m in (paddle, mxnet):\n    print(m.__name__, m.__version__)\n"
                                     "assert tuple(map(int, paddle.__version__.split('.')[:2])) >= (1, 0)\n" + IMPORTS, *PROGRAM[1:]],
    "settings of unused libraries": ["import pandas as pd, seaborn as sns, warnings\nfrom sklearn.exceptions import ConvergenceWarning\n"
                                     "pd.options.display.max_rows = 10\nsns.set_theme(style='whitegrid')\n"
                                     "warnings.filterwarnings('ignore', category=ConvergenceWarning)\n" + IMPORTS, *PROGRAM[1:]],
    "asks for a graphics card": ["import paddle as torch\nprint(torch.cuda.device_count() > 0, f'{torch.cuda.memory_allocated() / 1024**2:.1f} MB')\n"
                                 "x = -torch.rand(3) * 2 + 1\nprint(abs(x), int(x.sum()), isinstance(x, torch.Tensor))\n"
                                 "try:\n    x = x @ x\nexcept torch.cuda.OutOfMemoryError:\n    pass\n" + IMPORTS, *PROGRAM[1:]],
    "installs in the browser": ["import piplite\nawait piplite.install('numpy')\n" + IMPORTS, *PROGRAM[1:]],
    "mounts a drive": _with("from google.colab import drive, files\ndrive.mount('/content/drive')\nfor name in files.upload():\n    print(name)"),
}  # fmt: skip


def cells_of(habit: str) -> list[Cell]:
    """The habit's cells and, as in the handout's notebook, cells that check what was written."""
    made = [cell if isinstance(cell, Cell) else Cell(cell) for cell in (HABITS | ELSEWHERE)[habit]]
    checks = [Cell(f'grader.check("{question}")', 90) for question in CHECKED]
    return [Cell(SETUP, 0 if made[0].count else None), *made, *checks]


def as_run(cells: Sequence[Cell]) -> list[Cell]:
    """In the order in which their owner ran them."""
    counted = all(cell.count is not None for cell in cells)
    return sorted(cells, key=lambda cell: cell.count or 0) if counted else list(cells)


def notebook(cells: Sequence[Cell]) -> str:
    """A notebook file."""
    made = [
        {
            "cell_type": "code",
            "execution_count": cell.count or None,
            "metadata": {"tags": list(cell.tags)} if cell.tags else {},
            "outputs": [],
            "source": cell.source,
        }
        for cell in cells
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
