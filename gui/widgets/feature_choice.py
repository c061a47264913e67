"""The features of two-dimensional data, switched on and off in a menu."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
    QWidgetAction,
)

from core.data.features import FEATURES, RAW, in_order, symbol_of
from core.data.formulas import MOST_CHARACTERS, fault_of
from gui.actions.keys import ENTER
from gui.qt.drawable import guarded_overrides
from gui.qt.typed_signal import TypedSignal


@guarded_overrides
class _StayingMenu(QMenu):
    """A menu that stays open while its checkable actions are switched."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if not self._switch(self.actionAt(event.position().toPoint())):
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in ENTER and isinstance(self.focusWidget(), QLineEdit):
            return  # the line edit has handled it
        if key != Qt.Key.Key_Space or not self._switch(self.activeAction()):
            super().keyPressEvent(event)

    def _switch(self, action: QAction | None) -> bool:
        if action is None or not action.isCheckable() or not action.isEnabled():
            return False
        action.trigger()
        return True


class FeatureChoice(QWidget):
    """A button that names the features in use; its menu switches each, and accepts the user's own formula.

    ``changed`` carries the chosen features, in the form of `core.nn.design.Data`.
    """

    changed = TypedSignal[tuple[str, ...]]()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chosen: tuple[str, ...] = RAW
        self.button, self.menu = QToolButton(), _StayingMenu(self)
        title = QLabel(self.tr("Features"))
        tip = self.tr("What the network gets of the two coordinates x₁ and x₂")
        self.setToolTip(tip)
        self.button.setAccessibleName(tip)
        self.button.setMenu(self.menu)
        self.button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.button.setProperty("look", "slim")
        self.button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(title)
        row.addWidget(self.button, 1)
        self.usual = {text: self._action(text) for text in FEATURES}
        self.own: dict[str, QAction] = {}
        self._rule = self.menu.addSeparator()
        self._add_line()
        self.show_features(())

    def _action(self, text: str, before: QAction | None = None) -> QAction:
        action = QAction(symbol_of(text), self)
        action.setCheckable(True)
        action.triggered.connect(lambda on: self._switch(text, on))
        self.menu.insertAction(before, action) if before is not None else self.menu.addAction(action)
        return action

    def _add_line(self) -> None:
        """Add the line for the user's own formula, with its error message."""
        box, self.line, self.fault = QWidget(), QLineEdit(), QLabel()
        self.line.setPlaceholderText(self.tr("Own formula, such as x1^2 + x2^2"))
        self.line.setAccessibleName(self.tr("Feature by a formula of x1 and x2"))
        self.line.setMaxLength(MOST_CHARACTERS)
        self.line.setMinimumWidth(self.line.fontMetrics().horizontalAdvance(self.line.placeholderText()) + 24)
        self.fault.setProperty("look", "error")
        self.fault.setWordWrap(True)
        self.fault.hide()
        column = QVBoxLayout(box)
        column.setContentsMargins(8, 4, 8, 6)
        column.addWidget(self.line)
        column.addWidget(self.fault)
        entry = QWidgetAction(self.menu)
        entry.setDefaultWidget(box)
        self.menu.addAction(entry)
        self.line.returnPressed.connect(self._add_own)

    def show_features(self, features: tuple[str, ...]) -> None:
        """Show which features are in use."""
        self._chosen = features or RAW
        for text in [text for text in self.own if text not in self._chosen]:
            self.menu.removeAction(self.own.pop(text))
        for text in self._chosen:
            if text not in self.usual and text not in self.own:
                self.own[text] = self._action(text, self._rule)
        for text, action in {**self.usual, **self.own}.items():
            action.setChecked(text in self._chosen)
            action.setEnabled(self._chosen != (text,))  # at least one must stay
        self.button.setText(self.tr("{choice} ▾").format(choice=", ".join(map(symbol_of, self._chosen))))

    def _switch(self, text: str, on: bool) -> None:
        rest = tuple(other for other in self._chosen if other != text)
        self.changed.emit(in_order((*rest, text) if on else rest))

    def _add_own(self) -> None:
        text = self.line.text()
        fault = fault_of(text)
        self.fault.setText(fault)
        self.fault.setVisible(bool(fault))
        if not fault:
            self.line.clear()
            self._switch(text.strip(), on=True)
