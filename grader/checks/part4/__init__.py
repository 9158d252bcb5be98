"""What q4_1 to q4_6 ask of SimpleRNN and LSTMCell."""
