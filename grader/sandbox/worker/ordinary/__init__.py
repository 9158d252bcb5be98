"""What makes a confined process look like an ordinary `python rnn.py` to an honest program."""
