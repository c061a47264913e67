"""Every module's vector-Jacobian product, compared with differences of its forward function."""

import math

import numpy as np
import pytest

from core.arrays import CACHE_LINE, aligned
from core.nn.activations import ACTIVATIONS
from core.nn.losses import LOSSES
from core.nn.ops import FUNCTIONS, OPERATORS
from tests.core.making import slope_along

RANDOM = np.random.default_rng(7)
SHAPES = {"affine": [(3, 2), (2,), (3, 4)]}
ONE_VARIABLE = {**FUNCTIONS, **ACTIVATIONS}
MODULES = {**OPERATORS, **{name: entry.module() for name, entry in ONE_VARIABLE.items()}}


def directional_error(module, inputs, place):
    """Return the error of the product for one random upstream gradient along one random direction."""
    z = np.asarray(module.forward(*inputs))
    upstream = RANDOM.normal(size=z.shape)
    downstream = module.vjp(upstream, z, *inputs)[place]
    direction = RANDOM.normal(size=inputs[place].shape)

    def J(moved):
        changed = [moved if k == place else value for k, value in enumerate(inputs)]
        return float(np.sum(upstream * module.forward(*changed)))

    expected = slope_along(J, inputs[place], direction, 1e-4)
    return abs(np.sum(downstream * direction) - expected) / max(1e-3, abs(expected))


@pytest.mark.parametrize("name", MODULES)
def test_product_with_the_jacobian_is_the_derivative(name):
    module = MODULES[name]
    shapes = SHAPES.get(name, [(3, 4)] * module.arity)
    for sign in (1, -1):
        inputs = [RANDOM.uniform(0.2, 1.5, size=shape) for shape in shapes]
        if name not in ("log", "sqrt", "power"):
            inputs = [sign * value * RANDOM.choice([1, -1], size=value.shape) for value in inputs]
        for place in range(module.arity):
            assert directional_error(module, inputs, place) < 1e-8


@pytest.mark.parametrize("name", LOSSES)
def test_loss_modules(name):
    module = LOSSES[name]().module()
    o = RANDOM.uniform(0.1, 0.9, size=(1 if name == "bce" else 3, 5))
    y = (np.arange(o.shape[0])[:, None] == RANDOM.integers(0, 3, 5)).astype(float)
    assert directional_error(module, [o, y], 0) < 1e-8
    z = module.forward(o, y)
    assert not module.vjp(np.ones(()), z, o, y)[1].any()


@pytest.mark.parametrize(
    ("name", "inputs", "expected"),
    [
        ("relu", (0.0,), (0.0,)),
        ("leaky_relu", (0.0,), (0.01,)),
        ("abs", (0.0,), (0.0,)),
        ("max", (2.0, 2.0), (1.0, 0.0)),
        ("min", (2.0, 2.0), (1.0, 0.0)),
        ("power", (-2.0, 3.0), (12.0, math.nan)),
        ("power", (0.0, 2.0), (0.0, 0.0)),
    ],
)
def test_derivatives_at_corners_are_the_chosen_ones(name, inputs, expected):
    arrays = [np.array(value) for value in inputs]
    with np.errstate(all="ignore"):
        shares = MODULES[name].vjp(np.array(1.0), MODULES[name].forward(*arrays), *arrays)
    assert [float(share) for share in shares] == pytest.approx(list(expected), rel=0, nan_ok=True)


@pytest.mark.parametrize("shape", [0, 5, (3, 7), (2, 0)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_aligned_zeros_begin_with_a_cache_line(shape, dtype):
    for _ in range(20):
        array = aligned(shape, dtype)
        assert array.ctypes.data % CACHE_LINE == 0 or not array.size
        assert np.array_equal(array, np.zeros(shape, dtype))
        assert array.dtype == dtype
        assert array.flags.c_contiguous
        assert array.flags.writeable
