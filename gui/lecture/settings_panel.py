"""A panel beside the stage with the settings of data and training, and the palette of layers."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from core.lecture.view_ids import ViewId
from gui.qt.drawable import guarded_overrides
from gui.session.view_bus import ViewBus
from gui.text.labels import Framed
from gui.theme.theme import Theme, scale
from gui.views.registry import VIEWS

SHOWN = (ViewId.TRAINING_PANEL, ViewId.DATA_PANEL, ViewId.PALETTE)
WIDTH = 250
"""Pixels at the default font size; more with a larger font."""


@guarded_overrides
class SettingsPanel(QScrollArea):
    """The panels of the main window that change a network, one below another."""

    def __init__(self, listeners: ViewBus) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Settings of the network"))
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        self.views = {name: VIEWS[name].make() for name in SHOWN}
        self._framed = [Framed(VIEWS[name].name, view, titled=True) for name, view in self.views.items()]
        for framed, view in zip(self._framed, self.views.values(), strict=True):
            listeners.add(view)
            column.addWidget(framed)
        column.addStretch(1)
        self.setWidget(inside)

    def show_theme(self, shown: Theme) -> None:
        """Apply the colours of a theme and the present font size."""
        for framed in self._framed:
            framed.show_theme(shown)
        self.setFixedWidth(self.sizeHint().width())

    def sizeHint(self) -> QSize:
        return QSize(round(scale() * WIDTH), 400)
