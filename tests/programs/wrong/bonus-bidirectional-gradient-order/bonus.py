import numpy as np
from rnn import SimpleRNN



class BidirectionalRNN:
    """two SimpleRNNs, outputs added"""
    def __init__(self, input_size, hidden_size, output_size):
        self.f = SimpleRNN(input_size, hidden_size, output_size)
        self.g = SimpleRNN(input_size, hidden_size, output_size)

    def forward(self, inputs):
        y1, h1 = self.f.forward(inputs)
        y2, h2 = self.g.forward(inputs[::-1].copy())
        return y1 + y2[::-1], np.concatenate([h1, h2[::-1]], axis=2)

    def backward(self, d_outputs):
        a = self.f.backward(d_outputs)
        b = self.g.backward(d_outputs)
        return {**{k + '_forward': v for k, v in a.items()}, **{k + '_backward': v for k, v in b.items()}}

    def update_parameters(self, lr):
        self.f.update_parameters(lr)
        self.g.update_parameters(lr)
