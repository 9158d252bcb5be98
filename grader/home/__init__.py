"""A student's own run: one file graded in this process and shown in the terminal."""
