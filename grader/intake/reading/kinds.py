"""What a file is taken for: by its name, and where the name says nothing by its first bytes."""

from __future__ import annotations

import re
from functools import lru_cache

from grader.intake.collection import Trouble
from grader.intake.reading.arrivals import Raw
from grader.intake.reading.decoding import file_type
from grader.intake.reading.filenames import is_placeholder, split_suffix
from grader.intake.reading.programs import defines_rnn
from grader.language import Message, say
from grader.records import Concern

_KINDS = {
    "python": (".py", ".pyw"),
    "notebook": (".ipynb",),
    "report": (".md", ".markdown", ".mdown", ".mkd", ".mkdn", ".mdwn", ".rmd", ".qmd"),
    "text": (".txt", ".text"),
    "zip": (".zip",),
    "mail": (".eml",),
    "mbox": (".mbox", ".mbx"),
    "rar": (".rar",),
    "7z": (".7z",),
    "tar": (".tar", ".gz", ".tgz", ".bz2", ".tbz", ".tbz2", ".xz", ".txz"),
    "archive": (".zst", ".iso", ".z", ".lzh", ".cab", ".arj", ".001"),
    "document": (".docx", ".doc", ".pdf", ".odt", ".rtf", ".wps", ".pages", ".tex", ".typ",
                 ".rst", ".org", ".adoc", ".docm", ".dotx", ".xps", ".pptx", ".ppt", ".html", ".htm"),
    "tnef": (".tnef",),
    "outlook": (".msg",),
    "emlx": (".emlx",),
    "mailbox": (".pst", ".ost", ".olm", ".dbx"),
    "sealed": (".p7m", ".pgp", ".gpg"),
    "shortcut": (".lnk", ".url", ".webloc", ".desktop", ".gdoc", ".gdocx"),
    "picture": (".png", ".jpg", ".jpeg", ".jfif", ".gif", ".svg", ".bmp", ".webp", ".tif", ".tiff", ".heic", ".heif", ".avif"),
    "data": (".csv", ".tsv", ".json", ".npy", ".npz", ".pkl", ".xlsx", ".toml", ".yaml", ".yml"),
}  # fmt: skip
KIND_OF = {suffix: kind for kind, suffixes in _KINDS.items() for suffix in suffixes}
_BY_NAME = {
    "winmail.dat": "tnef",
    "submission_metadata.yml": "listing",
    "encrypted.asc": "sealed",  # RFC 3156: OpenPGP
}
# Documents that people write a report in; a page is also what a platform or a link comes as.
WRITTEN = frozenset({
    ".docx", ".doc", ".docm", ".dotx", ".pdf", ".odt", ".rtf", ".wps", ".pages", ".tex", ".typ", ".rst", ".org",
    ".adoc", ".xps",
})  # fmt: skip
# Kinds whose content may be another's: people rename files, and downloads are named by guess.
_RENAMED = frozenset({"python", "notebook", "report", "text", "picture", "zip", "rar", "7z", "tar"})
# The first name in a zip that is a document of Office, WPS or LibreOffice.
_OFFICE = re.compile(rb"\[Content_Types\]\.xml|mimetype|(?:_rels|docProps|customXml|word|ppt|xl)/")
_PACKED = {"zip": "zip", "rar": "rar", "7z": "7z", "gzip": "tar", "bzip2": "tar", "xz": "tar"}
_PAGE = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html)\b", re.IGNORECASE)
_BINARY = frozenset({".docx", ".doc", ".pdf", ".odt", ".wps", ".pages"})
_HEADLINE = re.compile(rb"^#{1,6} ?[^\s#]", re.MULTILINE)
_NO_TEXT = re.compile(rb"\A\s*(?:<|\{\\rtf|%|MIME-Version)|[\0-\x08\x0e-\x1f]", re.IGNORECASE)
_ZIP_NAME = 30  # APPNOTE.TXT, 4.3.7: where the first member's name begins
_TAR = slice(257, 262)  # POSIX.1-1988: "ustar"

# Clutter of systems and tools: recorded, never read.
_IGNORED = re.compile(
    r"__MACOSX|__pycache__|\.DS_Store|Thumbs\.db|desktop\.ini|\._.*|~\$.*|\.git|\.svn|\.idea|\.vscode|"
    r"\.venv|venv|site-packages|node_modules|\.ipynb_checkpoints|\.\w+_cache|\.OTTER_LOG|.*\.pyc|"
    # What the handout holds besides the student's own files.
    r"kit|make\.bat|Makefile|\.github|\.gitattributes|\.devcontainer|"
    r"archive_browser\.html|"  # Google Takeout's own
    r"table_of_contents|dovecot[.-].*|maildirfolder|maildirsize|subscriptions|\.imap-.*\.part|\.gitignore",
    re.IGNORECASE,
)
# What Exchange and Outlook make of the text around attachments.
_BETWEEN = re.compile(
    r"(?:ATT|untitled attachment |(?:无标题|未命名)的?附件 ?)\d{5}\.{1,2}(?:txt|html?)",
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


def is_between_attachments(name: str) -> bool:
    """Whether Exchange named it so: a piece of a mail's text, if it is nothing of the assignment."""
    return _BETWEEN.fullmatch(name) is not None


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
    if special := _by_whole_name(raw):
        return special
    by_name = KIND_OF.get(_split(raw.name)[1], "unknown")
    if by_name in _RENAMED:
        return _by_content(_head(raw), by_name) or by_name
    if by_name == "document" and suffix_of(raw.name) in _BINARY and _is_markdown(_head(raw)):
        return "text"
    if by_name == "data" and _CLASSROOM in _head(raw).partition(b"\n")[0]:
        return "listing"
    return _sniffed(raw) if by_name == "unknown" else by_name


def _by_whole_name(raw: Raw) -> str:
    """What is known by more than a suffix; "" for all else."""
    if kind := _BY_NAME.get(raw.name.casefold()):
        return kind
    if is_placeholder(raw.name):
        return "placeholder"
    return "mail" if in_maildir(raw) else ""


def _by_content(head: bytes, by_name: str) -> str:
    """Archives, office files and notebooks, whatever they are called; "" for all else."""
    kind = _PACKED.get(file_type(head), "")
    if kind == "zip" and _OFFICE.match(head, _ZIP_NAME):
        return "document"
    if kind or head[_TAR] == b"ustar":
        return kind or "tar"
    text = by_name in ("python", "report", "text")
    if text and head.lstrip().startswith(b"{") and b'"cell_type"' in head:
        return "notebook"
    if by_name not in ("report", "text") and _PAGE.match(head):
        return "page"
    packed = by_name in _PACKED.values()
    return "text" if packed and defines_rnn(head.decode("utf-8", "ignore")) else ""


def _is_markdown(head: bytes) -> bool:
    """Whether it is text with a heading, and none of the formats that are written as text."""
    return _HEADLINE.search(head) is not None and _NO_TEXT.search(head) is None


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
    "page": lambda name: say(
        "{name} is a web page, as one comes in place of a file that asks for a login.", name=name
    ),
    "placeholder": lambda name: say(
        "{name} only stands for a file that is still in iCloud.", name=name
    ),
    "outlook": lambda name: say("{name} is in Outlook's own format.", name=name),
    "mailbox": lambda name: say("{name} is a whole mailbox in a program's own format.", name=name),
    "sealed": lambda name: say(
        "{name} is a mail that is signed or encrypted as a whole.", name=name
    ),
}
_ACTIONS = {
    "shortcut": lambda: say("Ask the student for the file itself."),
    "archive": lambda: say("Ask the student for the .py and .md files themselves, or a zip."),
    "document": lambda: say("Ask the student for a .md file."),
    "page": lambda: say("Ask the student for the file itself."),
    "placeholder": lambda: say("Ask the student for the file itself."),
    "outlook": lambda: say("Ask the student to send plain attachments, or save the mail as .eml."),
    "mailbox": lambda: say(
        "Export its mails as .eml or mbox; `python -m grader fetch` has them from the server."
    ),
    "sealed": lambda: say(
        "Open it in a mail program and save the attachments, or ask the student to send them as they are."
    ),
}

REFUSED = frozenset(_REASONS)


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


def link_in_place_of_a_file(told: Message, kind: Concern = Concern.UNREADABLE) -> Trouble:
    action = say("Links are not followed: ask the student to attach the .py and .md files.")
    return Trouble(told, action, kind)


def damaged(error: Exception) -> Trouble:
    """For a container or notebook that its parser refuses."""
    return Trouble(
        say("It is damaged or not what its name says ({error}).", error=_short(error)),
        say("Ask the student to send it again."),
        Concern.UNREADABLE,
    )


def kept_apart(name: str) -> Trouble:
    """For an attachment of which Apple Mail's own file holds the name only."""
    return Trouble(
        say("Apple Mail keeps {name} apart from this mail.", name=name),
        say("Save the mail in Apple Mail as its raw source, and put that file into the inbox."),
        Concern.UNREADABLE,
    )


def kit_failed(error: Exception) -> Trouble:
    """For what stopped at a mistake of ours, and not of whoever sent it."""
    return Trouble(
        say("The kit itself failed at this ({error}).", error=_short(error)),
        say("Look at the files by hand, and report this message to those who maintain the kit."),
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
