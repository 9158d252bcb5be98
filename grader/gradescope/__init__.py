"""An autograder for Gradescope: the package that is uploaded there, and what runs inside it."""
