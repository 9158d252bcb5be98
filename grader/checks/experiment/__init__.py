"""What q5_1 and q5_3 ask: the series, the run that was observed, what it returned."""
