"""What q5_3 asks: the run that was observed, and what it returned."""
