"""The instructor's secret, which seeds the hidden inputs."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from grader.faults import KitFault

SIZE = 32


def kept(path: Path) -> bytes:
    """The secret: made at first use, readable by its owner only.

    Raises KitFault where the file is there but cannot be the secret.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        found = path.read_bytes()
        if len(found) != SIZE:
            raise KitFault(
                f"{path} is not the secret that the kit made; restore or delete it"
            ) from None
        return found
    with os.fdopen(handle, "wb") as file:
        made = secrets.token_bytes(SIZE)
        file.write(made)
    return made
