"""What the questions ask with: comparison, gradients, roles of arrays, learning."""
