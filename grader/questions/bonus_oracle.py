"""What the reference says of the optional questions, for hidden cases. Never leaves the instructor.

Runs `solutions/bonus.py` in the examiner, at the parameters that the student's object holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from grader.protocol import Array
from solutions import bonus as reference

Parameters = dict[str, Array]


def gru(parameters: Parameters, x: Array, h: Array) -> Mapping[str, Array]:
    """The new state (B, H) in every published form, z as documented and exchanged with 1 - z.

    Reset before the product (Cho et al. 2014), after it, after it and the bias (PyTorch, Keras).
    """
    exchanged = {
        name: -value if name in ("W_z", "U_z", "b_z") else value
        for name, value in parameters.items()
    }
    return {
        f"{form}{suffix}": state
        for suffix, values in (("", parameters), (", 1 - z", exchanged))
        for form, state in _forms(values, x, h).items()
    }


def _forms(parameters: Parameters, x: Array, h: Array) -> dict[str, Array]:
    return {
        "before": _cell(parameters, reset_after=False).forward(x, h),
        "after": _cell(parameters, reset_after=True).forward(x, h),
        "after, bias inside": _bias_inside(parameters, x, h),
    }


def _cell(parameters: Parameters, *, reset_after: bool) -> reference.GRUCell:
    I, H = parameters["W_z"].shape  # noqa: E741  # sizes as in the equations
    cell = reference.GRUCell(I, H, reset_after)
    for name, value in parameters.items():
        getattr(cell, name)[...] = value
    return cell


def _bias_inside(parameters: Parameters, x: Array, h: Array) -> Array:
    """The bias as the weight of one more unit that is 1, read through the reset gate as the others are."""
    H = h.shape[1]
    wider = {
        "W": lambda name: np.pad(parameters[name], ((0, 0), (0, 1))),
        "U": lambda name: np.pad(parameters[name], ((0, 1), (0, 1))),
        "b": lambda name: np.pad(parameters[name], (0, 1)),
    }
    values = {name: wider[name[0]](name) for name in parameters}
    values["U_h"][H, :H] = parameters["b_h"]
    values["b_h"][:] = 0.0
    one = np.ones((len(h), 1))
    return _cell(values, reset_after=True).forward(x, np.hstack([h, one]))[:, :H]


def momentum(
    arguments: tuple[float, ...], start: Parameters, gradients: Sequence[Parameters], rate: float
) -> list[list[Parameters]]:
    """The one right course of the parameters, step by step."""
    return [_course(reference.Momentum(*arguments), start, gradients, rate)]


def adam(
    arguments: tuple[float, ...], start: Parameters, gradients: Sequence[Parameters], rate: float
) -> list[list[Parameters]]:
    """The courses of Adam with epsilon in each of its places.

    Beside the corrected root as in the paper's algorithm 1; beside the root before its correction,
    as in its section 2 and in TensorFlow: there epsilon grows by the correction; and inside the root,
    as it is or squared, after the correction of v or before it.
    """
    made = reference.Adam(*arguments)
    beside = _course(made, start, gradients, rate)
    before = start
    insides = [start] * 4
    before_course: list[Parameters] = []
    inside_courses: list[list[Parameters]] = [[] for _ in insides]
    m = {name: np.zeros_like(value) for name, value in start.items()}
    v = {name: np.zeros_like(value) for name, value in start.items()}
    for k, gradient in enumerate(gradients, start=1):
        m = {n: made.beta1 * m[n] + (1 - made.beta1) * g for n, g in gradient.items()}
        v = {n: made.beta2 * v[n] + (1 - made.beta2) * g**2 for n, g in gradient.items()}
        m_hat = {n: value / (1 - made.beta1**k) for n, value in m.items()}
        correction = 1 - made.beta2**k
        before = {
            n: before[n] - rate * m_hat[n] * np.sqrt(correction) / (np.sqrt(v[n]) + made.epsilon)
            for n in start
        }
        added = [
            grown * epsilon
            for epsilon in (made.epsilon, made.epsilon**2)
            for grown in (
                1.0,
                1.0 / correction,
            )  # before the correction of v, epsilon grows with it
        ]
        insides = [
            {n: now[n] - rate * m_hat[n] / np.sqrt(v[n] / correction + epsilon) for n in start}
            for now, epsilon in zip(insides, added, strict=True)
        ]
        before_course.append(before)
        for course, now in zip(inside_courses, insides, strict=True):
            course.append(now)
    return [beside, before_course, *inside_courses]


def _course(
    optimizer: reference.Momentum | reference.Adam,
    start: Parameters,
    gradients: Sequence[Parameters],
    rate: float,
) -> list[Parameters]:
    now = {name: value.copy() for name, value in start.items()}
    points = []
    for gradient in gradients:
        optimizer.step(now, gradient, rate)
        points.append({name: value.copy() for name, value in now.items()})
    return points
