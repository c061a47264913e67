"""The context menu of a sample."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from core.language import tr
from gui.figures.figure_menu import add_figure_entries


def open_sample_menu(
    parent: QWidget, at: QPoint, sample: int, number: int, update: Callable[[int], object], *, trains: bool
) -> None:
    """Open the menu of a sample (from 0), named by its number (from 1), at a point of the screen.

    ``update`` makes one update on it; only samples of the training set can be trained on (``trains``).
    """
    menu = QMenu(tr("Sample {n}").format(n=number), parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    add_update(menu, sample, number, update, trains=trains)
    add_figure_entries(menu, parent)
    menu.popup(at)


def add_update(
    menu: QMenu, sample: int, number: int, update: Callable[[int], object], *, trains: bool
) -> None:
    """Add an update on a sample to a menu; see `open_sample_menu`."""
    one = menu.addAction(tr("One update on sample {n}").format(n=number) + "\tCtrl+U")
    one.setEnabled(trains)
    one.triggered.connect(lambda: update(sample))
