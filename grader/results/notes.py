"""Notes of a grade that more than one place must know."""

from __future__ import annotations

from grader.language import Message, say
from grader.records import Grade


def load_note(what: Message) -> Message:
    """What went wrong while a file was loaded; what it defined before was graded."""
    return say("While your file was loaded: {what}", what=what)


def loaded_whole(grade: Grade) -> bool:
    """Whether nothing went wrong while the file was loaded."""
    text = load_note(Message("")).text
    return all(note.text != text for note in grade.notes)
