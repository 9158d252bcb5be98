"""Experiments on the optional questions: which term of a backward is missing, wrong or counted twice."""
