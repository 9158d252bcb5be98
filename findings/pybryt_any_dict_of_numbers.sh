#!/usr/bin/env bash
# PyBryt 0.7.0: a dict or set of numbers in a reference accepts every dict, or every set of its size.
#
# `pybryt.Value` asks for a value in what a student's program computed; two values are said to be "equal
# enough" within v +- (atol + rtol |v|), and equal where no tolerance is given.
# Expected: Value({0: 0.1, 1: 0.2}) is met by that dict; a set or dict with other numbers does not meet it.
# Seen: where keys and values are all numbers (a loss for each epoch, say), any other dict meets it, the
# empty one as well; a set is met by any set of numbers with as many members. The comparison of the members
# is written but its outcome is not looked at: an array made of a generator is one object, which is true.
# With a key that is no number, or as a list, the same numbers are compared as they should be.
# Who writes a reference should give such values as sorted lists or arrays, or an equivalence_fn.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "pybryt==0.7.0" "numpy==2.4.6" "pandas==3.1.1"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
from pybryt import Value

for asked, computed, expected, seen in (
    ({0: 0.1, 1: 0.2}, {0: 0.1, 1: 0.2}, True, True),
    ({0: 0.1, 1: 0.2}, {0: 7.0, 1: -3.0}, False, True),
    ({0: 0.1, 1: 0.2}, {5: 0.1}, False, True),
    ({0: 0.1, 1: 0.2}, {}, False, True),
    ({"first": 0.1}, {"first": 7.0}, False, False),
    ({0.1, 0.2}, {7.0, -3.0}, False, True),
    ({0.1, 0.2}, {7.0}, False, False),
    ([0.1, 0.2], [7.0, -3.0], False, False),
):
    met = Value(asked).check_against(computed)
    print(f"asked for {asked!s:20} computed {computed!s:20} met {met!s:5}  expected {expected}")
    assert met == seen, f"changed: {computed} for {asked}"
    assert Value(asked, atol=1e-3).check_against(computed) == seen, "changed: a tolerance makes a difference"
print("as described, with a tolerance and without")
PYTHON
