#!/usr/bin/env bash
# copydetect 0.5.0: after the name of a class, the table of offsets forgets what was removed before it.
#
# `filter_code` documents its second result as "how many characters were removed by filtering at each
# index in the resulting document"; it is used to find fingerprints again in the program as it was typed.
# Expected: index + offset is the place in the program, and offsets never fall.
# Seen: the entry for a class's name holds only the length of that name less one, so that code next to
# `class` in the filtered text is looked for near the beginning of the file.
# Who maps fingerprints back to lines should leave out entries that are less than an earlier one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "copydetect==0.5.0"
"$folder/venv/bin/python" - <<'PYTHON'
from copydetect.utils import filter_code

program = "# a comment of forty-one characters, removed\nrate = 1\nclass Network:\n    size = 2\n"
filtered, offsets = filter_code(program, "x.py", "python")
place = filtered.index("O")  # what is left of the class's name
claimed = place + next(offset for index, offset in offsets.tolist() if index == place)
print("filtered:", filtered)
print("offsets: ", offsets.tolist())
print("the name stands at", program.index("Network"), "and is said to stand at", claimed)
assert claimed != program.index("Network"), "changed: the class's name is found again"
removed = offsets[:, 1].tolist()
assert removed != sorted(removed), "changed: offsets no longer fall"
print("as described")
PYTHON
