"""Tool buttons without a frame, and rows of buttons of which one is checked."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from gui.actions.registry import plain
from gui.theme.theme import set_look
from gui.widgets.form import FocusedComboBox, Segments


def quiet_button(text: str, tip: str, *, checkable: bool = False) -> QToolButton:
    """Return a tool button without a frame; ``tip`` is its tooltip and its description for screen readers."""
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setCheckable(checkable)
    button.setProperty("look", "quiet")
    return button


def action_button(action: QAction) -> QToolButton:
    """Return a button of an action, with its text and its icon."""
    button = QToolButton()
    button.setDefaultAction(action)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setAccessibleName(plain(action.text()))
    button.setProperty("look", "quiet")
    return button


# -- Actions of which one is on, as a row of buttons or, where there is no room, as a list ---------------


class ActionChoice(QWidget):
    """The ``actions`` side by side; when folded, a button that names the checked one and opens a list."""

    def __init__(self, name: str, actions: Sequence[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._actions, self._short = tuple(actions), False
        self.buttons = [self._segment(action) for action in self._actions]
        for button, place in zip(self.buttons, places(len(self.buttons)), strict=True):
            button.setProperty("place", place)
        self.folded = self._list(name)
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for button in (*self.buttons, self.folded):
            row.addWidget(button)
        for action in self._actions:
            action.toggled.connect(self._name)
        self.fold(False)

    def _segment(self, action: QAction) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(action)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        button.setAccessibleName(plain(action.text()))
        button.setProperty("look", "segment")
        return button

    def _list(self, name: str) -> QToolButton:
        button, menu = QToolButton(), QMenu(name, self)
        menu.setToolTipsVisible(True)
        menu.addActions(self._actions)
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setToolTip(name)
        button.setProperty("look", "list")
        return button

    def _name(self) -> None:
        chosen = next((action for action in self._actions if action.isChecked()), None)
        text = "" if chosen is None else plain(chosen.text())
        self.folded.setText("▾" if self._short else self.tr("{choice} ▾").format(choice=text))
        self.folded.setAccessibleName(f"{self.accessibleName()}: {text}")
        self._keep_width()

    def _keep_width(self) -> None:
        """Reserve the width of the longest choice, whichever is chosen."""
        metrics, shown = self.folded.fontMetrics(), self.folded.text()
        texts = [self.tr("{choice} ▾").format(choice=plain(action.text())) for action in self._actions]
        widest = max(map(metrics.horizontalAdvance, texts), default=0)
        wider = 0 if self._short else widest - metrics.horizontalAdvance(shown)
        self.folded.setMinimumWidth(0)
        self.folded.setMinimumWidth(self.folded.sizeHint().width() + max(0, wider))

    def fold(self, folded: bool, *, short: bool = False) -> None:
        """Show the list instead of the row; with ``short``, without the name of the checked action."""
        if short != self._short:
            self._short = short
            set_look(self.folded, "short", short)
            self._name()
        for button in self.buttons:
            button.setVisible(not folded)
        self.folded.setVisible(folded)
        self._row.invalidate()
        self.updateGeometry()


def places(count: int) -> list[str]:
    """Return the style-sheet names of the positions in a row of ``count`` segments."""
    return ["first", *["middle"] * (count - 2), "last"]


# -- choosing a layer, by a row of buttons or, for many layers, by a list --------------------------------

MOST_BUTTONS = 8


class LayerChoice(QWidget):
    """Offers the layers input, 1, 2, …, output; ``chosen`` carries the layer number, 0 for the input."""

    chosen = Signal(int)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.layer = 0
        self.shown: Segments | FocusedComboBox | None = None
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)

    def show_layers(self, last: int, layer: int) -> None:
        """Offer the layers 0 … ``last``, with ``layer`` checked."""
        if self.shown is not None:
            self._row.removeWidget(self.shown)
            self.shown.deleteLater()
        names = [self.tr("input"), *(str(l) for l in range(1, last)), self.tr("output")]
        made: Segments | FocusedComboBox
        if last < MOST_BUTTONS:
            choices = {str(l): name for l, name in enumerate(names)}
            made = Segments(choices, self.accessibleName(), self.accessibleName())
            made.chosen.connect(lambda key: self._choose(int(key)))
        else:
            made = FocusedComboBox(self.accessibleName(), self.accessibleName())
            made.addItems(names)
            made.activated.connect(self._choose)
        self._row.addWidget(made)
        self.shown = made
        self.show_layer(layer)

    def show_layer(self, layer: int) -> None:
        """Check a layer without emitting a signal."""
        self.layer = layer
        if isinstance(self.shown, Segments):
            self.shown.show_choice(str(layer))
        elif self.shown is not None:
            self.shown.setCurrentIndex(layer)

    def _choose(self, layer: int) -> None:
        self.layer = layer
        self.chosen.emit(layer)
