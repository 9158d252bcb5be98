"""The student's sender: checks a submission, then writes the files and the mail."""
