"""The table of activations: values, derivatives, bounds and the lecture's numbers."""

import numpy as np
import pytest

from core.expressions import Leaf, Symbol, value_of
from core.nn.activations import ACTIVATIONS, softmax_formula
from tests.core.making import G, slope_along

Z = np.concatenate([np.linspace(-6, 6, 97), [-0.0, 1e-12, -1e-12]])
ELEMENTWISE = [name for name, entry in ACTIVATIONS.items() if not entry.layerwide]


def test_the_lectures_family_is_complete():
    assert set(G) <= set(ACTIVATIONS)
    assert all(entry.symbol and (entry.source or name not in G) for name, entry in ACTIVATIONS.items())


@pytest.mark.parametrize("alpha", [None, 0.3])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_values_are_the_formulas(name, alpha):
    assert np.allclose(ACTIVATIONS[name].g(Z, alpha), G[name](Z, alpha), rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_the_formulas_are_what_the_recipes_compute(name):
    entry = ACTIVATIONS[name]
    for z, alpha in ((-2.5, 0.3), (0.0, 0.3), (0.7, 1.0)):
        g, derivative = float(entry.g(np.array(z), alpha)), float(entry.derivative(np.array(z), alpha))
        leaf, parameter = Leaf(z), Leaf(alpha if entry.alpha is not None else 0.0)
        assert value_of(entry.formula(leaf, parameter)) == pytest.approx(g, rel=1e-12, abs=1e-15)
        formula = entry.derivative_formula(leaf, Leaf(g), parameter)
        assert value_of(formula) == pytest.approx(derivative, rel=1e-12, abs=1e-15)


def test_the_formula_of_softmax_is_what_its_recipe_computes():
    z = np.array([1.5, 0.8, -0.5])
    leaves = [Leaf(float(value)) for value in z]
    any_z = Leaf(0, Symbol("z", ("k",)))
    for shift in (None, Leaf(1.5)):
        found = [value_of(softmax_formula(leaf, leaves, any_z, shift)) for leaf in leaves]
        assert found == pytest.approx(ACTIVATIONS["softmax"].g(z), rel=1e-14)


@pytest.mark.parametrize("alpha", [None, 0.3])
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_slopes_are_the_derivatives(name, alpha):
    entry = ACTIVATIONS[name]
    z = Z[np.abs(Z) > 0.01]
    expected = slope_along(lambda moved: G[name](moved, alpha), z, 1.0)
    assert np.allclose(entry.derivative(z, alpha), expected, rtol=1e-9, atol=1e-10)
    assert np.allclose(entry.module(alpha).vjp(np.full_like(z, 2.0), entry.g(z, alpha), z)[0], 2 * expected)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("sigmoid", 0.25), ("tanh", 1), ("relu", 0), ("leaky_relu", 0.01), ("linear", 1), ("elu", 1),
     ("gelu", 0.5), ("softplus", 0.5)],
)  # fmt: skip
def test_slope_at_zero(name, expected):
    assert ACTIVATIONS[name].derivative(np.zeros(1)) == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_far_out_values_and_slopes_stay_finite_and_in_bounds(name):
    entry = ACTIVATIONS[name]
    far = np.array([-1000.0, -750, -40, 40, 750, 1000])
    for z in (far, Z):
        a, slope = entry.g(z), entry.derivative(z)
        assert np.isfinite(a).all()
        assert np.isfinite(slope).all()
        assert a.min() >= entry.lowest
        assert a.max() <= entry.highest
    if name not in G:
        return
    limits = {"linear": 1, "relu": 1, "leaky_relu": 1, "elu": 1, "gelu": 1, "softplus": 1}
    if not entry.layerwide:
        assert entry.derivative(far)[-1] == limits.get(name, 0)
        assert entry.derivative(far)[0] == {"linear": 1, "leaky_relu": 0.01}.get(name, 0)


def test_bounds_are_reached_as_nearly_as_may_be():
    z = np.linspace(-40, 40, 160_001)
    for name in ELEMENTWISE:
        entry, a = ACTIVATIONS[name], ACTIVATIONS[name].g(z, 1.0)
        low, high = a.min(), a.max()
        assert (low < entry.lowest + 1e-4) == np.isfinite(entry.lowest)
        assert (high > entry.highest - 1e-4) == np.isfinite(entry.highest)


def test_softmax_of_columns_sums_to_one_and_ignores_a_common_constant():
    softmax = ACTIVATIONS["softmax"]
    z = np.random.default_rng(0).normal(size=(4, 7)) * 5
    a = softmax.g(z)
    assert np.allclose(a.sum(axis=0), 1, atol=1e-15)
    assert np.allclose(softmax.g(z + 1234.5), a, atol=1e-12)
    assert np.allclose(softmax.g(z[:, 2]), a[:, 2], rtol=1e-14, atol=0)


def test_softmax_is_the_same_whether_its_sums_are_small_or_large():
    """If no z is large, nothing is subtracted before exp; for many neurons the sums have one row."""
    softmax, generator = ACTIVATIONS["softmax"], np.random.default_rng(1)
    for n in (2, 10, 16, 17, 40):
        z = generator.normal(size=(n, 9)) * 20
        shifted = np.exp(z - z.max(axis=0))
        expected = shifted / shifted.sum(axis=0)
        alone = softmax.g(z)
        among_large = softmax.g(np.hstack([z, np.full((n, 1), 400.0)]))[:, :-1]
        for a in (alone, among_large):
            assert np.allclose(a, expected, rtol=1e-13, atol=0)
    far = softmax.g(np.array([[1000.0, 350], [-1000, -350]]))
    assert np.allclose(far, [[1, 1], [0, np.exp(-700)]], rtol=1e-12, atol=0)


def test_softmax_product_is_the_jacobian():
    softmax = ACTIVATIONS["softmax"].module()
    z = np.array([[1.5], [0.8], [-0.5]])
    a = softmax.forward(z)
    jacobian = np.diag(a.ravel()) - a @ a.T
    for unit in np.eye(3):
        got = softmax.vjp(unit[:, None], a, z)[0].ravel()
        assert np.allclose(got, jacobian @ unit, atol=1e-16)


def test_inputs_are_not_written_to():
    for entry in ACTIVATIONS.values():
        z = np.array([[0.5, -1.0], [2.0, 0.0]])
        kept = z.copy()
        entry.g(z)
        entry.derivative(z)
        assert np.array_equal(z, kept)


@pytest.mark.parametrize("name", ["leaky_relu", "elu"])
def test_alpha_is_the_parameter_and_others_have_none(name):
    entry = ACTIVATIONS[name]
    assert entry.g(np.array([-1.0]), 0.5) == pytest.approx(G[name](np.array([-1.0]), 0.5))
    assert entry.alpha is not None
    low, high = entry.alpha_range
    assert low <= entry.alpha <= high
    assert {n for n, e in ACTIVATIONS.items() if e.alpha is not None} >= {"leaky_relu", "elu"}
