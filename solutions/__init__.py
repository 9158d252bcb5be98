"""The instructor's side of the assignment: reference, model answers, known misconceptions."""
