import numpy


class Weights:
    """keeps one array and its gradient"""

    def __init__(self, value):
        self.value = value
        self.gradient = numpy.zeros(value.shape)


class SimpleRNN:
    names = ('W_xh', 'W_hh', 'b_h', 'W_hy', 'b_y')

    def __init__(self, input_size, hidden_size, output_size):
        gauss = numpy.random.normal
        self.hidden = hidden_size
        self.W_xh = Weights(gauss(0, numpy.sqrt(2.0 / (input_size + hidden_size)), (input_size, hidden_size)))
        self.W_hh = Weights(gauss(0, numpy.sqrt(1.0 / hidden_size), (hidden_size, hidden_size)))
        self.b_h = Weights(numpy.zeros((1, hidden_size)))
        self.W_hy = Weights(gauss(0, numpy.sqrt(2.0 / (hidden_size + output_size)), (hidden_size, output_size)))
        self.b_y = Weights(numpy.zeros((1, output_size)))

    def forward(self, inputs):
        state = numpy.zeros((inputs.shape[1], self.hidden))
        self.seen, self.states = inputs, [state]
        answers = []
        for step in range(inputs.shape[0]):
            state = numpy.tanh(inputs[step] @ self.W_xh.value + state @ self.W_hh.value + self.b_h.value)
            self.states.append(state)
        for state in self.states[1:]:
            answers.append(state @ self.W_hy.value + self.b_y.value)
        return numpy.stack(answers), numpy.stack(self.states[1:])

    def backward(self, d_outputs):
        for name in self.names:
            weight = getattr(self, name)
            weight.gradient = numpy.zeros(weight.value.shape)
        coming_back = numpy.zeros(self.states[0].shape)
        step = len(self.seen) - 1
        while step >= 0:
            now, before = self.states[step + 1], self.states[step]
            wanted = d_outputs[step]
            slope = (wanted @ self.W_hy.value.T + coming_back) * (1 - now ** 2)
            self.W_hy.gradient += now.T @ wanted
            self.b_y.gradient += wanted.sum(axis=0, keepdims=True)
            self.W_xh.gradient += self.seen[step].T @ slope
            self.W_hh.gradient += before.T @ slope
            self.b_h.gradient += slope.sum(axis=0, keepdims=True)
            coming_back = slope @ self.W_hh.value.T
            step -= 1
        return {name: getattr(self, name).gradient for name in self.names}

    def update_parameters(self, learning_rate):
        for name in self.names:
            weight = getattr(self, name)
            weight.value = weight.value - learning_rate * weight.gradient


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        for gate in ['f', 'i', 'c', 'o']:
            setattr(self, 'W_' + gate, numpy.random.normal(0, 0.1, (input_size, hidden_size)))
            setattr(self, 'U_' + gate, numpy.random.normal(0, 0.1, (hidden_size, hidden_size)))
            setattr(self, 'b_' + gate, numpy.zeros((1, hidden_size)))

    def forward(self, input_t, hidden_state, cell_state):
        before = {}
        for gate in ['f', 'i', 'c', 'o']:
            w, u, b = getattr(self, 'W_' + gate), getattr(self, 'U_' + gate), getattr(self, 'b_' + gate)
            before[gate] = numpy.dot(input_t, w) + numpy.dot(hidden_state, u) + b
        forget, let_in, let_out = (numpy.exp(-numpy.logaddexp(0, -before[gate])) for gate in ['f', 'i', 'o'])
        memory = forget * cell_state + let_in * numpy.tanh(before['c'])
        return let_out * numpy.tanh(memory), memory


def generate_sequence_data(seq_type='fibonacci', length=1000):
    length = int(length)
    if length < 1:
        raise ValueError('length must be positive')
    if seq_type == 'linear':
        return numpy.arange(length, dtype=float)
    if seq_type == 'sine':
        return numpy.sin(numpy.linspace(0, length * 0.25, length, endpoint=False))
    if seq_type == 'fibonacci':
        terms = numpy.ones(length)
        terms[0] = 0
        for k in range(2, length):
            terms[k] = terms[k - 1] + terms[k - 2]
        return terms
    raise ValueError('no such sequence')


def cut_windows(series, length, last):
    inputs, targets = [], []
    for start in range(last - length):
        inputs.append(series[start:start + length])
        targets.append(series[start + 1:start + length + 1])
    return numpy.array(inputs).T[..., None], numpy.array(targets).T[..., None]


def train_one(series, length, known):
    x, y = cut_windows(series, length, known)
    model, curve = SimpleRNN(1, 12, 1), []
    for _ in range(700):
        answer = model.forward(x)[0]
        off = answer - y
        curve.append(float(numpy.mean(off ** 2)))
        model.backward(2 * off / off.size)
        model.update_parameters(0.15)
    guessed, true = [], []
    for start in range(known, len(series)):
        answer, _ = model.forward(series[start - length:start].reshape(length, 1, 1))
        guessed.append(answer[-1, 0, 0])
        true.append(series[start])
    return curve, numpy.array(guessed), numpy.array(true)


def train_rnn_on_sequence():
    from matplotlib.figure import Figure
    series = generate_sequence_data('sine', 450)
    done = {length: train_one(series, length, 360) for length in (6, 12, 24)}
    curve, guessed, true = done[12]
    picture = Figure(figsize=(8, 3))
    left, right = picture.subplots(1, 2)
    left.semilogy(curve)
    right.plot(true)
    right.plot(guessed, 'r--')
    errors = {length: float(numpy.sqrt(numpy.mean((g - t) ** 2))) for length, (_, g, t) in done.items()}
    return dict(losses=curve, predictions=guessed, targets=true, error_by_length=errors, figure=picture)
