"""Names of IMAP folders: modified UTF-7 (RFC 3501, 5.1.3), which no standard codec reads."""

from __future__ import annotations

import base64
import re


def quoted(folder: str) -> str:
    """A folder name as an IMAP quoted string in modified UTF-7."""
    return '"' + encode_folder(folder).replace("\\", "\\\\").replace('"', '\\"') + '"'


def encode_folder(folder: str) -> str:
    """Modified UTF-7 (RFC 3501, 5.1.3): 垃圾邮件 is &V4NXPpCuTvY-."""

    def shift(run: re.Match[str]) -> str:
        packed = base64.b64encode(run[0].encode("utf-16-be")).rstrip(b"=").replace(b"/", b",")
        return f"&{packed.decode()}-"

    return re.sub(r"[^\x20-\x7e]+", shift, folder.replace("&", "&-"))


def decode_folder(name: str) -> str:
    """The reverse; what is no modified UTF-7 stays as it is."""

    def unshift(run: re.Match[str]) -> str:
        packed = run[1].replace(",", "/")
        if not packed:
            return "&"
        try:
            return base64.b64decode(packed + "=" * (-len(packed) % 4)).decode("utf-16-be")
        except ValueError:
            return run[0]

    return re.sub(r"&([^-]*)-", unshift, name)
