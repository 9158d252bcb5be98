"""PyTorch in float64: values and all gradients."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import torch

from solutions.bonus import (
    Adam,
    BidirectionalRNN,
    DeepRNN,
    GRUCell,
    Momentum,
    Network,
    Seq2Seq,
    clip_by_norm,
)
from tests.solutions.agreement import Pairs
from tests.solutions.agreement.cases import randomised, sizes, stacked

GATES = "zrh"
tensor = torch.from_numpy


def leaves(model: object) -> dict[str, torch.Tensor]:
    """The model's parameters, to be differentiated by."""
    return {
        name: tensor(value.copy()).requires_grad_()
        for name, value in vars(model).items()
        if isinstance(value, np.ndarray)
    }


def slopes(gradients: dict[str, np.ndarray], theirs: dict[str, torch.Tensor]) -> Pairs:
    assert set(gradients) == set(theirs)
    return [(gradients[name], each.grad.numpy()) for name, each in theirs.items()]


def gru_layer(rng: np.random.Generator) -> Pairs:
    """torch.nn.GRU over whole sequences; ours step by step, there and back."""
    T, B, I, H, _ = sizes(rng)  # noqa: E741
    cell = randomised(GRUCell(I, H, reset_after=True), rng)
    layer = torch.nn.GRU(I, H, dtype=torch.float64)
    order = "rzh"  # torch stacks reset, update, candidate
    with torch.no_grad():
        layer.weight_ih_l0.copy_(tensor(stacked(cell, "W", order).T))
        layer.weight_hh_l0.copy_(tensor(stacked(cell, "U", order).T))
        layer.bias_ih_l0.copy_(tensor(stacked(cell, "b", order)))
        layer.bias_hh_l0.zero_()  # torch has two biases a gate; the contract has one
    x, h_0 = rng.standard_normal((T, B, I)), rng.standard_normal((B, H))
    dh = rng.standard_normal((T, B, H))
    their_x, their_h_0 = tensor(x).requires_grad_(), tensor(h_0).requires_grad_()
    states, _ = layer(their_x, their_h_0[None])
    states.backward(tensor(dh))

    h = [h_0]
    for x_t in x:
        h.append(cell.forward(x_t, h[-1]))
    found: dict[str, np.ndarray] = {}
    dx, dh_next = np.empty_like(x), np.zeros_like(h_0)
    for t in reversed(range(T)):
        cell.forward(x[t], h[t])
        step = cell.backward(dh[t] + dh_next)
        dx[t], dh_next = step.pop("input_t"), step.pop("hidden_state")
        found = {name: found.get(name, 0.0) + each for name, each in step.items()}
    return [
        (np.stack(h[1:]), states.detach().numpy()),
        (dx, their_x.grad.numpy()),
        (dh_next, their_h_0.grad.numpy()),
        (stacked_gradients(found, "W", order), layer.weight_ih_l0.grad.numpy().T),
        (stacked_gradients(found, "U", order), layer.weight_hh_l0.grad.numpy().T),
        (stacked_gradients(found, "b", order), layer.bias_ih_l0.grad.numpy()),
    ]


def stacked_gradients(found: dict[str, np.ndarray], prefix: str, order: str) -> np.ndarray:
    return np.concatenate([found[f"{prefix}_{letter}"] for letter in order], axis=-1)


def gru_step(rng: np.random.Generator, *, reset_after: bool) -> Pairs:
    """The published equations, differentiated by torch: one step, by all that it depends on."""
    _, B, I, H, _ = sizes(rng)  # noqa: E741
    cell = randomised(GRUCell(I, H, reset_after=reset_after), rng)
    x, h, dh = (rng.standard_normal((B, size)) for size in (I, H, H))
    theirs = leaves(cell)
    theirs |= {
        name: tensor(each).requires_grad_() for name, each in (("input_t", x), ("hidden_state", h))
    }
    X, S = theirs["input_t"], theirs["hidden_state"]
    z, r = (
        torch.sigmoid(X @ theirs[f"W_{gate}"] + S @ theirs[f"U_{gate}"] + theirs[f"b_{gate}"])
        for gate in "zr"
    )
    U_h = theirs["U_h"]
    recurrent = r * (S @ U_h) if reset_after else (r * S) @ U_h
    n = torch.tanh(X @ theirs["W_h"] + recurrent + theirs["b_h"])
    state = z * S + (1 - z) * n
    state.backward(tensor(dh))
    return [(cell.forward(x, h), state.detach().numpy()), *slopes(cell.backward(dh), theirs)]


def loaded(
    layer: torch.nn.RNN, model: Network, groups: Sequence[tuple[str, ...]]
) -> dict[str, torch.Tensor]:
    """The layer with our parameters, one group of names a (layer, direction); its tensors by our names."""
    theirs: dict[str, torch.Tensor] = {}
    for names, tensors in zip(groups, layer.all_weights, strict=True):
        W_ih, W_hh, b_ih, b_hh = tensors
        theirs |= dict(zip(names, (W_ih, W_hh, b_ih), strict=True))
        with torch.no_grad():
            b_hh.zero_()
    return filled(theirs, model)


def filled(theirs: dict[str, torch.Tensor], model: Network) -> dict[str, torch.Tensor]:
    with torch.no_grad():
        for name, each in theirs.items():
            each.copy_(tensor(getattr(model, name).T))
    return theirs


def head_of(model: Network) -> tuple[torch.nn.Linear, dict[str, torch.Tensor]]:
    head = torch.nn.Linear(*model.W_hy.shape, dtype=torch.float64)
    return head, filled({"W_hy": head.weight, "b_y": head.bias}, model)


def transposed(gradients: dict[str, np.ndarray], theirs: dict[str, torch.Tensor]) -> Pairs:
    assert set(gradients) == set(theirs)
    return [(gradients[name], each.grad.numpy().T) for name, each in theirs.items()]


def bidirectional(rng: np.random.Generator) -> Pairs:
    T, B, I, H, O = sizes(rng)  # noqa: E741
    model = randomised(BidirectionalRNN(I, H, O), rng)
    layer = torch.nn.RNN(I, H, bidirectional=True, dtype=torch.float64)
    head, theirs = head_of(model)
    theirs |= loaded(layer, model, (model.FORWARD, model.BACKWARD))
    return whole_sequences(model, layer, head, theirs, rng.standard_normal((T, B, I)), rng)


def deep(rng: np.random.Generator) -> Pairs:
    T, B, I, H, O = sizes(rng)  # noqa: E741
    model = randomised(DeepRNN(I, H, O, int(rng.integers(1, 5))), rng)
    layer = torch.nn.RNN(I, H, num_layers=len(model.layers), dtype=torch.float64)
    head, theirs = head_of(model)
    theirs |= loaded(layer, model, model.layers)
    return whole_sequences(model, layer, head, theirs, rng.standard_normal((T, B, I)), rng)


def whole_sequences(
    model: BidirectionalRNN | DeepRNN,
    layer: torch.nn.RNN,
    head: torch.nn.Linear,
    theirs: dict[str, torch.Tensor],
    inputs: np.ndarray,
    rng: np.random.Generator,
) -> Pairs:
    outputs, hidden_states = model.forward(inputs)
    top = hidden_states[-1] if hidden_states.ndim == 4 else hidden_states
    d_outputs = rng.standard_normal(outputs.shape)
    states, _ = layer(tensor(inputs))
    their_outputs = head(states)
    their_outputs.backward(tensor(d_outputs))
    return [
        (outputs, their_outputs.detach().numpy()),
        (top, states.detach().numpy()),
        *transposed(model.backward(d_outputs), theirs),
    ]


def seq2seq(rng: np.random.Generator, *, forced: bool) -> Pairs:
    T, B, I, H, O = sizes(rng)  # noqa: E741
    S = int(rng.integers(1, 10))
    model = randomised(Seq2Seq(I, H, O), rng)
    encoder = torch.nn.RNN(I, H, dtype=torch.float64)
    decoder = torch.nn.RNN(O, H, dtype=torch.float64)
    head, theirs = head_of(model)
    theirs |= loaded(encoder, model, (model.ENCODER,))
    theirs |= loaded(decoder, model, (model.DECODER,))
    inputs, targets = rng.standard_normal((T, B, I)), rng.standard_normal((S, B, O))
    _, state = encoder(tensor(inputs))
    read, written = torch.zeros((1, B, O), dtype=torch.float64), []
    for t in range(S):
        top, state = decoder(read, state)
        written.append(head(top))
        read = tensor(targets[t : t + 1]) if forced else written[-1]
    their_outputs = torch.cat(written)
    d_outputs = rng.standard_normal((S, B, O))
    their_outputs.backward(tensor(d_outputs))
    outputs = model.forward(inputs, targets) if forced else model.forward(inputs, None, S)
    return [
        (outputs, their_outputs.detach().numpy()),
        *transposed(model.backward(d_outputs), theirs),
    ]


def optimiser(rng: np.random.Generator, ours: type, theirs: type, **options: float) -> Pairs:
    """Thirty steps with fresh gradients, some of them tiny."""
    parameters = {"W": rng.standard_normal((4, 3)), "b": rng.standard_normal(3)}
    copies = {name: tensor(each.copy()).requires_grad_() for name, each in parameters.items()}
    own, other = ours(), theirs(copies.values(), lr=0.05, **options)
    for _ in range(30):
        gradients = {
            name: rng.standard_normal(each.shape) * 10.0 ** rng.integers(-6, 2, each.shape)
            for name, each in parameters.items()
        }
        own.step(parameters, gradients, 0.05)
        for name, copy in copies.items():
            copy.grad = tensor(gradients[name])
        other.step()
    return [(parameters[name], copy.detach().numpy()) for name, copy in copies.items()]


def clipping(rng: np.random.Generator) -> Pairs:
    gradients = {"W": rng.standard_normal((4, 3)), "b": rng.standard_normal(3)}
    limit = float(rng.uniform(0.2, 3.0))
    copies = {
        name: torch.zeros(each.shape, dtype=torch.float64) for name, each in gradients.items()
    }
    for name, copy in copies.items():
        copy.requires_grad_().grad = tensor(gradients[name].copy())
    norm = float(torch.nn.utils.clip_grad_norm_(copies.values(), limit))
    # torch divides by norm + 1e-6 (clip_grad.py), which leaves it just below the limit.
    ours = clip_by_norm(gradients, limit * norm / (norm + 1e-6))
    return [(ours[name], copy.grad.numpy()) for name, copy in copies.items()]


COMPARISONS = {
    "GRU layer, there and back (reset after)": gru_layer,
    "GRU step (reset after), 11 gradients": partial(gru_step, reset_after=True),
    "GRU step (reset before), 11 gradients": partial(gru_step, reset_after=False),
    "bidirectional RNN, 8 gradients": bidirectional,
    "deep RNN, 1 to 4 layers, all gradients": deep,
    "Seq2Seq, teacher forcing, 8 gradients": partial(seq2seq, forced=True),
    "Seq2Seq, free running, 8 gradients": partial(seq2seq, forced=False),
    "momentum, 30 steps": partial(optimiser, ours=Momentum, theirs=torch.optim.SGD, momentum=0.9),
    "Adam, 30 steps": partial(optimiser, ours=Adam, theirs=torch.optim.Adam),
    "clipping by the global norm": clipping,
}
