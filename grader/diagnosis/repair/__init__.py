"""Verified repair: which lines of a student's program make a question right, changed alone.

Small edits of the student's own functions are made here, in the examiner, and tried in a worker
of their own. One with which everything is right proves its place, whatever the mistake is called:
one line, or several on which the same slip was made. Where none is enough, those are told that are
needed together, or one that makes some parts right.
A right line with a wrong edit is frequent, so a student is told the line and never the edit.
"""
