#!/usr/bin/env bash
# math-verify 0.9.0: the exponent T is dropped, a formula to the power T equals the formula.
#
# `verify(gold, target)` tells whether the target matches the gold expression, both read by `parse`, and is
# used to grade answers in LaTeX. Its converter lists the transpose, of matrices that are written out, among
# what it reads; nothing says that ^T means this beside a symbol or a number.
# Expected: \lambda^T, how much a gradient changes over T steps, is a power as \lambda^k and \lambda^{T-1}
# are, and differs from \lambda; and where ^T is read as a transpose, W^T \delta differs from W \delta.
# Seen: T alone as an exponent is read as a transpose, that of a symbol or a number is the thing itself, and
# nothing is left of it: \lambda^T equals \lambda, 0.9^T equals 0.9, (1+r)^T equals 1+r, W^T \delta equals
# W \delta, and \lambda^T is not equal to \lambda^{1T}. With \top the formula is not parsed at all: only its
# text is compared, so that it fails against its own equivalents.
# Who grades formulas with it should rename T before, and not ask for transposes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  "math-verify==0.9.0" "latex2sympy2_extended==1.11.0" "antlr4-python3-runtime==4.13.2" "sympy==1.14.0"
"$folder/venv/bin/python" - <<'PYTHON'
from math_verify import parse, verify

for gold, answer, expected, seen in (
    (r"\lambda^k", r"\lambda", False, False),
    (r"\lambda^{T-1}", r"\lambda", False, False),
    (r"\lambda^k", r"\lambda^{1k}", True, True),
    (r"\lambda^T", r"\lambda", False, True),
    (r"\lambda^{T}", r"\lambda", False, True),
    (r"\lambda^T", r"\lambda^{1T}", True, False),
    (r"0.9^T", r"0.9", False, True),
    (r"(1+r)^T", r"1+r", False, True),
    (r"W^T \delta", r"W \delta", False, True),
    (r"W^\top \delta + b", r"b + W^\top \delta", True, False),
):
    left, right = parse(f"${gold}$"), parse(f"${answer}$")
    equal = verify(left, right)
    print(f"{gold:19} and {answer:19} equal {equal!s:5} expected {expected!s:5}   read as {left[0]} and {right[0]}")
    assert equal == seen, f"changed: {gold} and {answer}"
print("as described")
PYTHON
