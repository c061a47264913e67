"""Samples drawn as markers, and as dots where they are too many to be told apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from core.arrays import Array
from core.data.datasets import make_dataset
from core.nn.design import Data
from gui.plots import scatter
from gui.plots.scatter import class_colours, draw_samples
from gui.theme.theme import LIGHT, diverging

SIZE = 120


def drawn(points: Array, source: str, labels: Array) -> Array:
    """Return samples at points as an image of 0 … 255, (rows, columns, 4), blue first."""
    dataset = make_dataset(Data(source))
    count = len(points)
    dataset = replace(
        dataset,
        x=np.zeros((2, count)),
        labels=labels,
        train=np.arange(count),
        test=np.empty(0, int),
        feature_names=("a", "b"),
    )
    image = QImage(SIZE, SIZE, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    draw_samples(painter, dataset, points, LIGHT, 4.0, diverging(LIGHT))
    painter.end()
    return np.frombuffer(image.constBits(), np.uint8).reshape(SIZE, SIZE, 4).astype(int)


@pytest.mark.parametrize("source", ["xor", "sine"])
def test_many_samples_are_dots_where_their_markers_would_be(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    rng = np.random.default_rng(1)
    points = np.concatenate([rng.uniform(10, 50, (300, 2)), rng.uniform(70, 110, (300, 2))])
    second = np.arange(600) >= 300
    labels = second.astype(int) if source == "xor" else np.where(second, 1.0, -1.0)[None]
    markers = drawn(points, source, labels)
    monkeypatch.setattr(scatter, "MOST_MARKERS", 100)
    dots = drawn(points, source, labels)
    assert not np.array_equal(dots, markers)
    assert markers[..., 3][dots[..., 3] > 0].mean() > 200  # where a dot is, there was a marker
    for colour, part in zip(
        class_colours(LIGHT, 2), (np.s_[10:50, 10:50], np.s_[70:110, 70:110]), strict=True
    ):
        painted = dots[part][dots[part][..., 3] > 0]
        wanted = [colour.blue(), colour.green(), colour.red()]
        assert len(painted) > 300 and np.abs(painted[:, :3].mean(axis=0) - wanted).max() < 24
    assert not dots[:8].any() and not dots[55:65, 55:65].any()


def test_points_beyond_the_picture_are_left_out(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scatter, "MOST_MARKERS", 2)
    points = np.array([[-5.0, 3], [SIZE + 9, 3], [np.nan, 3], [1e12, 3], [60, 60]])
    image = drawn(points, "xor", np.zeros(5, int))
    assert np.argwhere(image[..., 3]).tolist() == [[59, 59], [59, 60], [60, 59], [60, 60]]
