"""The update row: a step of gradient descent on the variables of an expression, with its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QPushButton, QSizePolicy, QToolButton

from core.derivation.expressions import Equation, Leaf, Symbol
from core.graph.descent import VariableUpdate
from core.language import tr
from core.number_style import value_text
from gui.graph_lab.formulas import derivative, parts_of, plain, rich
from gui.graph_lab.value_field import ValueField
from gui.theme.theme import Theme, font, set_button_font

ETA = "η"
GAP = "\u00a0\u00a0\u00a0\u00a0 "


@dataclass(frozen=True)
class UpdateChoice:
    """The learning rate, and the variables that keep their values."""

    rate: float = 0.1
    kept: frozenset[str] = frozenset()


class UpdateRow(QFrame):
    """The learning rate, the variables to be updated, the button, and the result of the last step.

    ``pressed`` requests a step, ``changed`` is emitted when another rate or other variables were chosen,
    ``refused`` carries an error message on the rate (empty: no error). The row is hidden until ``offered``.
    """

    pressed = Signal()
    changed = Signal()
    refused = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("lab_foot")
        self.setAccessibleName(tr("Update step"))
        self.choice = UpdateChoice()
        self.offered = False
        self._names: Sequence[str] = ()
        self._output = "f"
        self.rate = ValueField(ETA, self.choice.rate)
        self.of, self.button, self.text = QToolButton(), QPushButton(tr("Update ▸")), QLabel()
        self._menu = QMenu(self.of)
        self._prepare()
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 4, 14, 4)
        row.setSpacing(8)
        for widget in (self.rate, self.button, self.of):
            row.addWidget(widget)
        row.addWidget(self.text, 1)
        self.hide()

    def _prepare(self) -> None:
        self.of.setMenu(self._menu)
        self.of.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.of.setToolTip(tr("The variables that an update changes; the others keep their values"))
        self.button.setAccessibleName(tr("Update"))
        self.button.setToolTip(tr("One step of gradient descent: x ← x − η ∂f/∂x"))
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.clicked.connect(self.pressed)
        self.rate.changed.connect(lambda _name, rate: self._choose(UpdateChoice(rate, self.choice.kept)))
        self.rate.refused.connect(self.refused)
        self.text.setAccessibleName(tr("What the update did"))
        self.text.setTextFormat(Qt.TextFormat.RichText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    @property
    def chosen(self) -> list[str]:
        """The variables that an update changes."""
        return [name for name in self._names if name not in self.choice.kept]

    # -- what is shown -----------------------------------------------------------------------------------

    def show_variables(self, names: Sequence[str], output: str) -> None:
        """Offer the variables of an expression; empty: there is nothing to update."""
        self._output = output
        if names != self._names:
            self._names = names
            self._menu.clear()
            for name in names:
                self._menu.addAction(self._action(name))
        self._show_choice()
        self.setVisible(self.offered and bool(names))

    def show_choice(self, choice: UpdateChoice) -> None:
        """Show another rate and other variables, without emitting signals."""
        self.choice = choice
        self.rate.show_value(choice.rate)
        self._show_choice()

    def show_update(self, steps: Sequence[VariableUpdate], before: float, after: float) -> None:
        """Show the effect of a step on the variables and on the output."""
        lines = [f"{rich(self._output)}: {value_text(before)} → <b>{value_text(after)}</b>"]
        lines += [_line(step, self.choice.rate) for step in steps]
        self.text.setText(GAP.join(lines))
        self.text.setToolTip("<br>".join(lines))

    def show_rule(self) -> None:
        """Show the update rule alone: no step led to the present values."""
        slope = f"∂{rich(self._output)}/∂<i>x</i>"
        self.text.setText(f"<i>x</i> ← <i>x</i> − <i>{ETA}</i> {slope}")
        self.text.setToolTip("")

    def show_theme(self, theme: Theme, scale: float) -> None:
        """Apply the colours of a theme and the fonts of a scale."""
        self.rate.show_theme(theme, scale)
        for button in (self.of, self.button):
            set_button_font(button, font("text", scale))
            button.setMinimumHeight(round(34 * scale))
        self.text.setFont(font("text", scale))

    # -- what is chosen ------------------------------------------------------------------------------------

    def _action(self, name: str) -> QAction:
        action = QAction(plain(name), self._menu, checkable=True)
        action.setData(name)
        action.triggered.connect(lambda on: self._keep(name, not on))
        return action

    def _keep(self, name: str, kept: bool) -> None:
        held = self.choice.kept | {name} if kept else self.choice.kept - {name}
        self._choose(UpdateChoice(self.choice.rate, held))

    def _choose(self, choice: UpdateChoice) -> None:
        self.choice = choice
        self._show_choice()
        self.changed.emit()

    def _show_choice(self) -> None:
        for action in self._menu.actions():
            action.setChecked(action.data() not in self.choice.kept)
        chosen = self.chosen
        names = ", ".join(map(plain, chosen))
        if len(chosen) == len(self._names):
            names = tr("all variables")
        text = tr("of {names} ▾").format(names=names or tr("none"))
        self.of.setText(text)
        self.of.setAccessibleName(text.strip(" ▾"))
        self.button.setEnabled(bool(chosen))


def _line(step: VariableUpdate, rate: float) -> str:
    """Return a step in numbers: x ← −2 − 0.1 · (−4) = −1.6."""
    name = Leaf(step.after, Symbol(step.name))
    before, eta = Leaf(step.before, Symbol(step.name)), Leaf(rate, Symbol(ETA), exact=True)
    numbers = before - eta * derivative("f", step.name, step.gradient)
    parts = parts_of(Equation(name, None, numbers, Leaf(step.after), relation="←"))
    return f"{parts.left} ← {parts.numbers} {parts.last} <b>{parts.result}</b>"
