"""The kinds of questions: each module drafts those of one kind for one program."""
