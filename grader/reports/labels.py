"""What the statuses are called, and how they look: shared by pages and terminal."""

from __future__ import annotations

from grader.language import Message, say
from grader.records import Status

STATUSES: dict[Status, Message] = {
    Status.GRADED: say("graded"),
    Status.NEEDS_REVIEW: say("needs review"),
    Status.UNREADABLE: say("unreadable"),
    Status.MISSING: say("nothing came in"),
    Status.FOREIGN: say("another assignment"),
    Status.KIT_FAULT: say("grader's fault"),
}
ROLES: dict[str, Message] = {
    "source": say("program"),
    "bonus": say("program, optional part"),
    "report": say("report"),
    "mail": say("mail"),
    "archive": say("archive"),
    "ignored": say("ignored"),
    "unreadable": say("unreadable"),
}
STATUS_STATES: dict[Status, str] = {
    Status.GRADED: "full",
    Status.NEEDS_REVIEW: "part",
    Status.UNREADABLE: "none",
    Status.MISSING: "none",
    Status.FOREIGN: "none",
    Status.KIT_FAULT: "none",
}
