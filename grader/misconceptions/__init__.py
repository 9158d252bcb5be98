"""The known mistakes: their catalogue, and what each does at the probe point."""
