"""Attack: a figure of ten billion pixels, and a PNG that lies about its size."""

import struct
import zlib

import numpy as np


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def generate_sequence_data(seq_type="fibonacci", length=1000):
    header = struct.pack(">IIBBBBB", 2**31 - 1, 2**31 - 1, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IEND", b"")
