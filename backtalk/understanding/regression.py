"""Multinomial logistic regression on features of which a part is dense and a part is sparse.

scikit-learn's own takes one matrix. With the 384 dense columns stored as sparse ones it needs three
times as long for the same weights, which is most of a training run.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from scipy.optimize import minimize

MAX_ITERATIONS = 40  # more fits the examples, not new messages, better
GRADIENT_TOLERANCE = 1e-4


def fit_logistic_regression(
    dense: Any, sparse: Any, target: Any, classes: int, inverse_regularisation: float,
    progress: Callable[[int], None] = lambda _: None,
) -> tuple[Any, Any]:  # fmt: skip
    """Weights (dense columns then sparse ones, by class) and biases (by class).

    `dense` is an array (rows, d), `sparse` a CSR matrix (rows, s), `target` the class of each row.
    Minimises C * cross-entropy + |weights|² / 2, as scikit-learn's LogisticRegression(C) does.
    """
    rows, split = dense.shape
    columns = split + sparse.shape[1]
    hot = np.zeros((rows, classes), dtype=np.float32)
    hot[np.arange(rows), target] = 1.0
    by_row = _parts(sparse)
    by_column = _parts(sparse.T.tocsr())
    scale = 1.0 / (inverse_regularisation * rows)

    def loss(flat: Any) -> tuple[float, Any]:
        values = flat.reshape(columns + 1, classes).astype(np.float32)
        weights, bias = values[:-1], values[-1]
        scores = dense @ weights[:split] + _product(by_row, weights[split:]) + bias
        scores -= scores.max(axis=1, keepdims=True)
        likely = np.exp(scores)
        total = likely.sum(axis=1, keepdims=True)
        cross_entropy = float((np.log(total[:, 0]) - scores[np.arange(rows), target]).mean())
        error = (likely / total - hot) / rows
        gradient = np.empty_like(values)
        gradient[:split] = dense.T @ error
        gradient[split:-1] = _product(by_column, error)
        gradient[:-1] += scale * weights
        gradient[-1] = error.sum(axis=0)
        penalty = 0.5 * scale * float(np.vdot(weights, weights))
        return cross_entropy + penalty, gradient.astype(np.float64).ravel()

    done = iter(range(1, MAX_ITERATIONS + 1))
    found = minimize(
        loss,
        np.zeros((columns + 1) * classes),
        jac=True,
        method="L-BFGS-B",
        callback=lambda _: progress(next(done, MAX_ITERATIONS)),
        options={"maxiter": MAX_ITERATIONS, "gtol": GRADIENT_TOLERANCE, "ftol": 1e-9},
    )
    values = found.x.reshape(columns + 1, classes).astype(np.float32)
    return values[:-1].T, values[-1]


def _parts(matrix: Any) -> list[Any]:
    """The rows of a CSR matrix, in as many parts as there are processors."""
    edges = np.linspace(0, matrix.shape[0], (os.cpu_count() or 1) + 1).astype(int)
    return [matrix[first:last] for first, last in itertools.pairwise(edges)]


def _product(parts: list[Any], factor: Any) -> Any:
    """The matrix of `parts` times `factor`; SciPy multiplies outside Python's lock."""
    with ThreadPoolExecutor(len(parts)) as pool:
        return np.vstack(list(pool.map(lambda part: part @ factor, parts)))
