"""What the questions ask with: comparison, gradients, roles of arrays, diagnosis, learning."""
