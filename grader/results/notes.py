"""A note of a submission that more than one place must know."""

from __future__ import annotations

from grader.language import say

LATE = say("It came after the deadline.")
