"""What a file is taken for: by its name, and where the name says nothing by its first bytes."""

from __future__ import annotations

import re
from functools import lru_cache

from grader.intake.collection import Trouble
from grader.intake.reading.arrivals import Raw
from grader.intake.reading.decoding import file_type
from grader.intake.reading.filenames import split_suffix
from grader.language import Message, say
from grader.records import Concern

_KINDS = {
    "python": (".py", ".pyw"),
    "notebook": (".ipynb",),
    "report": (".md", ".markdown", ".mdown", ".mkd"),
    "text": (".txt",),
    "zip": (".zip",),
    "mail": (".eml",),
    "mbox": (".mbox", ".mbx"),
    "rar": (".rar",),
    "7z": (".7z",),
    "tar": (".tar", ".gz", ".tgz", ".bz2", ".tbz", ".tbz2", ".xz", ".txz"),
    "archive": (".zst", ".iso", ".z", ".lzh", ".cab", ".arj", ".001"),
    "document": (".docx", ".doc", ".pdf", ".odt", ".rtf", ".wps", ".pages", ".pptx", ".html", ".htm"),
    "tnef": (".tnef",),
    "outlook": (".msg",),
    "shortcut": (".lnk", ".url", ".webloc", ".desktop"),
    "picture": (".png", ".jpg", ".jpeg", ".jfif", ".gif", ".svg", ".bmp", ".webp", ".tif", ".tiff", ".heic", ".heif", ".avif"),
    "data": (".csv", ".tsv", ".json", ".npy", ".npz", ".pkl", ".xlsx", ".toml", ".yaml", ".yml"),
}  # fmt: skip
KIND_OF = {suffix: kind for kind, suffixes in _KINDS.items() for suffix in suffixes}
# Documents that people write a report in; a page is also what a platform or a link comes as.
WRITTEN = frozenset({".docx", ".doc", ".pdf", ".odt", ".rtf", ".wps", ".pages"})

# Clutter of systems and tools: recorded, never read.
_IGNORED = re.compile(
    r"__MACOSX|__pycache__|\.DS_Store|Thumbs\.db|desktop\.ini|\._.*|~\$.*|\.git|\.svn|\.idea|\.vscode|"
    r"\.venv|venv|site-packages|node_modules|\.ipynb_checkpoints|\.\w+_cache|\.OTTER_LOG|.*\.pyc|"
    # What the handout holds besides the student's own files.
    r"kit|make\.bat|Makefile|\.github|\.gitattributes|\.devcontainer|"
    r"archive_browser\.html|"  # Google Takeout's own
    r"dovecot[.-].*|maildirfolder|maildirsize|subscriptions|\.imap-.*\.part|\.gitignore",
    re.IGNORECASE,
)
_HEADERS = re.compile(rb"\A(?:[A-Za-z][A-Za-z0-9-]*:[^\n]*\n(?:[ \t][^\n]*\n)*){2}")
_MAIL_HEADER = re.compile(
    rb"^(?:Received|Return-Path|MIME-Version|Subject|Message-ID):", re.IGNORECASE | re.MULTILINE
)
_HEAD = 1 << 13
_CLASSROOM = b"github_username"  # a heading of GitHub Classroom's lists


@lru_cache(maxsize=1 << 12)
def is_ignored(part: str) -> bool:
    """Whether a file or folder of this name is clutter."""
    return _IGNORED.fullmatch(part) is not None


@lru_cache(maxsize=1 << 14)
def _split(name: str) -> tuple[str, str]:
    return split_suffix(name, KIND_OF.__contains__)


def stem_of(name: str) -> str:
    return _split(name)[0]


def suffix_of(name: str) -> str:
    return _split(name)[1]


def kind_of(raw: Raw) -> str:
    """A key of `_KINDS`, or "ignored", or "unknown"."""
    if raw.ignored or is_ignored(raw.name):
        return "ignored"
    if raw.name.casefold() == "winmail.dat":
        return "tnef"
    if raw.name.casefold() == "submission_metadata.yml":
        return "listing"
    if in_maildir(raw):
        return "mail"
    by_name = KIND_OF.get(_split(raw.name)[1], "unknown")
    if by_name == "data" and _CLASSROOM in _head(raw).partition(b"\n")[0]:
        return "listing"
    return _sniffed(raw) if by_name == "unknown" else by_name


def in_maildir(raw: Raw) -> bool:
    """Whether it lies in `cur` or `new` of a Maildir and looks like a mail."""
    folder = raw.parcel
    return (
        folder.kind == "folder"
        and folder.clue in ("cur", "new", "tmp")
        and _looks_like_mail(_head(raw))
    )


def _sniffed(raw: Raw) -> str:
    head = _head(raw)
    if (packed := file_type(head)) in ("zip", "rar", "7z"):
        return packed
    if head.startswith(b"From ") and _looks_like_mail(head.partition(b"\n")[2]):
        return "mbox"
    return "mail" if _looks_like_mail(head) else "unknown"


def _looks_like_mail(head: bytes) -> bool:
    return bool(_HEADERS.match(head) and _MAIL_HEADER.search(head))


def _head(raw: Raw) -> bytes:
    head = raw.stream.read(_HEAD)
    raw.stream.seek(0)
    return head


def refusal(kind: str, name: str) -> Trouble:
    """Why files of this kind are not read, and what to ask for instead."""
    return Trouble(_REASONS[kind](name), _ACTIONS[kind](), Concern.UNREADABLE)


_REASONS = {
    "shortcut": lambda name: say("{name} is a shortcut to a file, not the file.", name=name),
    "archive": lambda name: say("{name} is an archive of a kind that is not read.", name=name),
    "document": lambda name: say("{name} is a document; the report must be Markdown.", name=name),
    "outlook": lambda name: say("{name} is in Outlook's own format.", name=name),
}
_ACTIONS = {
    "shortcut": lambda: say("Ask the student for the file itself."),
    "archive": lambda: say("Ask the student for the .py and .md files themselves, or a zip."),
    "document": lambda: say("Ask the student for a .md file."),
    "outlook": lambda: say("Ask the student to send plain attachments, or save the mail as .eml."),
}


def too_large(limit: int) -> Trouble:
    return Trouble(
        say("It is larger than the limit of {limit} bytes and was not read.", limit=limit),
        say("Ask the student for the .py and .md files only."),
        Concern.UNREADABLE,
    )


def address_in_place_of_a_file() -> Trouble:
    return Trouble(
        say("A web address was handed in in place of a file."),
        say("Ask the student to hand in the .py and .md files themselves."),
        Concern.UNREADABLE,
    )


def damaged(error: Exception) -> Trouble:
    """For a container or notebook that its parser refuses."""
    return Trouble(
        say("It is damaged or not what its name says ({error}).", error=_short(error)),
        say("Ask the student to send it again."),
        Concern.UNREADABLE,
    )


def too_deep(limit: int) -> Trouble:
    return Trouble(
        say("It lies more than {limit} containers deep and was not opened.", limit=limit),
        say("Unpack it by hand, or ask the student for the files themselves."),
        Concern.UNREADABLE,
    )


def stopped(reason: Message) -> Trouble:
    action = say("Ask the student for the .py and .md files only.")
    return Trouble(reason, action, Concern.UNREADABLE)


def _short(error: Exception) -> str:
    text = "".join(mark if mark.isprintable() else " " for mark in str(error))
    return f"{type(error).__name__}: {text[:120]}"
