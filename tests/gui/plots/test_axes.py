"""Painted axes: ticks, places in pixels, and curves with gaps."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QPen
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.plots.axes import Axes, Range, axes_within, paint_title, ticks
from gui.theme.theme import LIGHT

PEN = QPen(Qt.GlobalColor.black, 1, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
AXES = Axes(QRectF(40, 10, 200, 100), ((-2.0, 3.0), (10.0, 20.0)))


@pytest.mark.parametrize(
    "span",
    [(-1.0, 1.0), (0.0, 0.3), (-0.07, 123.0), (9e5, 1.1e6), (1e-14, 7e-14), (-5.0, -2.0), (-2e9, 3e300)],
)
@pytest.mark.parametrize("most", [1, 2, 5, 9])
def test_ticks_are_multiples_of_a_round_step(span: Range, most: int) -> None:
    low, high = span
    found = np.array(ticks(low, high, most))
    assert len(found) <= most + 1
    assert ((low - 1e-9 * (high - low) <= found) & (found <= high + 1e-9 * (high - low))).all()
    if len(found) > 1:
        step = found[1] - found[0]
        assert np.allclose(np.diff(found), step, rtol=1e-9)
        assert f"{step:.0e}"[0] in "125" and np.isclose(step, float(f"{step:.0e}"), rtol=1e-9)
        assert np.allclose(found / step, np.rint(found / step), atol=1e-6)
        assert step >= (high - low) / most * (1 - 1e-9)
        assert step <= 2.5 * (high - low) / most


@pytest.mark.parametrize("span", [(0.0, 0.0), (1.0, 1.0 + 1e-15), (0.0, np.inf), (np.nan, 1.0), (2.0, 1.0)])
def test_no_ticks_where_no_two_numbers_differ(span: Range) -> None:
    assert ticks(*span) == []


def test_a_point_in_pixels_leads_back_to_itself() -> None:
    assert AXES.place(-2.0, 10.0) == QPointF(40, 110) and AXES.place(3.0, 20.0) == QPointF(240, 10)
    for x, y in ((0.5, 12.0), (-2.0, 20.0), (4.0, 9.0)):
        assert AXES.from_pixels(AXES.place(x, y)) == pytest.approx((x, y))
    points = np.array([[0.5, 12.0], [-2.0, 20.0]])
    expected = [[place.x(), place.y()] for place in (AXES.place(*point) for point in points.tolist())]
    assert AXES.to_pixels(points).tolist() == expected


@pytest.mark.parametrize("width", [120, 200, 400])
def test_names_of_axes_are_whole_and_leave_the_corner_free(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    heard: list[tuple[QRectF, str, float]] = []

    def draw(painter: QPainter, box: QRectF, _flags: object, text: str) -> None:
        wide = QFontMetricsF(painter.font()).horizontalAdvance(text) * painter.transform().m11()
        heard.append((painter.transform().mapRect(box), text, wide))

    monkeypatch.setattr(QPainter, "drawText", draw)
    axes = axes_within(QSize(width, 100), ((0, 1), (0, 1)))
    image = QImage(width, 100, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    paint_title(painter, axes, ("flipper_length_mm", "bill_depth_mm"), LIGHT, kept=20)
    painter.end()
    ((box, text, wide),) = heard
    assert "flipper_length_mm" in text and "bill_depth_mm" in text
    assert wide <= box.width() + 0.01 and box.right() <= axes.area.right() - 20


def test_a_curve_has_a_gap_where_it_is_not_finite(qtbot: QtBot) -> None:
    x, y = np.linspace(-2.0, 3.0, 201), np.full(201, 15.0)
    y[80:90], y[120:130], y[160:170] = np.nan, np.inf, -np.inf
    image = QImage(260, 120, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    AXES.paint_curve(painter, x, y, PEN)
    painter.end()
    dark = np.array([any(image.pixelColor(c, r).lightness() < 128 for r in (59, 60, 61)) for c in range(260)])
    assert not dark[:39].any() and not dark[242:].any()
    gaps = dark[40:240].astype(int)
    assert np.count_nonzero(np.diff(gaps) == -1) == 3 and 150 <= gaps.sum() <= 180
