"""A mail that is ready to be sent: subject, recipient, both files with their Chinese names."""

from __future__ import annotations

from collections.abc import Mapping
from email import encoders
from email.header import Header
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import SMTP

TYPES = {".py": ("text", "x-python"), ".md": ("text", "markdown")}
# One encoded word, whatever the length of a name: folded ones are what programs stumble over.
UNFOLDED = 998


def compose(recipient: str, subject: str, text: str, files: Mapping[str, bytes]) -> bytes:
    """An RFC 5322 message. `files`: name -> content; names end in .py or .md.

    There is no sender and no date: the student's own mail program adds them on sending
    (`X-Unsent` makes Outlook open the file as a draft).
    """
    message = MIMEMultipart()
    message["To"] = recipient
    message["Subject"] = Header(subject, "utf-8", maxlinelen=UNFOLDED).encode()
    message["X-Unsent"] = "1"
    message.attach(MIMEText(text, "plain", "utf-8"))
    for name, content in files.items():
        message.attach(_attachment(name, content))
    return message.as_bytes(policy=message.policy.clone(linesep=SMTP.linesep))


def _attachment(name: str, content: bytes) -> MIMEBase:
    """Base64 keeps every byte: no program on the way may change an encoding or a line's end."""
    part = MIMEBase(*TYPES[name[-3:]], charset="utf-8")
    part.set_payload(content)
    encoders.encode_base64(part)
    # `filename*=` (RFC 2231) is the rule; older programs look for a `name` as in RFC 2047.
    part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", name))
    part.set_param("name", Header(name, "utf-8", maxlinelen=UNFOLDED).encode())
    return part
