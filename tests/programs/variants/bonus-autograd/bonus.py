"""A tape in fifty lines; every network is its forward pass only, and the tape does the rest."""
import numpy as np


class Var:
    def __init__(self, value, parents=()):
        self.value, self.parents, self.grad = np.array(value, dtype=float), parents, None

    def _fit(self, g):
        while g.ndim > self.value.ndim:
            g = g.sum(0)
        return g

    def __add__(self, other):
        return Var(self.value + other.value, [(self, self._fit), (other, other._fit)])

    def __mul__(self, other):
        return Var(self.value * other.value, [(self, lambda g: g * other.value), (other, lambda g: g * self.value)])

    def __matmul__(self, other):
        return Var(self.value @ other.value,
                   [(self, lambda g: g @ other.value.T), (other, lambda g: self.value.T @ g)])

    def tanh(self):
        y = np.tanh(self.value)
        return Var(y, [(self, lambda g: g * (1 - y * y))])

    def sigmoid(self):
        y = 0.5 * (1 + np.tanh(0.5 * self.value))
        return Var(y, [(self, lambda g: g * y * (1 - y))])

    def one_minus(self):
        return Var(1 - self.value, [(self, lambda g: -g)])


def beside(a, b):
    n = a.value.shape[1]
    return Var(np.hstack([a.value, b.value]), [(a, lambda g: g[:, :n]), (b, lambda g: g[:, n:])])


def differentiate(ends):
    """ends: pairs (Var, gradient). Fills grad of everything before them."""
    order, seen = [], set()
    for end, _ in ends:
        stack = [(end, False)]
        while stack:
            node, done = stack.pop()
            if done:
                order.append(node)
            elif id(node) not in seen:
                seen.add(id(node))
                node.grad = np.zeros_like(node.value)
                stack.append((node, True))
                stack += [(parent, False) for parent, _ in node.parents]
    for end, g in ends:
        end.grad = end.grad + g
    for node in reversed(order):
        for parent, pull in node.parents:
            parent.grad = parent.grad + pull(node.grad)


class Net:
    def new(self, **shapes):
        for name, shape in shapes.items():
            start = np.random.normal(0, shape[0] ** -0.5, shape) if len(shape) == 2 else np.zeros(shape)
            setattr(self, name, start)
        self.names = getattr(self, 'names', []) + list(shapes)

    def begin(self):
        self.v = {name: Var(getattr(self, name)) for name in self.names}
        return self.v

    def gradients(self):
        # what took no part in the last forward has no gradient on the tape: it is zero
        self.g = {name: np.zeros_like(v.value) if v.grad is None else v.grad for name, v in self.v.items()}
        return dict(self.g)

    def update_parameters(self, learning_rate):
        for name in self.names:
            setattr(self, name, getattr(self, name) - learning_rate * self.g[name])

    def backward(self, d_outputs):
        differentiate(list(zip(self.ends, d_outputs)))
        return self.gradients()


def layer(v, tag, xs, h):
    out = []
    for x in xs:
        h = (x @ v['W_xh' + tag] + h @ v['W_hh' + tag] + v['b_h' + tag]).tanh()
        out.append(h)
    return out


def values(nodes):
    return np.array([node.value for node in nodes])


class GRUCell(Net):
    def __init__(self, input_size, hidden_size):
        for g in 'zrh':
            self.new(**{'W_' + g: (input_size, hidden_size), 'U_' + g: (hidden_size, hidden_size),
                        'b_' + g: (hidden_size,)})

    def forward(self, input_t, hidden_state):
        v = self.begin()
        self.x, self.h = x, h = Var(input_t), Var(hidden_state)
        z = (x @ v['W_z'] + h @ v['U_z'] + v['b_z']).sigmoid()
        r = (x @ v['W_r'] + h @ v['U_r'] + v['b_r']).sigmoid()
        n = (x @ v['W_h'] + (r * h) @ v['U_h'] + v['b_h']).tanh()
        self.end = z * h + z.one_minus() * n
        return self.end.value.copy()

    def backward(self, d_new_hidden_state):
        differentiate([(self.end, d_new_hidden_state)])
        return dict(self.gradients(), input_t=self.x.grad, hidden_state=self.h.grad)


class BidirectionalRNN(Net):
    def __init__(self, input_size, hidden_size, output_size):
        self.H = hidden_size
        for tag in ('_forward', '_backward'):
            self.new(**{'W_xh' + tag: (input_size, hidden_size), 'W_hh' + tag: (hidden_size, hidden_size),
                        'b_h' + tag: (hidden_size,)})
        self.new(W_hy=(2 * hidden_size, output_size), b_y=(output_size,))

    def forward(self, inputs):
        v, xs = self.begin(), [Var(x) for x in inputs]
        h0 = Var(np.zeros((inputs.shape[1], self.H)))
        hs = [beside(f, b) for f, b in zip(layer(v, '_forward', xs, h0), layer(v, '_backward', xs[::-1], h0)[::-1])]
        self.ends = [h @ v['W_hy'] + v['b_y'] for h in hs]
        return values(self.ends), values(hs)


class DeepRNN(Net):
    def __init__(self, input_size, hidden_size, output_size, num_layers):
        self.H, self.K = hidden_size, num_layers
        for k in range(1, num_layers + 1):
            self.new(**{f'W_xh_{k}': (input_size if k == 1 else hidden_size, hidden_size),
                        f'W_hh_{k}': (hidden_size, hidden_size), f'b_h_{k}': (hidden_size,)})
        self.new(W_hy=(hidden_size, output_size), b_y=(output_size,))

    def forward(self, inputs):
        v, below, states = self.begin(), [Var(x) for x in inputs], []
        for k in range(1, self.K + 1):
            below = layer(v, f'_{k}', below, Var(np.zeros((inputs.shape[1], self.H))))
            states.append(values(below))
        self.ends = [h @ v['W_hy'] + v['b_y'] for h in below]
        return values(self.ends), np.array(states)


class Seq2Seq(Net):
    def __init__(self, input_size, hidden_size, output_size):
        self.H, self.O = hidden_size, output_size
        self.new(W_xh_encoder=(input_size, hidden_size), W_hh_encoder=(hidden_size, hidden_size),
                 b_h_encoder=(hidden_size,), W_yh_decoder=(output_size, hidden_size),
                 W_hh_decoder=(hidden_size, hidden_size), b_h_decoder=(hidden_size,),
                 W_hy=(hidden_size, output_size), b_y=(output_size,))

    def forward(self, inputs, targets=None, length=None):
        v, B = self.begin(), inputs.shape[1]
        s = layer(v, '_encoder', [Var(x) for x in inputs], Var(np.zeros((B, self.H))))[-1]
        S = len(targets) if targets is not None else len(inputs) if length is None else length
        read, self.ends = Var(np.zeros((B, self.O))), []
        for t in range(S):
            s = (read @ v['W_yh_decoder'] + s @ v['W_hh_decoder'] + v['b_h_decoder']).tanh()
            self.ends.append(s @ v['W_hy'] + v['b_y'])
            read = self.ends[-1] if targets is None else Var(targets[t])
        return values(self.ends)


def clip_by_norm(gradients, limit):
    flat = [x for g in gradients.values() for x in g.flat]
    norm = sum(x * x for x in flat) ** 0.5
    factor = 1.0 if norm <= limit else limit / norm
    return {name: g * factor for name, g in gradients.items()}


class Momentum:
    def __init__(self, momentum=0.9):
        self.mu, self.v = momentum, {}

    def step(self, parameters, gradients, learning_rate):
        for name, g in gradients.items():
            self.v[name] = g.copy() if name not in self.v else self.mu * self.v[name] + g
            parameters[name] += -learning_rate * self.v[name]
        return parameters


class Adam:
    def __init__(self, beta1=0.9, beta2=0.999, epsilon=1e-8):
        self.beta1, self.beta2, self.epsilon, self.history = beta1, beta2, epsilon, []

    def step(self, parameters, gradients, learning_rate):
        """From the whole history: m and v are weighted sums of all gradients."""
        self.history.append({name: g.copy() for name, g in gradients.items()})
        k = len(self.history)
        for name, p in parameters.items():
            past = [each[name] for each in self.history]
            m = (1 - self.beta1) * sum(self.beta1 ** (k - 1 - i) * g for i, g in enumerate(past))
            v = (1 - self.beta2) * sum(self.beta2 ** (k - 1 - i) * g ** 2 for i, g in enumerate(past))
            p -= learning_rate * m / (1 - self.beta1 ** k) / (np.sqrt(v / (1 - self.beta2 ** k)) + self.epsilon)
        return parameters


class Dropout:
    def __init__(self, rate):
        self.rate = rate

    def forward(self, inputs, training=True):
        _, B, N = inputs.shape
        kept = np.random.rand(B, N) > self.rate if training else np.full((B, N), True)
        self.m = Var(kept / (1.0 - self.rate) if training else kept)
        self.x = [Var(x) for x in inputs]
        self.y = [x * self.m for x in self.x]
        return values(self.y)

    def backward(self, d_outputs):
        differentiate(list(zip(self.y, d_outputs)))
        return np.array([x.grad for x in self.x])
