import numpy as np
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt


class Tanh:
    def forward(self, inputs):
        self.output = np.tanh(inputs)

    def backward(self, dvalues):
        self.dinputs = np.multiply(1 - self.output ** 2, dvalues)


class SimpleRNN:

    def __init__(self, input_size, hidden_size, output_size):
        self.n_neurons = hidden_size
        self.W_xh = np.random.randn(input_size, hidden_size) / np.sqrt(input_size + hidden_size)
        self.W_hh = np.random.randn(hidden_size, hidden_size) / np.sqrt(2 * hidden_size)
        self.W_hy = np.random.randn(hidden_size, output_size) / np.sqrt(hidden_size + output_size)
        self.b_h = np.zeros(hidden_size)
        self.b_y = np.zeros(output_size)

    def forward(self, inputs):
        self.T, B = inputs.shape[0], inputs.shape[1]
        self.X_t = np.array(inputs, dtype=float)
        self.H = [np.zeros((B, self.n_neurons)) for t in range(self.T + 1)]
        self.ACT = [Tanh() for i in range(self.T)]
        Y_hat = np.zeros((self.T, B, self.b_y.shape[0]))

        ht = self.H[0]
        for t, xt in enumerate(self.X_t):
            out = np.dot(xt, self.W_xh) + np.dot(ht, self.W_hh) + self.b_h
            self.ACT[t].forward(out)
            ht = self.ACT[t].output
            self.H[t + 1] = ht
            Y_hat[t] = np.dot(ht, self.W_hy) + self.b_y

        return Y_hat, np.array(self.H[1:])

    def backward(self, d_outputs):
        dvalues = d_outputs
        H, X_t = self.H, self.X_t

        dWx = np.zeros_like(self.W_xh)
        dWh = np.zeros_like(self.W_hh)
        dWy = np.zeros_like(self.W_hy)
        dbh = np.zeros_like(self.b_h)
        dby = np.zeros_like(self.b_y)

        dht = np.dot(dvalues[-1], self.W_hy.T)

        # BPTT
        for t in reversed(range(self.T)):
            dy = dvalues[t]
            self.ACT[t].backward(dht)
            dtanh = self.ACT[t].dinputs

            dWx += np.dot(X_t[t].T, dtanh)
            dWy += np.dot(H[t + 1].T, dy)
            dWh += np.dot(H[t].T, dtanh)
            dbh += dtanh.sum(axis=0)
            dby += dy.sum(axis=0)

            dht = np.dot(dtanh, self.W_hh.T) + np.dot(dvalues[t - 1], self.W_hy.T)

        self.grads = {'W_xh': dWx, 'W_hh': dWh, 'b_h': dbh, 'W_hy': dWy, 'b_y': dby}
        return self.grads

    def update_parameters(self, learning_rate):
        self.W_xh += -learning_rate * self.grads['W_xh']
        self.W_hh += -learning_rate * self.grads['W_hh']
        self.W_hy += -learning_rate * self.grads['W_hy']
        self.b_h += -learning_rate * self.grads['b_h']
        self.b_y += -learning_rate * self.grads['b_y']


class Activations:

    @staticmethod
    def sigmoid(x):
        return np.exp(-np.logaddexp(0, -x))

    @staticmethod
    def tanh(x):
        return np.tanh(x)


class LSTMCell(Activations):
    def __init__(self, input_size, hidden_size):
        std = 1.0 / np.sqrt(hidden_size)
        self.W_f = np.random.normal(0, std, (input_size, hidden_size))
        self.W_i = np.random.normal(0, std, (input_size, hidden_size))
        self.W_c = np.random.normal(0, std, (input_size, hidden_size))
        self.W_o = np.random.normal(0, std, (input_size, hidden_size))
        self.U_f = np.random.normal(0, std, (hidden_size, hidden_size))
        self.U_i = np.random.normal(0, std, (hidden_size, hidden_size))
        self.U_c = np.random.normal(0, std, (hidden_size, hidden_size))
        self.U_o = np.random.normal(0, std, (hidden_size, hidden_size))
        self.b_f = np.ones(hidden_size)
        self.b_i = np.zeros(hidden_size)
        self.b_c = np.zeros(hidden_size)
        self.b_o = np.zeros(hidden_size)

    def forward(self, input_t, hidden_state, cell_state):
        forget = self.sigmoid(input_t @ self.W_f + hidden_state @ self.U_f + self.b_f)
        inp = self.sigmoid(input_t @ self.W_i + hidden_state @ self.U_i + self.b_i)
        candidate = self.tanh(input_t @ self.W_c + hidden_state @ self.U_c + self.b_c)
        output = self.sigmoid(input_t @ self.W_o + hidden_state @ self.U_o + self.b_o)
        cell = forget * cell_state + inp * candidate
        return output * self.tanh(cell), cell


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError("length 必须 >= 1")

    if seq_type == 'fibonacci':
        seq = np.ones(length, dtype=np.float64)
        for i in range(2, length):
            seq[i] = seq[i - 1] + seq[i - 2]
    elif seq_type == 'sine':
        seq = np.sin(np.arange(length) * 2 * np.pi / 25)
    else:
        raise ValueError(f"未知的序列类型: {seq_type}")

    return seq.astype(np.float64)


class StandardScaler:
    def fit(self, a):
        self.mean_ = a.mean()
        self.scale_ = a.std()
        return self

    def transform(self, a):
        return (a - self.mean_) / self.scale_

    def fit_transform(self, a):
        return self.fit(a).transform(a)

    def inverse_transform(self, a):
        return a * self.scale_ + self.mean_


def createXY(dataset, n_past):
    dataX = [dataset[i - n_past:i] for i in range(n_past, len(dataset))]
    dataY = [dataset[i] for i in range(n_past, len(dataset))]
    return np.array(dataX), np.array(dataY)


def to_rnn(windows):
    return np.transpose(windows)[..., np.newaxis]


def train_rnn_on_sequence():
    n = np.arange(480)
    prices = generate_sequence_data('sine', 480) * (1 + n / 300) + 0.005 * n

    test_split = round(len(prices) * 0.20)
    df_for_training = prices[:-test_split]
    df_for_testing = prices[-test_split:]

    sc = StandardScaler()
    training_scaled = sc.fit_transform(df_for_training)
    testing_scaled = sc.fit_transform(df_for_testing)

    errors = {}
    best = None
    for n_past in (6, 12, 18):
        trainX, trainY = createXY(training_scaled, n_past)
        testX, testY = createXY(testing_scaled, n_past)
        net = SimpleRNN(1, 20, 1)
        losses = []
        for epoch in range(150):
            order = np.random.permutation(len(trainX))
            total = 0.0
            for start in range(0, len(order), 64):
                batch = order[start:start + 64]
                out, _ = net.forward(to_rnn(trainX[batch]))
                delta = out[-1, :, 0] - trainY[batch]
                total += np.sum(delta ** 2)
                d = np.zeros_like(out)
                d[-1, :, 0] = 2 * delta / len(batch)
                net.backward(d)
                net.update_parameters(0.05)
            losses.append(total / len(order))
        prediction = sc.inverse_transform(net.forward(to_rnn(testX))[0][-1, :, 0])
        original = sc.inverse_transform(testY)
        errors[n_past] = float(np.mean(np.abs(prediction - original)))
        if best is None or n_past == 12:
            best = (losses, prediction, original)

    losses, prediction, original = best
    fig, (ax1, ax2) = plt.subplots(1, 2, figsize=(10, 4))
    ax1.plot(losses)
    ax1.set_title('training loss')
    ax2.plot(original, label='true')
    ax2.plot(prediction, label='predicted')
    ax2.legend()
    return dict(losses=losses, predictions=prediction, targets=original, error_by_length=errors, figure=fig)
