"""Data by a formula: classes above and below a curve, values of two inputs, and what is said of faults."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.datasets import DATASETS, make_dataset
from core.nn.design import Data, Design, fitted, range_problems


@pytest.mark.parametrize("scale", [1.0, 4.0])
@pytest.mark.parametrize(
    "text, f",
    [
        ("x^2 - 0.3", lambda x: x * x - 0.3),
        ("y = sin(3x)", lambda x: np.sin(3 * x)),
        ("f(x) = |x|", np.abs),
        ("0.2", lambda x: 0.2 + 0 * x),
    ],
)
def test_classes_lie_above_and_below_the_curve(text, f, scale):
    dataset = make_dataset(Data("curve", formula=text, noise=0, scale=scale, samples=400))
    x, y = dataset.x
    assert np.array_equal(dataset.labels, y > f(x))
    assert np.abs(dataset.x).max() <= scale and np.ptp(x) > 1.9 * scale


@pytest.mark.parametrize(
    "text, f", [("z = x*y", lambda x, y: x * y), ("max(x1, x₂)", np.maximum), ("2", lambda x, y: 2 + 0 * x)]
)
def test_values_are_those_of_the_formula(text, f):
    dataset = make_dataset(Data("surface", formula=text, noise=0))
    assert dataset.task == "regression" and np.allclose(dataset.labels[0], f(*dataset.x))


def test_noise_blurs_and_the_size_is_chosen():
    clean, noisy = (make_dataset(Data("surface", formula="x", noise=noise, samples=900)) for noise in (0, 1))
    assert clean.x.shape == (2, 900) and np.array_equal(clean.x, noisy.x)
    spread = np.std(noisy.labels[0] - noisy.x[0])
    assert abs(spread - 0.5 * np.std(clean.x[0])) < 0.03
    below = make_dataset(Data("curve", formula="0", noise=1, samples=900))
    share = float(np.mean(below.labels == (below.x[1] > 0)))
    assert 0.75 < share < 0.97, "noise moves some samples over the curve"


@pytest.mark.parametrize("name", [name for name, source in DATASETS.items() if source.formula])
def test_the_example_stands_where_no_formula_is_typed(name):
    data = Data(name)
    assert not list(range_problems(Design(data=data)))
    typed = make_dataset(Data(name, formula=DATASETS[name].formula))
    assert np.array_equal(make_dataset(data).labels, typed.labels)


@pytest.mark.parametrize(
    "name, text, said",
    [
        ("curve", "x +", "column 4: the expression ends"),
        ("curve", "y = x + q", "column 9: q is not known here; write it with x."),
        ("curve", "x + y", "column 5: y is not known here"),
        ("surface", "foo(x)", "column 1: there is no function foo"),
        ("curve", "ln(x)", "has no value at x = −1: −1 has no logarithm"),
        ("surface", "1/(x - y)", "has no value at x = −1, y = −1: nothing can be divided by 0"),
        ("curve", "exp(exp(9x))", "has no value at x = 0.75"),
    ],
)
def test_a_fault_is_a_sentence_with_its_place(name, text, said):
    (problem,) = range_problems(Design(data=Data(name, formula=text)))
    assert problem.where == "data.formula" and said in problem.why


def test_a_formula_counts_only_where_it_is_used():
    assert not list(range_problems(Design(data=Data("xor", formula="nonsense("))))


@pytest.mark.parametrize(
    "data",
    [Data("curve", formula="x*y"), Data("surface", formula="x +"), Data("xor", features=("x1", "x1*"))],
    ids=lambda data: data.source,
)
def test_a_text_that_is_no_formula_gives_no_samples_and_says_why(data):
    dataset = make_dataset(data)
    (problem,) = range_problems(Design(data=data))
    assert dataset.problem == problem.why and dataset.features == 0
    assert fitted(Design(data=data), dataset) == Design(data=data)
