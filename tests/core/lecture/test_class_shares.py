"""The scores, shares and regions of classes follow the point."""

import numpy as np
import pytest

from core.lecture.class_shares import ClassShares
from core.lecture.scene import find_scene, read_scene

SUBJECT = read_scene(find_scene("k-classes")).subject


def test_shares_follow_the_point():
    found = ClassShares(ClassShares(SUBJECT).with_point(-0.3, 0.7))
    z = np.array([[-0.21, 2.604], [2.436, -1.47], [-2.436, -1.47]]) @ [-0.3, 0.7]
    z += [1.05564, 0.49466, 0.36394]
    assert found.scores == pytest.approx(z)
    assert found.powers == pytest.approx(np.exp(z))
    assert found.total == pytest.approx(np.exp(z).sum())
    assert found.shares == pytest.approx(np.exp(z) / np.exp(z).sum())
    assert found.loss == pytest.approx(-np.log(found.shares[0]))
    assert found.gradient == pytest.approx(found.shares - [1, 0, 0])


def test_regions_part_the_plane_where_the_largest_score_changes():
    found = ClassShares(SUBJECT)
    regions = found.regions(-1.0, 1.0)
    sizes = [abs(_area(corners)) for corners in regions]
    assert sum(sizes) == pytest.approx(4.0)
    for k, corners in enumerate(regions):
        inside = corners.mean(axis=0)
        assert ClassShares(found.with_point(*inside.tolist())).shares.argmax() == k
        # at each corner the class is among the largest
        scores = found._scores_at(corners)
        assert scores[k] == pytest.approx(scores.max(axis=0))


def _area(corners):
    x, y = corners.T
    return (x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2
