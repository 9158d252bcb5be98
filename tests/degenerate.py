"""Programs that answer and do nothing: the reference, with methods that give garbage in their place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from grader.misconceptions.catalogue import reference_source

# What stands for an array of a shape `s`.
VALUES = {
    "zeros": "np.zeros(s)",
    "ones": "np.ones(s)",
    "nan": "np.full(s, np.nan)",
    "inf": "np.full(s, np.inf)",
    "huge": "np.full(s, -1e300)",
    "noise": "np.random.standard_normal(s)",
    "half_nan": "np.where(np.random.random(s) < 0.5, np.nan, 0.5)",
    "empty": "np.zeros((0, *s))",
    "flat": "np.ones(s).ravel()",
    "deeper": "np.ones((*s, 2))",
    "scalar": "0.0",
    "none": "None",
    "words": "'x'",
    "objects": "np.full(s, None, dtype=object)",
    "complex": "np.full(s, 1j)",
    "integers": "np.ones(s, dtype=int)",
    "booleans": "np.ones(s, dtype=bool)",
    "list": "[]",
}
METHODS = {
    "SimpleRNN.__init__": """
def f(self, I, H, O):
    self.sizes = I, H, O
    self.W_xh, self.W_hh, self.b_h = A((I, H)), A((H, H)), A((H,))
    self.W_hy, self.b_y = A((H, O)), A((O,))
""",
    "SimpleRNN.forward": """
def f(self, x):
    T, B, _ = x.shape
    return A((T, B, self.sizes[2])), A((T, B, self.sizes[1]))
""",
    "SimpleRNN.backward": """
def f(self, d):
    I, H, O = self.sizes
    return {'W_xh': A((I, H)), 'W_hh': A((H, H)), 'b_h': A((H,)), 'W_hy': A((H, O)), 'b_y': A((O,))}
""",
    "SimpleRNN.update_parameters": """
def f(self, rate):
    for name in ('W_xh', 'W_hh', 'b_h', 'W_hy', 'b_y'):
        setattr(self, name, A(np.shape(getattr(self, name))))
""",
    "LSTMCell.__init__": """
def f(self, I, H):
    for g in 'fico':
        setattr(self, 'W_' + g, A((I, H)))
        setattr(self, 'U_' + g, A((H, H)))
        setattr(self, 'b_' + g, A((H,)))
""",
    "LSTMCell.forward": """
def f(self, x, h, c):
    return A(h.shape), A(c.shape)
""",
    "generate_sequence_data": """
def f(seq_type='fibonacci', length=1000):
    return A((length,)) if length > 0 else A((1,))
""",
    "train_rnn_on_sequence": """
def f():
    return {'losses': A((20,)), 'predictions': A((50,)), 'targets': A((50,)),
            'error_by_length': {2: A(()), 5: A(()), 10: A(())}, 'figure': A((3,))}
""",
}
# What only hands its arguments back, or does nothing at all.
IDENTITIES = {
    "SimpleRNN.forward": "def f(self, x): return x, x",
    "SimpleRNN.backward": "def f(self, d): return {'W_xh': d, 'W_hh': d, 'b_h': d, 'W_hy': d, 'b_y': d}",
    "SimpleRNN.update_parameters": "def f(self, rate): return rate",
    "LSTMCell.forward": "def f(self, x, h, c): return h, c",
    "generate_sequence_data": "def f(seq_type='fibonacci', length=1000): return [seq_type] * length",
    "train_rnn_on_sequence": "def f(): return train_rnn_on_sequence",
}
GROUPS = {
    "SimpleRNN": tuple(name for name in METHODS if name.startswith("SimpleRNN.")),
    "RNN methods": tuple(name for name in METHODS if name.startswith("SimpleRNN."))[1:],
    "LSTMCell": ("LSTMCell.__init__", "LSTMCell.forward"),
    "functions": ("generate_sequence_data", "train_rnn_on_sequence"),
    "everything": tuple(METHODS),
    "all but constructors": tuple(name for name in METHODS if "__init__" not in name),
}
# The reference keeps no sizes.
SIZES = """
_init = SimpleRNN.__init__
def _sized(self, *sizes):
    self.sizes = sizes
    _init(self, *sizes)
SimpleRNN.__init__ = _sized
"""


@dataclass(frozen=True)
class Degenerate:
    """One program; `methods` are those that give garbage."""

    name: str
    methods: tuple[str, ...]
    source: str


def programs() -> Iterator[Degenerate]:
    """Each method and group of methods with each value, and pairs of methods that do nothing."""
    for value, expression in VALUES.items():
        for name, methods in {**{one: (one,) for one in METHODS}, **GROUPS}.items():
            yield _made(
                f"{name} {value}", methods, {one: METHODS[one] for one in methods}, expression
            )
    for count in (1, 2, len(IDENTITIES)):
        for methods in combinations(IDENTITIES, count):
            bodies = {one: IDENTITIES[one] for one in methods}
            yield _made(f"{' and '.join(methods)} handed back", methods, bodies, "None")


def _made(name: str, methods: tuple[str, ...], bodies: dict[str, str], value: str) -> Degenerate:
    parts = [reference_source(), f"def A(s):\n    return {value}\n"]
    parts += [f"{body}\n{method} = f\n" for method, body in bodies.items()]
    if "SimpleRNN.__init__" not in methods:
        parts.append(SIZES)
    return Degenerate(name, methods, "\n".join(parts))
