"""A view that draws itself only while it is visible."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from gui.qt.drawable import guarded_overrides, overflowing


@guarded_overrides
class LazyView(QWidget):
    """Draws new contents at once if it is visible, else as soon as it becomes visible."""

    _stale = False

    def draw(self) -> None:
        """Draw the current contents."""
        raise NotImplementedError

    def draw_if_seen(self) -> None:
        """Draw now, or when the view next becomes visible."""
        self._stale = not self.isVisible()
        if not self._stale:
            with overflowing():
                self.draw()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self.draw_if_seen()
