"""What goes wrong while a program draws costs its picture at most: the training stays judged."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

from grader.intake.reading.notebooks import read_notebook
from grader.protocol import Observation
from grader.sandbox import Limits, session
from tests import ROOT
from tests.home.habits import Cell, notebook

LIMITS = Limits(call=60.0, load=60.0, training=60.0, total=600.0)
PROGRAM = """
import warnings
import matplotlib
import matplotlib.pyplot as plt
import numpy as np
{above}
class SimpleRNN:
    def __init__(self): self.w = np.ones(1)
    def forward(self, x): return self.w * x, x
    def backward(self, d): self.g = d.sum()
    def update_parameters(self, rate): self.w = self.w - rate * self.g
def train_rnn_on_sequence():
    rnn = SimpleRNN()
    for _ in range(3):
        y, _ = rnn.forward(np.ones((2, 1, 1)))
        rnn.backward(y)
        rnn.update_parameters(0.1)
    fig, ax = plt.subplots(1, 2)
    ax[0].plot([1, 2], label='a')
    ax[1].plot([2, 1])
{body}
    return {{'losses': [1.0], 'figure': fig}}
"""
# Name -> (above, body): at home each draws, or drew with another version or on another system.
TROUBLES = {
    "a font file of Windows": (
        "from matplotlib.font_manager import FontProperties\nfont = FontProperties(fname=r'C:\\Windows\\Fonts\\simhei.ttf')",
        "ax[0].set_title('损失', fontproperties=font)\nplt.tight_layout()\nfig.savefig('a.png')",
    ),
    "a font file for a family": (
        "plt.rcParams['font.family'] = 'C:/Windows/Fonts/simhei.ttf'",
        "ax[0].set_title('损失', fontname='SimHei')\nfig.savefig('a.png')",
    ),
    "LaTeX": (
        "plt.rcParams['text.usetex'] = True",
        "ax[0].set_title(r'$\\alpha$')\nplt.tight_layout()\nplt.show()",
    ),
    "broken mathematics": ("", "ax[0].set_title('$\\\\frac{1}{$')\nfig.savefig('a.png')"),
    "a window to maximise": ("", "plt.get_current_fig_manager().window.showMaximized()"),
    "a window to place": ("", "plt.get_current_fig_manager().window.wm_geometry('+0+0')"),
    "a title of the window": ("", "fig.canvas.set_window_title('RNN')"),
    "full screen": ("", "plt.get_current_fig_manager().full_screen_toggle()"),
    "warnings as errors": (
        "warnings.simplefilter('error')",
        "plt.rcParams['font.sans-serif'] = ['SimHei']\nax[0].set_title('损失')\nplt.tight_layout()\nplt.show()",
    ),
    "a style of older versions": ("plt.style.use('seaborn-whitegrid')", "plt.show()"),
    "an argument of older versions": ("", "plt.grid(b=True)\nplt.show()"),
    "a setting of older versions": ("plt.rcParams['text.latex.unicode'] = True", "plt.show()"),
    "a folder that is not there": (
        "",
        "fig.savefig('figures/loss.png')\nplt.savefig('D:/figures/loss.png')",
    ),
    "lengths that differ": ("", "line, = ax[0].plot([1, 2, 3], [1, 2])\nline.set_color('red')"),
    "panels that cannot be": ("", "other, axes = plt.subplots(0, 0)\naxes[0].plot([1])"),
    "numbers that overflow": ("", "ax[0].plot([1e308, -1e308])\nplt.tight_layout()\nplt.show()"),
    "words in place of numbers": ("", "ax[0].set_xlim('a', 'b')\nplt.ylim('x')"),
    "a method that is none": ("", "ax[0].set_titel('x')"),
    "an image without a reader": ("", "ax[0].imshow(plt.imread('photo.jpg'))"),
    "a legend of nothing": ("warnings.simplefilter('error')", "ax[1].legend()\nplt.show()"),
    "a colour map of older versions": (
        "import matplotlib.cm as cm\ncolours = cm.get_cmap('viridis')",
        "ax[0].plot([1], color=colours(0.5))",
    ),
    "a font to add": (
        "from matplotlib import font_manager as fonts\nfrom matplotlib.font_manager import _rebuild\n_rebuild()\nfonts.fontManager.addfont('C:/Windows/Fonts/simhei.ttf')",
        "plt.show()",
    ),
    "a font list that is asked": (
        "",
        "ax[0].text(0, 0, '损失', family=['Microsoft YaHei', 'SimHei'])\nfig.canvas.draw()",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", TROUBLES)
def test_trouble_with_a_picture_leaves_the_rest(name: str) -> None:
    seen = observed(*TROUBLES[name])
    assert seen.ended is None
    assert seen.returned["losses"] == [1.0]
    assert seen.backward_calls == seen.update_calls == 3
    picture = seen.returned["figure"]
    assert (picture.axes, picture.lines >= 2) == (2, True)


@pytest.mark.slow
def test_a_notebooks_pictures_cost_no_more_either() -> None:
    body = "plt.grid(b=True)\nfig.savefig('D:/figures/loss.png')\nfig.canvas.set_window_title('x')"
    made = read_notebook(notebook([Cell(source("", body))]))
    with session(made.program, LIMITS) as student:
        seen: Observation = student.environment()["train_rnn_on_sequence"].observe()
    assert seen.ended is None
    assert seen.returned["losses"] == [1.0]
    assert seen.drawing is not None


def test_an_exception_in_the_students_own_line_of_drawing_leaves_the_record() -> None:
    seen = observed("", "a, b, c = plt.plot([1, 2], [1])")
    assert seen.returned is None
    assert seen.ended is not None
    assert "line 21" in str(seen.ended)
    assert seen.backward_calls == 3
    assert len(seen.figures) == 1


def test_what_could_not_be_drawn_is_told_once() -> None:
    seen = observed("", "plt.grid(b=True)\nplt.grid(b=True)")
    assert seen.drawing is not None
    assert "line 21" in str(seen.drawing)


def test_findfont_and_glyphs_are_not_told() -> None:
    with session(
        source("", "ax[0].set_title('损失', family='SimHei')\nplt.show()"), LIMITS
    ) as student:
        student.environment()["train_rnn_on_sequence"].observe()
        assert student.printed_since() == ""


def test_what_is_no_drawing_still_ends_the_run() -> None:
    from grader.faults import Crashed

    with pytest.raises(Crashed, match="ZeroDivisionError"):
        observed("", "1 / 0")


def source(above: str, body: str) -> str:
    return PROGRAM.format(above=above, body=textwrap.indent(body, "    "))


def observed(above: str, body: str) -> Observation:
    with session(source(above, body), LIMITS) as student:
        assert student.load_fault is None, str(student.load_fault)
        observation: Observation = student.environment()["train_rnn_on_sequence"].observe()
        return observation


REHEARSED = """
import sys
from grader.sandbox.worker import forkserver, render_figures
from grader.sandbox.worker.pictures import figures
assert "numpy.random" in sys.modules
figures.prepare()
figures.rehearse()
import matplotlib.pyplot as plt
from matplotlib.font_manager import fontManager
from matplotlib.mathtext import MathTextParser
assert MathTextParser._parser is not None
looked_for = fontManager._findfont_cached.cache_info().misses
figure, axes = plt.subplots()
axes.semilogy([1.0, 1e-3])
assert render_figures.render(figure)
assert fontManager._findfont_cached.cache_info().misses == looked_for
"""


def test_a_parent_of_workers_has_loaded_and_found_what_figures_need() -> None:
    subprocess.run([sys.executable, "-c", REHEARSED], cwd=ROOT, check=True)


def test_the_figures_of_a_forked_worker_read_from_no_file_but_fonts() -> None:
    text = source("kept = [open(f'{n}.log', 'w') for n in range(9)]", "ax[0].semilogy([1.0, 0.01])")
    with session(text, LIMITS, many=True) as student:
        seen = student.environment()["train_rnn_on_sequence"].observe()
        assert seen.drawing is None, str(seen.drawing)
        assert seen.figures
        assert student.printed_since() == ""
