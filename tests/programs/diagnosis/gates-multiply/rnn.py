"""
ML-6: Recurrent neural networks from scratch (NumPy only).

This module contains a complete, well-documented implementation of a vanilla RNN,
a single LSTM cell, a sequence generator and a small end-to-end experiment.
"""
import logging
from dataclasses import dataclass
from typing import Dict, List, Optional, Tuple
import numpy as np
logger = logging.getLogger(__name__)
Array = np.ndarray

@dataclass
class ForwardCache:
    """Everything that the backward pass needs to know about the last forward pass."""
    inputs: Array
    hidden_states: Array

def _xavier(rng: np.random.Generator, fan_in: int, fan_out: int) -> Array:
    """Glorot/Xavier uniform initialisation."""
    limit = np.sqrt(6.0 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, size=(fan_in, fan_out))

def _stable_sigmoid(z: Array) -> Array:
    """Numerically stable logistic function."""
    out = np.empty_like(z)
    positive = z >= 0
    out[positive] = 1.0 / (1.0 + np.exp(-z[positive]))
    exp_z = np.exp(z[~positive])
    out[~positive] = exp_z / (1.0 + exp_z)
    return out

class SimpleRNN:
    """A vanilla (Elman) recurrent neural network.

    Args:
        input_size: Number of input features.
        hidden_size: Number of hidden units.
        output_size: Number of output features.
    """

    def __init__(self, input_size: int, hidden_size: int, output_size: int) -> None:
        rng = np.random.default_rng()
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.output_size = output_size
        self.W_xh = _xavier(rng, input_size, hidden_size)
        self.W_hh = _xavier(rng, hidden_size, hidden_size)
        self.b_h = np.zeros(hidden_size)
        self.W_hy = _xavier(rng, hidden_size, output_size)
        self.b_y = np.zeros(output_size)
        self._cache: Optional[ForwardCache] = None
        self._gradients: Dict[str, Array] = {}

    def forward(self, inputs: Array) -> Tuple[Array, Array]:
        """Run the network over a batch of sequences."""
        inputs = np.asarray(inputs, dtype=np.float64)
        seq_len, batch_size, _ = inputs.shape
        states = np.zeros((seq_len + 1, batch_size, self.hidden_size))
        outputs = np.zeros((seq_len, batch_size, self.output_size))
        for t in range(seq_len):
            pre_activation = inputs[t] @ self.W_xh + states[t] @ self.W_hh + self.b_h
            states[t + 1] = np.tanh(pre_activation)
            outputs[t] = states[t + 1] @ self.W_hy + self.b_y
        self._cache = ForwardCache(inputs=inputs.copy(), hidden_states=states)
        return (outputs, states[1:].copy())

    def backward(self, d_outputs: Array) -> Dict[str, Array]:
        """Back-propagation through time."""
        if self._cache is None:
            raise RuntimeError('forward() must be called before backward().')
        inputs = self._cache.inputs
        states = self._cache.hidden_states
        seq_len = inputs.shape[0]
        gradients = {name: np.zeros_like(getattr(self, name)) for name in ('W_xh', 'W_hh', 'b_h', 'W_hy', 'b_y')}
        d_hidden_next = np.zeros_like(states[0])
        for t in range(seq_len - 1, -1, -1):
            d_output = d_outputs[t]
            gradients['W_hy'] += states[t + 1].T @ d_output
            gradients['b_y'] += d_output.sum(axis=0)
            d_hidden = d_output @ self.W_hy.T + d_hidden_next
            d_pre = d_hidden * (1.0 - states[t + 1] ** 2)
            gradients['W_xh'] += inputs[t].T @ d_pre
            gradients['W_hh'] += states[t].T @ d_pre
            gradients['b_h'] += d_pre.sum(axis=0)
            d_hidden_next = d_pre @ self.W_hh.T
        self._gradients = gradients
        return {name: value.copy() for name, value in gradients.items()}

    def update_parameters(self, learning_rate: float) -> None:
        """Vanilla gradient descent step."""
        for name, gradient in self._gradients.items():
            parameter = getattr(self, name)
            parameter -= learning_rate * gradient

class LSTMCell:
    """A single LSTM time step."""

    def __init__(self, input_size: int, hidden_size: int) -> None:
        rng = np.random.default_rng()
        self.input_size = input_size
        self.hidden_size = hidden_size
        for gate in ('f', 'i', 'c', 'o'):
            setattr(self, f'W_{gate}', _xavier(rng, input_size, hidden_size))
            setattr(self, f'U_{gate}', _xavier(rng, hidden_size, hidden_size))
            setattr(self, f'b_{gate}', np.zeros(hidden_size))

    def _gate(self, name: str, x: Array, h: Array) -> Array:
        return x @ getattr(self, f'W_{name}') * (h @ getattr(self, f'U_{name}')) + getattr(self, f'b_{name}')

    def forward(self, input_t: Array, hidden_state: Array, cell_state: Array) -> Tuple[Array, Array]:
        """One step; see the class docstring for the equations."""
        forget_gate = _stable_sigmoid(self._gate('f', input_t, hidden_state))
        input_gate = _stable_sigmoid(self._gate('i', input_t, hidden_state))
        candidate = np.tanh(self._gate('c', input_t, hidden_state))
        output_gate = _stable_sigmoid(self._gate('o', input_t, hidden_state))
        new_cell_state = forget_gate * cell_state + input_gate * candidate
        new_hidden_state = output_gate * np.tanh(new_cell_state)
        return (new_hidden_state, new_cell_state)

def generate_sequence_data(seq_type: str='fibonacci', length: int=1000) -> Array:
    """Generate the first ``length`` terms of a sequence."""
    if length < 1:
        raise ValueError(f'length must be at least 1, got {length}')
    if seq_type == 'fibonacci':
        sequence = np.zeros(length, dtype=np.float64)
        current, following = (0, 1)
        for index in range(length):
            sequence[index] = float(current)
            current, following = (following, current + following)
        return sequence
    if seq_type == 'sine':
        return np.sin(2.0 * np.pi * np.arange(length) / 25.0)
    raise ValueError(f'Unknown sequence type: {seq_type!r}')

def _make_windows(series: Array, window: int) -> Tuple[Array, Array]:
    """Slice a series into inputs (window, N, 1) and targets (N, 1)."""
    count = len(series) - window
    inputs = np.stack([series[i:i + window] for i in range(count)], axis=1)[..., None]
    targets = series[window:][:, None]
    return (inputs, targets)

def _fit(model: SimpleRNN, inputs: Array, targets: Array, epochs: int, learning_rate: float) -> List[float]:
    history: List[float] = []
    for epoch in range(epochs):
        outputs, _ = model.forward(inputs)
        error = outputs[-1] - targets
        history.append(float(np.mean(error ** 2)))
        d_outputs = np.zeros_like(outputs)
        d_outputs[-1] = 2.0 * error / error.size
        model.backward(d_outputs)
        model.update_parameters(learning_rate)
        if epoch % 100 == 0:
            logger.info('epoch %d loss %.5f', epoch, history[-1])
    return history

def train_rnn_on_sequence() -> Dict[str, object]:
    """Train on a sine wave and evaluate on the held-out tail."""
    import matplotlib
    matplotlib.use('Agg')
    import matplotlib.pyplot as plt
    series = generate_sequence_data('sine', 400)
    split = int(0.8 * len(series))
    mean, std = (series[:split].mean(), series[:split].std())
    scaled = (series - mean) / std

    def run(window: int, epochs: int):
        x_train, y_train = _make_windows(scaled[:split], window)
        x_test, y_test = _make_windows(scaled[split - window:], window)
        model = SimpleRNN(1, 16, 1)
        history = _fit(model, x_train, y_train, epochs, 0.1)
        predicted, _ = model.forward(x_test)
        return (history, predicted[-1, :, 0] * std + mean, y_test[:, 0] * std + mean)
    losses, predictions, targets = run(10, 400)
    error_by_length = {}
    for window in (5, 10, 20):
        _, guess, truth = run(window, 200)
        error_by_length[window] = float(np.mean((guess - truth) ** 2))
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4))
    left.plot(losses)
    left.set_title('Training loss')
    right.plot(targets, label='truth')
    right.plot(predictions, '--', label='prediction')
    right.legend()
    return {'losses': losses, 'predictions': predictions, 'targets': targets, 'error_by_length': error_by_length, 'figure': figure}
if __name__ == '__main__':
    logging.basicConfig(level=logging.INFO)
    print(train_rnn_on_sequence()['error_by_length'])
