"""The table of losses: values, gradients, limiting cases, and fused losses computed from z."""

import numpy as np
import pytest

from core.expressions import Leaf, Symbol, value_of
from core.nn.activations import ACTIVATIONS
from core.nn.losses import FUSED, LOSSES, MSE, BinaryCrossEntropy, CategoricalCrossEntropy, Hinge, Huber
from core.nn.ops import follow
from tests.core.making import TERMS

GENERATOR = np.random.default_rng(11)


def slope(loss, o, y):
    out = np.full_like(o, np.nan)
    follow(loss.derivative_steps(o, y, out))
    return out


def batch(name, outputs):
    o = GENERATOR.uniform(0.05, 0.95, size=(outputs, 6))
    return o, (np.arange(outputs)[:, None] == GENERATOR.integers(0, 2, 6)).astype(float)


@pytest.mark.parametrize("name", LOSSES)
def test_J_is_the_mean_of_the_formulas_terms(name):
    loss, outputs = LOSSES[name](), 3
    o, y = batch(name, outputs)
    expected = TERMS[name](o, y, 1.0)
    assert np.allclose(loss.terms(o, y), expected, rtol=1e-14)
    over = 6 * outputs if loss.reduction == "mean" else 6
    assert np.isclose(loss.J(o, y), expected.sum() / over, rtol=1e-14)
    assert loss.symbol


@pytest.mark.parametrize("name", LOSSES)
def test_the_formulas_are_what_the_recipes_compute(name):
    loss = LOSSES[name]()
    o, y = batch(name, 1)
    o[0, :2] = 3.0 if not loss.of_probabilities else 0.9  # in the linear part of Huber
    terms, derivatives = loss.terms(o, y)[0], slope(loss, o, y)[0]
    for one, target, term, derivative in zip(o[0], y[0], terms, derivatives, strict=True):
        letters = Leaf(float(one)), Leaf(float(target))
        assert value_of(loss.formula(*letters)) == pytest.approx(term, rel=1e-13)
        assert value_of(loss.derivative_formula(*letters)) == pytest.approx(derivative, rel=1e-13)


@pytest.mark.parametrize("pair", FUSED)
def test_the_formulas_of_a_fused_pair_are_what_its_recipes_compute(pair):
    activation, loss, fused = ACTIVATIONS[pair[0]], LOSSES[pair[1]](), FUSED[pair]
    z = GENERATOR.normal(size=(3, 1)) * 3
    y = np.eye(*z.shape)
    letters = [[Leaf(float(value), Symbol("z")) for value in array.ravel()] for array in (z, y)]
    assert value_of(fused.formula(*letters)) == pytest.approx(fused.terms(z, y).sum(), rel=1e-13)
    a = activation.g(z)
    expected = activation.module().vjp(slope(loss, a, y), a, z)[0].ravel()
    found = [
        value_of(fused.derivative_formula(Leaf(float(one)), Leaf(float(target))))
        for one, target in zip(a.ravel(), y.ravel(), strict=True)
    ]
    assert found == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize(
    ("over_outputs", "over_samples", "J", "title"),
    [
        ("mean", "mean", 15 / 4, "Mean squared error"),
        ("sum", "mean", 15 / 2, "Sum of squared errors"),
        ("half sum", "mean", 15 / 4, "Half the sum of squared errors"),
        ("half sum", "sum", 15 / 2, "Half the sum of squared errors"),
        ("sum", "sum", 15.0, "Sum of squared errors"),
        ("mean", "sum", 15 / 2, "Mean squared error"),
    ],
)
def test_squared_errors_as_other_books_write_them(over_outputs, over_samples, J, title):
    """The errors are 1, 2 and 1, 3: their squares add up to 5 and 10."""
    loss = MSE(over_outputs=over_outputs, over_samples=over_samples)
    o, y = np.array([[1.0, 0], [3, 5]]), np.array([[0.0, 1], [1, 2]])
    assert loss.J(o, y) == pytest.approx(J, rel=1e-15)
    assert loss.title == title


def test_hinge_of_labels_minus_one_and_one():
    loss = Hinge()
    o, y = np.array([[2.0, 0.4, 1.0, -0.5, -3.0, 0.0]]), np.array([[1.0, 1, 1, -1, -1, -1]])
    assert np.allclose(loss.terms(o, y), [[0, 0.6, 0, 0.5, 0, 1]], rtol=1e-15)
    assert slope(loss, o, y).tolist() == [[0, -1, 0, 1, 0, 1]]


@pytest.mark.parametrize("delta", [0.1, 1.0, 7.0])
def test_huber_is_squared_inside_and_linear_outside(delta):
    loss = Huber(delta)
    e = np.array([[-3 * delta, -delta, -delta / 2, 0, delta / 2, delta, 2 * delta]])
    y = np.zeros_like(e)
    assert np.allclose(loss.terms(e, y), TERMS["huber"](e, y, delta), rtol=1e-15)
    assert slope(loss, e, y).tolist() == [[-delta, -delta, -delta / 2, 0, delta / 2, delta, delta]]


def test_mae_has_slope_zero_where_it_is_met():
    assert slope(LOSSES["mae"](), np.array([[1.0, 2, 3]]), np.full((1, 3), 2.0)).tolist() == [[-1, 0, 1]]


@pytest.mark.parametrize(
    ("o", "y", "J", "gradient"),
    [
        ([1.0], [1.0], 0.0, [-1.0]),
        ([0.0], [0.0], 0.0, [1.0]),
        ([0.0], [1.0], np.inf, [-np.inf]),
        ([1.0], [0.0], np.inf, [np.inf]),
    ],
)
def test_certainty_in_binary_cross_entropy(o, y, J, gradient):
    loss, o, y = BinaryCrossEntropy(), np.array([o]), np.array([y])
    assert loss.J(o, y) == J
    assert slope(loss, o, y).ravel().tolist() == gradient


def test_certainty_in_categorical_cross_entropy():
    loss, o, y = CategoricalCrossEntropy(), np.array([[1.0], [0.0], [0.0]]), np.array([[1.0], [0], [0]])
    assert loss.J(o, y) == 0
    assert slope(loss, o, y).ravel().tolist() == [-1, 0, 0]
    assert loss.J(o[::-1], y) == np.inf


@pytest.mark.parametrize("name", LOSSES)
def test_a_slope_recipe_follows_its_arrays(name):
    """A recipe is bound once and used for every batch."""
    loss, outputs = LOSSES[name](), 3
    o, y = batch(name, outputs)
    out = np.empty_like(o)
    recipe = list(loss.derivative_steps(o, y, out))
    follow(recipe)
    for _ in range(2):
        o[...], y[...] = batch(name, outputs)
        follow(recipe)
        assert np.array_equal(out, slope(loss, o.copy(), y.copy()))


@pytest.mark.parametrize("pair", FUSED)
def test_a_fused_pair_is_activation_then_loss(pair):
    activation, loss = ACTIVATIONS[pair[0]], LOSSES[pair[1]]()
    outputs = 3
    z = GENERATOR.normal(size=(outputs, 6)) * 3
    y = (np.arange(outputs)[:, None] == GENERATOR.integers(0, 2, 6)).astype(float)
    module = activation.module()
    a = module.forward(z)
    dz = np.empty_like(z)
    fused, scale = FUSED[pair], loss.scale(*y.shape)
    target_offset = np.empty_like(y)
    fused.target_offset(y, scale, target_offset)
    follow(fused.derivative_steps(z, target_offset, dz, scale))
    assert np.allclose(FUSED[pair].terms(z, y), loss.terms(a, y), rtol=1e-12, atol=1e-14)
    expected = module.vjp(scale * slope(loss, a, y), a, z)[0]
    assert np.allclose(dz, expected, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("pair", FUSED)
def test_a_fused_pair_is_finite_far_out(pair):
    z = np.array([[1000.0, -1000, 0], [-1000, 1000, 800], [0, -5, -800]])
    y = np.eye(3)
    assert np.isfinite(FUSED[pair].terms(z, y)).all()
    outputs = slice(3)
    for size in (1, 1e-3, 1e-12):
        terms = FUSED[pair].terms(size * z[outputs], y[outputs])
        with np.errstate(over="ignore"):
            sums = FUSED[pair].of_samples(size * z[outputs], y[outputs])
        assert np.allclose(sums, terms.sum(axis=0), rtol=1e-14)
    assert np.allclose(FUSED[pair].terms(z + 0.0, 0 * y).min(), 0, atol=1e-300)
