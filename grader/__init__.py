"""Autograder for assignment ml-6, recurrent neural networks."""

__version__ = "1.1.0"
