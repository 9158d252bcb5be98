"""Workers forked from one parent, which has loaded everything and read no program."""
