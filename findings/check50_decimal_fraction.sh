#!/usr/bin/env bash
# check50 3.5.0: a number that is asked for exactly is found in the fraction of another one.
#
# `check50.regex.decimal` is documented to make an expression that matches "the number exactly", and
# `run(...).stdout(5)` uses it for every number it is given. The example beside it is `decimal("7.0000")`.
# Expected: a program that prints 5 passes, one that prints 0.5, 15 or 5e-3 does not.
# Seen: 15 and 5.2 are turned away, but before the number may stand a decimal point, and after it an
# exponent: 0.5, 5.5 and 5e-3 pass for 5, 1.25 for 25. Before a negative number anything may stand: 3e-5
# passes for -5. The documented example is a TypeError, a string is compared with 0; Decimal("7.0000") works.
# Who checks losses, rates and gradients, which often are below 1, should match the whole line, with an
# expression of their own, or read the number and compare.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "check50==3.5.0"
"$folder/venv/bin/python" - <<'PYTHON'
from decimal import Decimal

import check50


def passes(printed, number):
    """Whether a program that prints this is accepted where the number is asked for."""
    try:
        check50.run(f"echo {printed}").stdout(number)
    except check50.Mismatch:
        return False
    return True


for printed, number, expected, seen in (
    ("5", 5, True, True),
    ("15", 5, False, False),
    ("5.2", 5, False, False),
    ("5.5", 5, False, True),
    ("7.0000", Decimal("7.0000"), True, True),
    ("0.5", 5, False, True),
    ("1.25", 25, False, True),
    ("5e-3", 5, False, True),
    ("3e-5", -5, False, True),
):
    found = passes(printed, number)
    print(f"asked for {number!s:>6}, printed {printed:>6}: passes {found!s:5}  expected {expected}")
    assert found == seen, f"changed: {printed} for {number}"

try:
    example = check50.regex.decimal("7.0000")
except TypeError as error:
    example = f"TypeError: {error}"
print("the documented example:", example)
assert example.startswith("TypeError"), "changed: the documented example works"
print("as described")
PYTHON
