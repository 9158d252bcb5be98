"""Input gate and candidate whose weights are not their own: both out of their product at once.

One by one each is seen through the other, held at a constant by weights that it may not have. Here
the weights of both are fitted to sigmoid(x W_i + h U_i + b_i) * tanh(x W_c + h U_c + b_c), unit by
unit, by Levenberg's and Marquardt's method (Nocedal & Wright, "Numerical Optimization", ch. 10.3).
"""

from __future__ import annotations

import numpy as np

from grader.diagnosis.cell import gate_weights, gates
from grader.diagnosis.cell.known_cell import KnownCell
from grader.diagnosis.experiments.patterns import Readings
from grader.diagnosis.experiments.regression import Blocks
from grader.protocol import Array

UNKNOWN = {"weight_off", "gate_weights_off"}
STEPS = 60
EXACT = 1e-26  # sum of squares that rounding leaves
FIRST, SHRINKS, GROWS, STUCK = 1e-2, 1 / 5, 4.0, 1e8  # of the damping


def of_added(cell: KnownCell, added: Array) -> Readings:
    """What is off in the weights of both gates, if nothing else is.

    added: what comes to the new cell state beside the old one, (rows, H).
    """
    if not (cell.knows_weights("i") and cell.knows_weights("c")):
        return []
    rows = np.hstack([cell.x, cell.h, np.ones((len(cell.x), 1))])
    fitted = np.array([_fit(rows, column) for column in added.T])  # (H, 2, I + H + 1)
    of_gate, of_candidate = (_sums(rows, fitted[:, place].T) for place in (0, 1))
    made = gates.sigmoid(of_gate) * np.tanh(of_candidate)
    if not gates.agrees(cell, added, made):
        return []
    found: Readings = [
        (one, (gate,))
        for place, gate in enumerate("ic")
        for one in gate_weights.weights(cell, gate, _blocks(cell, fitted[:, place]), cell.used)
    ]
    # Weights that are nothing known may be no weights: of a gate that is 1 any large ones fit.
    return [] if any(one.kind in UNKNOWN for one, _ in found) else found


def _blocks(cell: KnownCell, columns: Array) -> Blocks:
    width = cell.x.shape[1]
    W, U, b = np.split(columns.T, [width, width + cell.h.shape[1]])
    return {"W": W, "U": U, "b": b}


def _fit(rows: Array, values: Array) -> Array:
    """Weights (2, columns) of gate and candidate whose product gives these values of one unit."""
    width = rows.shape[1]
    halved: Array = np.linalg.lstsq(rows, 2 * values, rcond=None)[0]  # with the gate half open
    weights = np.concatenate([np.zeros(width), halved])
    damping, (rest, slopes) = FIRST, _linearised(rows, values, weights)
    for _ in range(STEPS):
        square = slopes.T @ slopes
        step = np.linalg.lstsq(
            square + damping * np.diag(np.diag(square)), slopes.T @ rest, rcond=None
        )[0]
        after, new_slopes = _linearised(rows, values, weights - step)
        if after @ after < rest @ rest:
            weights, rest, slopes, damping = weights - step, after, new_slopes, damping * SHRINKS
        else:
            damping *= GROWS
        if rest @ rest < EXACT or damping > STUCK:
            break
    return np.asarray(weights.reshape(2, width))


def _linearised(rows: Array, values: Array, weights: Array) -> tuple[Array, Array]:
    """What is left of the values, (N,), and its slopes by the weights, (N, 2 columns)."""
    of_gate, of_candidate = (_sums(rows, half) for half in np.split(weights, 2))
    gate, candidate = gates.sigmoid(of_gate), np.tanh(of_candidate)
    by_gate = rows * (gate * (1 - gate) * candidate)[:, None]
    by_candidate = rows * (gate * (1 - candidate**2))[:, None]
    return np.asarray(gate * candidate - values), np.hstack([by_gate, by_candidate])


def _sums(rows: Array, weights: Array) -> Array:
    return np.asarray(rows @ weights)
