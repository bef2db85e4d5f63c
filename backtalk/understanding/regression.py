"""Multinomial logistic regression on features of which a part is dense and a part is sparse.

scikit-learn's own takes one matrix. With the 384 dense columns stored as sparse ones it needs three
times as long for the same weights, and SciPy's L-BFGS twice as long again for vectors of this size
in double precision. Together that would be most of a training run.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np

MAX_ITERATIONS = 36  # more fits the examples, not new messages, better
REMEMBERED_STEPS = 8
OFTEN = 400  # so many of the sparse columns hold half of what is not zero, and cost a tenth as dense ones
ENOUGH_DESCENT = 1e-4  # Armijo's condition
SMALLEST_STEP = 1e-4
Loss = Callable[[Any], tuple[float, Any]]


def fit_logistic_regression(
    dense: Any, sparse: Any, target: Any, classes: int, inverse_regularisation: float,
    progress: Callable[[int], None] = lambda _: None, iterations: int = MAX_ITERATIONS,
) -> tuple[Any, Any]:  # fmt: skip
    """Weights (dense columns then sparse ones, by class) and biases (by class), as float32.

    `dense` is an array (rows, d), `sparse` a CSR matrix (rows, s), `target` the class of each row.
    Minimises C * cross-entropy + |weights|² / 2, as scikit-learn's LogisticRegression(C) does.
    """
    order = np.argsort(-sparse.getnnz(axis=0), kind="stable")
    often, seldom = np.sort(order[:OFTEN]), np.sort(order[OFTEN:])
    places = np.concatenate([np.arange(dense.shape[1]), dense.shape[1] + often, dense.shape[1] + seldom])
    dense, sparse = np.hstack([dense, sparse[:, often].toarray()]), sparse[:, seldom]
    rows, split = dense.shape
    columns = split + sparse.shape[1]
    hot = np.zeros((rows, classes), dtype=np.float32)
    hot[np.arange(rows), target] = 1.0
    transposed = sparse.T.tocsr()
    scale = np.float32(1.0 / (inverse_regularisation * rows))
    scaled = np.empty((columns, classes), dtype=np.float32)

    def loss(values: Any) -> tuple[float, Any]:
        weights, bias = values[:-1], values[-1]
        scores = dense @ weights[:split] + sparse @ weights[split:] + bias
        scores -= scores.max(axis=1, keepdims=True)
        likely = np.exp(scores)
        total = likely.sum(axis=1, keepdims=True)
        cross_entropy = float((np.log(total[:, 0]) - scores[np.arange(rows), target]).mean())
        error = (likely / total - hot) / np.float32(rows)
        gradient = np.empty_like(values)
        gradient[:split] = dense.T @ error
        gradient[split:-1] = transposed @ error
        gradient[:-1] += np.multiply(weights, scale, out=scaled)
        gradient[-1] = error.sum(axis=0)
        return cross_entropy + 0.5 * float(scale) * _inner(weights, weights), gradient

    start = np.zeros((columns + 1, classes), dtype=np.float32)
    values = minimise(loss, start, iterations, progress)
    weights = np.empty((classes, columns), dtype=np.float32)
    weights[:, places] = values[:-1].T
    return weights, values[-1]


def minimise(
    loss: Loss, start: Any, iterations: int, progress: Callable[[int], None] = lambda _: None
) -> Any:
    """The point that `iterations` steps of L-BFGS reach from `start` (Nocedal & Wright, algorithm 7.4).

    `loss(point)` gives the value and the gradient, an array of the point's shape. Stops early where
    no step goes down.
    """
    point, (value, gradient) = start, loss(start)
    history: deque[tuple[Any, Any, float]] = deque(maxlen=REMEMBERED_STEPS)
    scratch = np.empty_like(start)
    for iteration in range(1, iterations + 1):
        direction = _direction(gradient, history, scratch)
        slope = _inner(direction, gradient)
        step = 1.0 if history else 1.0 / max(1e-12, float(np.sqrt(-slope)))
        while True:
            moved = direction * np.float32(step)
            moved += point
            moved_value, moved_gradient = loss(moved)
            if moved_value <= value + ENOUGH_DESCENT * step * slope:
                break
            step /= 2
            if step < SMALLEST_STEP:
                return point
        change, bend = moved - point, moved_gradient - gradient
        curvature = _inner(change, bend)
        if curvature > 0:
            history.append((change, bend, curvature))
        point, value, gradient = moved, moved_value, moved_gradient
        progress(iteration)
    return point


def _direction(gradient: Any, history: deque[tuple[Any, Any, float]], scratch: Any) -> Any:
    """Downhill, by the two-loop recursion over the remembered steps.

    `scratch` is an array of the gradient's shape. Memory for a new one would take longer than the sums.
    """
    direction = -gradient
    shares = []
    for change, bend, curvature in reversed(history):
        share = _inner(change, direction) / curvature
        direction -= np.multiply(bend, np.float32(share), out=scratch)
        shares.append(share)
    if history:
        _, bend, curvature = history[-1]
        direction *= np.float32(curvature / _inner(bend, bend))
    for (change, bend, curvature), share in zip(history, reversed(shares), strict=True):
        rest = np.float32(share - _inner(bend, direction) / curvature)
        direction += np.multiply(change, rest, out=scratch)
    return direction


def _inner(first: Any, second: Any) -> float:
    return float(np.vdot(first, second))
