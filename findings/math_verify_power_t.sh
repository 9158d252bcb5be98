#!/usr/bin/env bash
# math-verify 0.9.0: the exponent T is not read, a formula to the power T is read as the formula.
#
# `parse` reads a LaTeX formula into a SymPy expression. Its converter lists the transpose, of matrices that
# are written out, among what it reads; nothing says that ^T means this beside a symbol or a number.
# Expected: \lambda^T, by which a gradient changes over T steps, is read as a power, as \lambda^k and
# \lambda^{T-1} are; and where ^T is a transpose, W^T \delta keeps it.
# Seen: T alone as an exponent is read as a transpose, that of a symbol or a number is the thing itself, and
# nothing is left of it: lambda, 0.9, r + 1, delta*w. With a factor, \lambda^{1T}, it is a power again. A
# formula with \top is not read at all: only its text comes back.
# Who reads formulas about sequences with it should rename T first.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  "math-verify==0.9.0" "latex2sympy2_extended==1.11.0" "antlr4-python3-runtime==4.13.2" "sympy==1.14.0"
"$folder/venv/bin/python" - <<'PYTHON'
from math_verify import parse

for formula, seen in (
    (r"\lambda^k", "lambda**k"),
    (r"\lambda^{T-1}", "lambda**(t - 1)"),
    (r"\lambda^{1T}", "lambda**(1*t)"),
    (r"\lambda^T", "lambda"),
    (r"\lambda^{T}", "lambda"),
    (r"0.9^T", "0.9"),
    (r"(1+r)^T", "r + 1"),
    (r"W^T \delta", "delta*w"),
    (r"W^\top \delta + b", r"W^\top \delta + b"),
):
    read = str(parse(f"${formula}$")[0]).replace("0.900000000000000", "0.9")
    print(f"{formula:18} is read as {read}")
    assert read == seen, f"changed: {formula}"
print("as described")
PYTHON
