"""What an RNN, a GRU and an LSTM cost, and how far back their gradients reach: measured, and drawn."""
