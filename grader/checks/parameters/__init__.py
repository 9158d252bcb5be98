"""Which of a student's arrays is which parameter."""
