"""Descriptions of drawn widgets for screen readers, which follow what is drawn."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from gui.qt.later import Later

REST = 150
"""Milliseconds without a change after which a description is written: never during a run's frames."""


class Description:
    """Keeps the accessible description of a widget as ``text`` tells it.

    `changed` says that something else is drawn; the text is asked for once nothing changes for a moment.
    """

    def __init__(self, widget: QWidget, text: Callable[[], str]) -> None:
        self._widget, self._text = widget, text
        self._late = Later(widget, singleShot=True, interval=REST)
        self._late.timeout.connect(self._write)

    def changed(self) -> None:
        """Write the description anew soon."""
        self._late.start()

    def _write(self) -> None:
        self._widget.setAccessibleDescription(self._text())
