"""Place: where a view will stand; it is made when it is first seen, or first asked for."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.view_table import View


class Place(QWidget):
    """Holds the view of a row of the table. ``made`` carries it, before it is shown."""

    made = Signal(object)

    def __init__(self, row: View, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = row
        self._view: QWidget | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)

    @property
    def filled(self) -> bool:
        """Whether the view is made."""
        return self._view is not None

    def view(self) -> QWidget:
        """Return the view, which may be made now."""
        if self._view is None:
            self._view = self._row.make()
            self._view.windowTitleChanged.connect(self.setWindowTitle)
            self.made.emit(self._view)
            column = self.layout()
            assert column is not None
            column.addWidget(self._view)
            self.setFocusProxy(self._view)
        return self._view

    def showEvent(self, event: QShowEvent) -> None:
        self.view().show()  # a child that comes now would else be shown by the next event only
        super().showEvent(event)
