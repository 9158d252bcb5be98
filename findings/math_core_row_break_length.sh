#!/usr/bin/env bash
# math-core 0.9.0: the optional length of a row break becomes text on the page.
#
# In LaTeX `\\[2pt]` ends a row and adds 2pt of space (amsmath); nothing of it is printed.
# Expected: MathML of two rows, without the characters "2pt", or an error.
# Seen: no error, and the second row begins with the letters and digits of "[2pt]". The same for the
# position argument of aligned: `\begin{aligned}[t]` prints "[t]".
# What takes formulas from people should strip both before it converts.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "math-core==0.9.0"
"$folder/venv/bin/python" - <<'PYTHON'
import re

from math_core import LatexToMathML

converter = LatexToMathML()


def seen(latex: str) -> str:
    """What a reader sees: the text of the MathML."""
    html = converter.convert_with_local_state(latex, displaystyle=True)
    return re.sub(r"<[^>]*>", "", html)


row = seen(r"\begin{aligned} a &= b \\[2pt] c &= d \end{aligned}")
position = seen(r"\begin{aligned}[t] a &= b \end{aligned}")
print("row break: ", row)
print("position:  ", position)
assert "[2pt]" in row, "changed: the length of a row break is no longer printed"
assert "[t]" in position, "changed: the position of aligned is no longer printed"
print("as described")
PYTHON
