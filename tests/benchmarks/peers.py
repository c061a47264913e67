"""The peers the engine is measured against: each a function that makes so many iterations.

All do the same work as the engine: reshuffle every epoch, and compute the loss of every batch.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from itertools import pairwise

import numpy as np

Iterate = Callable[[int], None]

SGD_RATE, ADAM_RATE = 0.05, 0.001


def textbook(n: list[int], x: np.ndarray, y: np.ndarray, batch: int, adam: bool) -> Iterate:
    """Plain NumPy as in a textbook: samples as rows, tanh inside, sigmoid or softmax outside."""
    rng = np.random.default_rng(0)
    W = [rng.standard_normal((a, b)) * np.sqrt(2 / (a + b)) for a, b in pairwise(n)]
    b = [np.zeros(k) for k in n[1:]]
    parameters = W + b
    m, v = [np.zeros_like(p) for p in parameters], [np.zeros_like(p) for p in parameters]
    count, samples = 0, len(x)
    order = rng.permutation(samples)
    place = 0

    losses: list[float] = []

    def step() -> None:
        nonlocal count, order, place
        if place >= samples:
            order, place = rng.permutation(samples), 0
        rows = order[place : place + batch]
        place += batch
        a = [x[rows]]
        for l in range(len(W) - 1):
            a.append(np.tanh(a[-1] @ W[l] + b[l]))
        z = a[-1] @ W[-1] + b[-1]
        if n[-1] == 1:
            a.append(1 / (1 + np.exp(-z)))
            losses.append(-np.mean(y[rows] * np.log(a[-1]) + (1 - y[rows]) * np.log(1 - a[-1])))
        else:
            e = np.exp(z - z.max(axis=1, keepdims=True))
            a.append(e / e.sum(axis=1, keepdims=True))
            losses.append(-np.mean(np.sum(y[rows] * np.log(a[-1]), axis=1)))
        delta = (a[-1] - y[rows]) / len(rows)
        dW, db = [None] * len(W), [None] * len(b)
        for l in reversed(range(len(W))):
            dW[l] = a[l].T @ delta
            db[l] = delta.sum(axis=0)
            if l:
                delta = (delta @ W[l].T) * (1 - a[l] ** 2)
        count += 1
        for k, (parameter, g) in enumerate(zip(parameters, dW + db, strict=True)):
            step = SGD_RATE * g
            if adam:
                m[k] = 0.9 * m[k] + 0.1 * g
                v[k] = 0.999 * v[k] + 0.001 * g**2
                m_hat, v_hat = m[k] / (1 - 0.9**count), v[k] / (1 - 0.999**count)
                step = ADAM_RATE * m_hat / (np.sqrt(v_hat) + 1e-8)
            np.subtract(parameter, step, parameter)

    def iterate(iterations: int) -> None:
        for _ in range(iterations):
            step()

    return iterate


def torch_eager(
    n: list[int], x: np.ndarray, y: np.ndarray, batch: int, adam: bool, precision: str = "float64"
) -> Iterate:
    """PyTorch in eager mode on one thread, with its own modules and optimizer."""
    import torch

    torch.set_num_threads(1)
    dtype = getattr(torch, precision)
    layers: list[torch.nn.Module] = []
    for a, b in pairwise(n):
        layers += [torch.nn.Linear(a, b, dtype=dtype), torch.nn.Tanh()]
    network = torch.nn.Sequential(*layers[:-1])
    loss_of = torch.nn.BCEWithLogitsLoss() if n[-1] == 1 else torch.nn.CrossEntropyLoss()
    parameters = network.parameters()
    optimizer = (
        torch.optim.Adam(parameters, lr=ADAM_RATE) if adam else torch.optim.SGD(parameters, lr=SGD_RATE)
    )
    inputs = torch.tensor(x, dtype=dtype)
    targets = torch.tensor(y, dtype=dtype) if n[-1] == 1 else torch.tensor(y.argmax(1))
    samples, place, order = len(x), 0, torch.randperm(len(x))

    def iterate(iterations: int) -> None:
        nonlocal place, order
        for _ in range(iterations):
            if place >= samples:
                order, place = torch.randperm(samples), 0
            rows = order[place : place + batch]
            place += batch
            optimizer.zero_grad()
            loss_of(network(inputs[rows]), targets[rows]).backward()
            optimizer.step()

    return iterate


def scikit_learn(n: list[int], x: np.ndarray, y: np.ndarray, batch: int, adam: bool) -> Iterate:
    """scikit-learn's MLPClassifier, whole epochs by `fit`."""
    from sklearn.neural_network import MLPClassifier

    labels = y[:, 0].astype(int) if n[-1] == 1 else y.argmax(1)
    per_epoch = -(-len(x) // batch)

    def iterate(iterations: int) -> None:
        network = MLPClassifier(
            n[1:-1], activation="tanh", solver="adam" if adam else "sgd", alpha=0, batch_size=batch,
            learning_rate_init=ADAM_RATE if adam else SGD_RATE, momentum=0, tol=0, shuffle=True,
            max_iter=max(1, iterations // per_epoch), n_iter_no_change=10**9,
        )  # fmt: skip
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            network.fit(x, labels)

    return iterate
