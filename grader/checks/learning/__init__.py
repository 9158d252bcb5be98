"""What q5_2 asks: a student's network, trained by the grader."""
