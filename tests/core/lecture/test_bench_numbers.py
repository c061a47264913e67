"""Numbers of the demonstrations, compared with the scenes and other arithmetic, and at extremes."""

import math
from decimal import Decimal, getcontext

import numpy as np
import pytest

from core.lecture.demos import (
    labels,
    loss_table,
    loss_tables,
    shared,
    softmax_table,
    sums_to_one,
    with_class,
    with_label,
    with_output,
    with_target,
    with_z,
    without_class,
)
from core.lecture.subjects import LossBench, SoftmaxBench
from core.nn.losses import LOSSES, MSE, BinaryCrossEntropy, CategoricalCrossEntropy

TUMOURS = SoftmaxBench(z=(1.5, 0.8, -0.5), class_names=("benign", "malignant", "pre-cancerous"))
CCE = LossBench(
    losses=(CategoricalCrossEntropy(),),
    outputs=((0.1, 0.7, 0.2), (0.6, 0.3, 0.1)),
    targets=((0, 1, 0), (1, 0, 0)),
)


def exactly(z: tuple[float, ...]) -> list[float]:
    """Return softmax in decimal arithmetic with 60 digits."""
    getcontext().prec = 60
    powers = [Decimal(value).exp() for value in z]
    return [float(power / sum(powers)) for power in powers]


@pytest.mark.parametrize("z", [(1.5, 0.8, -0.5), (1000.0, 999.0, -1000.0), (-1e5, -1e5), (0.0,) * 20])
def test_probabilities_are_those_of_long_arithmetic(z: tuple[float, ...]) -> None:
    table = softmax_table(SoftmaxBench(z=z))
    np.testing.assert_allclose(table.probabilities, exactly(z), rtol=1e-12)
    assert table.total == pytest.approx(1, abs=1e-12)


def test_what_is_too_large_is_infinite_and_the_safe_way_is_not() -> None:
    table = softmax_table(with_z(TUMOURS, 0, 1000.0))
    assert table.exponentials[0] == table.sum == math.inf
    np.testing.assert_allclose(table.safe, [1, 0, 0], atol=1e-300)
    assert (table.decision, table.tied) == (0, 1)


def test_a_constant_moves_no_probability_but_the_shares() -> None:
    table = softmax_table(SoftmaxBench(z=TUMOURS.z, shift=100.0))
    assert table.moved <= 1e-13
    np.testing.assert_allclose(table.probabilities, exactly(TUMOURS.z), rtol=1e-12)
    np.testing.assert_allclose(table.shares, np.array([101.5, 100.8, 99.5]) / 301.8)


def test_equal_outputs_are_tied_and_a_sum_of_0_has_no_shares() -> None:
    table = softmax_table(SoftmaxBench(z=(1.0, -2.0, 1.0)))
    assert (table.decision, table.tied) == (0, 2)
    assert not np.isfinite(table.shares).any()


def test_classes_come_and_go_with_their_names() -> None:
    more = with_class(TUMOURS, "other")
    assert (more.z, more.class_names[-1]) == ((1.5, 0.8, -0.5, 0.0), "other")
    assert without_class(more) == TUMOURS
    assert with_class(SoftmaxBench(z=(1.0, 2.0)), "other").class_names == ()


@pytest.mark.parametrize("name", LOSSES)
def test_terms_make_the_loss_and_gradients_are_central_differences(name: str) -> None:
    loss = LOSSES[name]()
    o = np.array([[0.7, 0.3, 0.9], [0.2, 0.5, 0.05]])
    y = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
    table = loss_table(loss, o, y)
    assert table.contributions.sum() == pytest.approx(table.J)
    for place in np.ndindex(o.shape):
        up, down = o.copy(), o.copy()
        up[place] += 1e-6
        down[place] -= 1e-6
        slope = (loss.J(up, y) - loss.J(down, y)) / 2e-6
        assert table.gradients[place] == pytest.approx(slope, abs=1e-8)


def test_sure_and_wrong_costs_without_limit() -> None:
    bench = LossBench(losses=(BinaryCrossEntropy(),), outputs=((0.0,), (1.0,)), targets=((1,), (1,)))
    (table,) = loss_tables(bench)
    assert table.J == table.terms[0, 0] == math.inf
    assert table.terms[0, 1] == 0


def test_the_others_of_a_row_fill_up_to_1_as_they_were() -> None:
    assert shared((0.1, 0.6, 0.3), 2, 0.9) == pytest.approx((0.1 / 7, 0.6 / 7, 0.9))
    assert shared((0.0, 1.0, 0.0), 1, 0.4) == pytest.approx((0.3, 0.4, 0.3))
    changed = with_output(CCE, 0, 1, 0.4, shares=True)
    assert sums_to_one(changed)
    assert changed.outputs[1] == CCE.outputs[1]
    assert not sums_to_one(with_output(CCE, 0, 1, 0.4))


def test_targets_are_labels_where_they_are_one_hot() -> None:
    assert labels(CCE) == (1, 0)
    assert labels(with_label(CCE, 0, 2)) == (2, 0)
    assert labels(with_target(CCE, 0, 0, 0.5)) is None
    assert labels(LossBench(losses=(MSE(),), outputs=((4.2,),), targets=((1.0,),))) is None
