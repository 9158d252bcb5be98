"""`python -m tests.strangers`: judge programs that the catalogue does not know; write the table."""

from __future__ import annotations

import argparse
from pathlib import Path

from tests import ROOT
from tests.strangers import blind, table
from tests.strangers.run import results
from tests.strangers.units import ENTRIES

BEFORE = Path(__file__).with_name("before.md")  # figures of the kit without experiments
COUNT = 1_000  # of which about 400 are wrong without raising
NOTE = """# Programs that nobody told the kit about

Written by `make strangers` ({count} edited programs, seed {seed}; minutes, outside CI).

Right programs in {bases} styles get one or two generic edits of their syntax tree: operators,
operands, indexes, axes, bounds, statements, names. `tests/strangers/truth.py` measures with NumPy
alone which of them are wrong; the kit grades each in this process; `tests/strangers/claims` tries
every statement of its diagnosis on the program. *Cause named*: nothing said is false, and something
true says what is wrong. *Place named*: true, but only where. *Something false*: at least one
statement does not hold. *Silent*: points are lost, and nothing that can be checked is said.
*Escaped*: wrong, and nothing is lost in Part 4 or q5_1.
"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.strangers", description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "strangers.md")
    parser.add_argument("--kept", type=Path, help="results so far; a later run goes on from them")
    parser.add_argument(
        "--question", nargs="+", default=(), choices=list(ENTRIES), help="edit and grade only these"
    )
    parser.add_argument("--edited-only", action="store_true", help="none of those written by hand")
    chosen = parser.parse_args()
    found = list(results(chosen.count, chosen.seed, chosen.jobs, chosen.kept, chosen.question))
    parts = {
        "Edited programs": table.of_kinds(found),
        "The others": table.of_the_rest(found),
        "Escapes and unfair losses": table.of_escapes(found),
        "Statements": table.of_claims(found),
    }
    if not chosen.edited_only:
        parts["Programs written by hand"] = blind.table(chosen.jobs)
    bases = len({one.stranger.base_name for one in found})
    text = NOTE.format(count=chosen.count, seed=chosen.seed, bases=bases)
    text += "".join(f"\n## {head}\n\n{body}\n" for head, body in parts.items())
    text += "\n" + BEFORE.read_text(encoding="utf-8")
    chosen.out.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
