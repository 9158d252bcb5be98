"""Scoring the written part: the rubric, its store, and the local page on which a person scores."""
