"""What a student's program does, and what it does with a line changed: run in the sandbox."""
