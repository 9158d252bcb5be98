"""What the optional questions ask: GRU, bidirectional, deep, encoder and decoder, tools of training."""
