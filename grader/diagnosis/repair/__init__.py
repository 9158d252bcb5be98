"""Verified repair: which line of a student's program, changed alone, makes a question right.

Small edits of the student's own functions are made here, in the examiner, and tried in a worker
of their own. One with which everything is right proves its line, whatever the mistake is called.
A right line with a wrong edit is frequent, so a student is told the line and never the edit.
"""
