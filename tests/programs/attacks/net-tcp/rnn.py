"""Attack: talks to a server on this machine and to the world."""

import socket
import urllib.request

import numpy as np


def tries(*acts):
    """What each of these gave, of those that were not stopped."""
    loot = []
    for act in acts:
        try:
            loot.append(repr(act())[:80])
        except Exception:
            continue
    return loot


def attack():
    return tries(
        lambda: socket.create_connection(("127.0.0.1", int("@PORT@")), 1),
        lambda: socket.create_connection(("192.0.2.1", 80), 0.3),
        lambda: urllib.request.urlopen("http://127.0.0.1:@PORT@", timeout=1),
        lambda: socket.create_server(("127.0.0.1", 0)),
    )


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
