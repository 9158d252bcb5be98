"""Attack: talks to the abstract sockets of the machine."""

import socket

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
    def call(name):
        socket.socket(socket.AF_UNIX).connect(name)
        return name

    def serve():
        server = socket.socket(socket.AF_UNIX)
        server.bind("\0ml6left")
        server.listen()
        return server

    return tries(lambda: call("\0@ABSTRACT@"), lambda: call("@SOCKET@"), serve)


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
