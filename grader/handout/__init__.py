"""What a student receives: the zip, the notebook, the wheel of the student's commands."""
