"""Why an LSTM cell is wrong."""
