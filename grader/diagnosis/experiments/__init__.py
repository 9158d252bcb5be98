"""What can be done with a candidate to see why it is wrong: each experiment gives data."""
