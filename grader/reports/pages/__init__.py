"""The HTML pages, for a student and for the instructor."""
