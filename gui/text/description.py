"""Descriptions of painted widgets for screen readers, kept up to date."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from gui.qt.later import Later

REST = 150
"""Milliseconds without a change after which a description is updated: never between the frames of a run."""


class Description:
    """Updates the accessible description of a widget with the text that ``text`` returns.

    `changed` is called when the painting changes; ``text`` is called once nothing has changed for a while.
    """

    def __init__(self, widget: QWidget, text: Callable[[], str]) -> None:
        self._widget, self._text = widget, text
        self._late = Later(widget, singleShot=True, interval=REST)
        self._late.timeout.connect(self._write)

    def changed(self) -> None:
        """Update the description soon."""
        self._late.start()

    def _write(self) -> None:
        self._widget.setAccessibleDescription(self._text())
