"""One module a command; only `grader.__main__` imports them."""
