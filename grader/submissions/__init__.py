"""What comes in: formats, names, pairing of .py with .md, decoding."""
