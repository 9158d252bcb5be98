"""The words of the scoring page, in one language."""

from __future__ import annotations

from grader.language import Message, render, say

WORDS: dict[str, Message] = {
    "title": say("Scoring the written part"),
    "section": say("Section"),
    "student": say("Student"),
    "progress": say("{done} of {total} scored", done="{done}", total="{total}"),
    "left": say("about {minutes} min left", minutes="{minutes}"),
    "rubric": say("Rubric"),
    "free": say("Free points"),
    "comment": say("Comment"),
    "look": say("Needs a second look"),
    "full": say("Full marks need"),
    "lecture": say("In the course"),
    "model": say("Model answer"),
    "whole": say("Whole report"),
    "next": say("Done, next"),
    "previous": say("Back"),
    "undo": say("Undo"),
    "points": say("{points} of {most}", points="{points}", most="{most}"),
    "saved": say("saved"),
    "saving": say("saving…"),
    "unsaved": say("Not saved: the server does not answer. It is tried again."),
    "conflict": say("Somebody else changed this mark meanwhile. Theirs is shown; yours was:"),
    "mine": say("Use mine"),
    "theirs": say("Keep theirs"),
    "all_done": say("Everybody is scored here."),
    "no_report": say("No report came in."),
    "photo": say("A picture that came beside the report"),
    "no_answer": say("Nothing stands under this heading."),
    "edit": say("Edit the rubric"),
    "add": say("Add an item"),
    "key": say("Short name"),
    "points_each": say("Points"),
    "text": say("Text"),
    "change": say("Change for everybody"),
    "remove": say("Remove"),
    "changed": say("Changed for {count} marks.", count="{count}"),
    "uses": say("Where it is used"),
    "compare": say("Readers who differ"),
    "drift": say("Mean by order of marking"),
    "by_student": say("Student by student"),
    "history": say("What was changed"),
    "nothing": say("Nothing to show."),
    "oral": say("Oral exam"),
    "question": say("Question"),
    "asked": say(
        "{points} of {most}, {count} asked", points="{points}", most="{most}", count="{count}"
    ),
    "dossier": say("The dossier"),
    "no_dossier": say("There is no dossier: `python -m grader dossier OUT` writes it."),
    "oral_keys": say(
        "0 to 3: the mark of the question that is marked, then the next one · ↑ ↓: another question · "
        "Backspace: not asked · c: note · l: second look · Enter or →: done, next · ←: back · u: undo · "
        "h: history · r: examiners who differ · ?: this help"
    ),
    "help": say("Keys"),
    "close": say("Close"),
    "keys": say(
        "1 to 9, q, y, i, o, p: an item · 0: all or none · f: free points · c: comment · l: second look "
        "· Enter or →: done, next · ←: back · u: undo · m: model answer · w: whole report · e: edit "
        "the rubric · s: student by student · h: history · d: drift · r: readers · + - and t: zoom and turn pictures · ?: this help"
    ),
}


def words_of_page(language: str) -> dict[str, str]:
    """Every word by its name; `{points}` and the like stay for the page to fill in."""
    return {name: render(message, language) for name, message in WORDS.items()}
