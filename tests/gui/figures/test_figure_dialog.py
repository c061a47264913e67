"""Printing a figure: its preview, and what reaches the paper."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPageLayout, QPageSize
from PySide6.QtPrintSupport import QPrinter, QPrintPreviewDialog
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from core.nn.curves import Curves
from gui.figures.figure import FigureStyle, drawing
from gui.figures.figure_dialog import ask_for_figure, print_drawing
from gui.plots.run_plot import RunPlot, Trace
from gui.theme.theme import LIGHT

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # without a screen


@pytest.fixture
def plot(qtbot: QtBot) -> RunPlot:
    made = RunPlot()
    qtbot.addWidget(made)
    made.resize(500, 300)
    made.show()
    qtbot.waitExposed(made)
    made.show_traces([Trace("one", LIGHT.positive, Curves(np.linspace(1, 0.2, 50), 1, ()), 1)])
    return made


@pytest.mark.parametrize(("width", "on_paper"), [(10.0, 10.0), (60.0, 21.0)])
def test_a_figure_is_printed_in_its_size_or_as_large_as_the_paper(
    width: float, on_paper: float, plot: QWidget, tmp_path: Path
) -> None:
    printer = QPrinter()
    printer.setOutputFileName(str(tmp_path / "a.pdf"))
    printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    printer.setPageOrientation(QPageLayout.Orientation.Portrait)
    printer.setPageMargins(printer.pageLayout().margins() * 0)
    style = FigureStyle(width, transparent=False)
    print_drawing(printer, drawing(plot, style), style)
    page = pypdfium2.PdfDocument(tmp_path / "a.pdf")[0]
    np.testing.assert_allclose(page.get_size(), np.array([210, 297]) / 25.4 * 72, atol=1)
    rows = page.render(scale=72 / 25.4).to_numpy()[..., :3]
    inked = np.flatnonzero((rows != 255).any(axis=(0, 2)))
    assert (inked[-1] - inked[0]) / 80 == pytest.approx(on_paper, rel=0.1)


def test_printing_begins_with_a_preview(plot: RunPlot) -> None:
    dialog = ask_for_figure(plot, "Losses")
    QTest.mouseClick(dialog.print_button, Qt.MouseButton.LeftButton)
    preview = plot.findChild(QPrintPreviewDialog)
    assert preview is not None and preview.isVisible()
    preview.close()
