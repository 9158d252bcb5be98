"""How a student's id stands in rows, in file names and on pages."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 32
# Ids that we make: of work whose owner has no id, and of a second person under one id.
MADE_UP = re.compile(r"unknown-[0-9a-f]{8}")
SECOND_NAME = re.compile(r"(.+)-[0-9a-f]{8}")
_WINDOWS_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


def safe_id(student_id: str) -> str:
    """The id as it may stand in file names: ASCII digits and letters only, never empty."""
    kept = re.sub(r"[^0-9A-Za-z]", "", unicodedata.normalize("NFKC", student_id))[:LONGEST]
    return f"id{kept}" if not kept or _WINDOWS_DEVICE.fullmatch(kept) else kept


def as_in_rows(written: str) -> str:
    """The id that a row has, of one that a person has written; "" where nothing was."""
    made = MADE_UP.fullmatch(written) or SECOND_NAME.fullmatch(written)
    return written if made or not written else safe_id(written)
