import numpy as np
import matplotlib.pyplot as plt

# RNN homework. Simple version, everything in plain arrays.


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        # Xavier
        self.W_xh = np.random.normal(0.0, np.sqrt(2 / (input_size + hidden_size)), size=(input_size, hidden_size))
        self.W_hh = np.random.normal(0.0, np.sqrt(1 / (2 * hidden_size)), size=(hidden_size, hidden_size))
        self.W_hy = np.random.normal(0.0, np.sqrt(2 / (hidden_size + output_size)), size=(hidden_size, output_size))
        self.b_h = np.zeros(hidden_size)
        self.b_y = np.zeros(output_size)

    def forward(self, inputs):
        seq_len, batch_size, input_size = inputs.shape
        hidden_size = self.W_hh.shape[0]
        output_size = self.W_hy.shape[1]

        self.inputs = inputs.copy()
        self.hidden_states = np.zeros((seq_len, batch_size, hidden_size))
        outputs = np.zeros((seq_len, batch_size, output_size))

        h_prev = np.zeros((batch_size, hidden_size))
        for t in range(seq_len):
            h = np.tanh(np.matmul(inputs[t], self.W_xh) + np.matmul(h_prev, self.W_hh) + self.b_h)
            self.hidden_states[t] = h
            outputs[t] = np.matmul(h, self.W_hy) + self.b_y
            h_prev = h

        return outputs, self.hidden_states.copy()

    def backward(self, d_outputs):
        seq_len, batch_size, _ = d_outputs.shape

        dW_xh = np.zeros_like(self.W_xh)
        dW_hh = np.zeros_like(self.W_hh)
        dW_hy = np.zeros_like(self.W_hy)
        db_h = np.zeros_like(self.b_h)
        db_y = np.zeros_like(self.b_y)

        dh_next = np.zeros((batch_size, self.W_hh.shape[0]))
        for t in range(seq_len - 1, -1, -1):
            h = self.hidden_states[t]
            if t == 0:
                h_prev = np.zeros_like(h)
            else:
                h_prev = self.hidden_states[t - 1]

            # output layer
            dW_hy += np.matmul(h.T, d_outputs[t])
            db_y += np.sum(d_outputs[t], axis=0)

            # hidden layer
            dh = np.matmul(d_outputs[t], self.W_hy.T) + dh_next
            dtanh = dh * (1 - h * h)
            dW_xh += np.matmul(self.inputs[t].T, dtanh)
            dW_hh += np.matmul(h_prev.T, dtanh)
            db_h += np.sum(dtanh, axis=0)

            dh_next = np.matmul(dtanh, self.W_hh.T)

        self.gradients = {
            'W_xh': dW_xh,
            'W_hh': dW_hh,
            'b_h': db_h,
            'W_hy': dW_hy,
            'b_y': db_y,
        }
        return self.gradients

    def update_parameters(self, learning_rate):
        self.W_xh -= learning_rate * self.gradients['W_xh']
        self.W_hh -= learning_rate * self.gradients['W_hh']
        self.b_h -= learning_rate * self.gradients['b_h']
        self.W_hy -= learning_rate * self.gradients['W_hy']
        self.b_y -= learning_rate * self.gradients['b_y']


def sigmoid(x):
    # two cases, so that exp never gets a large positive number
    result = np.zeros_like(x, dtype=np.float64)
    pos = (x >= 0)
    result[pos] = 1.0 / (1.0 + np.exp(-x[pos]))
    exp_x = np.exp(x[np.logical_not(pos)])
    result[np.logical_not(pos)] = exp_x / (exp_x + 1.0)
    return result


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        w_scale = np.sqrt(2 / (input_size + hidden_size))
        u_scale = np.sqrt(1 / hidden_size)

        self.W_f = np.random.randn(input_size, hidden_size) * w_scale
        self.U_f = np.random.randn(hidden_size, hidden_size) * u_scale
        self.b_f = np.zeros(hidden_size)

        self.W_i = np.random.randn(input_size, hidden_size) * w_scale
        self.U_i = np.random.randn(hidden_size, hidden_size) * u_scale
        self.b_i = np.zeros(hidden_size)

        self.W_c = np.random.randn(input_size, hidden_size) * w_scale
        self.U_c = np.random.randn(hidden_size, hidden_size) * u_scale
        self.b_c = np.zeros(hidden_size)

        self.W_o = np.random.randn(input_size, hidden_size) * w_scale
        self.U_o = np.random.randn(hidden_size, hidden_size) * u_scale
        self.b_o = np.zeros(hidden_size)

    def forward(self, input_t, hidden_state, cell_state):
        f = sigmoid(np.matmul(input_t, self.W_f) + np.matmul(hidden_state, self.U_f) + self.b_f)
        i = sigmoid(np.matmul(input_t, self.W_i) + np.matmul(hidden_state, self.U_i) + self.b_i)
        g = np.tanh(np.matmul(input_t, self.W_c) + np.matmul(hidden_state, self.U_c) + self.b_c)
        o = sigmoid(np.matmul(input_t, self.W_o) + np.matmul(hidden_state, self.U_o) + self.b_o)
        new_cell_state = f * cell_state + i * g
        new_hidden_state = o * np.tanh(new_cell_state)
        return new_hidden_state, new_cell_state


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError("length must be >= 1")

    if seq_type == 'fibonacci':
        data = np.zeros(length, dtype=np.float64)
        if length > 1:
            data[1] = 1.0
        for i in range(2, length):
            data[i] = data[i - 1] + data[i - 2]
    elif seq_type == 'sine':
        data = np.sin(np.arange(length) * 2 * np.pi / 20)
    else:
        raise ValueError("unknown seq_type")

    return data


def create_dataset(data, seq_length):
    """Windows of seq_length values and the value after each of them."""
    X = []
    y = []
    for i in range(len(data) - seq_length):
        X.append(data[i:i + seq_length])
        y.append(data[i + seq_length])
    X = np.array(X)
    y = np.array(y)
    return X[:, :, np.newaxis], y


def train_rnn_on_sequence():
    np.random.seed(1)

    # 1. data: split first, then normalise with the training part
    data = generate_sequence_data('sine', 300)
    train_data = data[:220]
    test_data = data[220:]
    mean = np.mean(train_data)
    std = np.std(train_data)
    train_data = (train_data - mean) / std
    test_data = (test_data - mean) / std

    seq_lengths = [5, 10, 20]
    num_epochs = 60
    learning_rate = 0.05

    error_by_length = {}
    for seq_length in seq_lengths:
        X_train, y_train = create_dataset(train_data, seq_length)
        X_test, y_test = create_dataset(test_data, seq_length)

        # 2. training
        model = SimpleRNN(1, 16, 1)
        losses = []
        for epoch in range(num_epochs):
            outputs, _ = model.forward(X_train)
            predictions = outputs[:, -1, 0]          # last output of every window
            loss = np.mean((predictions - y_train) ** 2)
            losses.append(loss)

            d_outputs = np.zeros_like(outputs)
            d_outputs[:, -1, 0] = 2 * (predictions - y_train) / len(y_train)
            model.backward(d_outputs)
            model.update_parameters(learning_rate)

            if (epoch + 1) % 20 == 0:
                print(f"seq_length={seq_length}, epoch {epoch + 1}/{num_epochs}, loss={loss:.6f}")

        # 3. evaluation
        outputs, _ = model.forward(X_test)
        predictions = outputs[:, -1, 0] * std + mean
        targets = y_test * std + mean
        error_by_length[seq_length] = np.sqrt(np.mean((predictions - targets) ** 2))

    # 4. plots (for the last length)
    figure = plt.figure(figsize=(12, 4))

    plt.subplot(1, 2, 1)
    plt.plot(losses)
    plt.title("Training loss")
    plt.xlabel("epoch")
    plt.ylabel("MSE")

    plt.subplot(1, 2, 2)
    plt.plot(targets, label="true")
    plt.plot(predictions, label="predicted")
    plt.title("Held-out part")
    plt.legend()

    plt.tight_layout()

    return {
        'losses': losses,
        'predictions': predictions,
        'targets': targets,
        'error_by_length': error_by_length,
        'figure': figure,
    }
