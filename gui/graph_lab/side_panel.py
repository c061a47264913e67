"""The side panel of the lab: the present step, the clicked node, every value, and the cost."""

from __future__ import annotations

import re
from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from core.graph.domain import Undefined
from core.language import tr
from gui.graph_lab import explanations
from gui.graph_lab.formulas import capitals
from gui.graph_lab.heat_map import matrices_html
from gui.graph_lab.stepper import Stepper
from gui.graph_lab.value_table import ValueTable
from gui.qt.drawable import guarded_overrides
from gui.text.rich_text import style
from gui.theme.theme import LIGHT, Theme, font

SHARES = (5, 6, 5)  # shares of the width for the step, the values and the passes
_REMARK = re.compile(r'<p class="m">.*?</p>')
HALL = 1.4  # from this scale on, the room is used for numbers, not for hints


@guarded_overrides
class SidePanel(QScrollArea):
    """The explanations of the graph in symbols and numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("lab_side")
        self.setAccessibleName(tr("The step in symbols and numbers"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.step_title, self.step = _title(), _text(tr("This step"))
        self.node_title, self.node = _title(), _text(tr("The clicked node"))
        self.values_title, self.table = _title(capitals(tr("Every value so far"))), ValueTable()
        self.cost_title, self.cost = _title(capitals(tr("Passes for the whole gradient"))), _text(tr("Cost"))
        self._stepper: Stepper | None = None
        self._selected: int | None = None
        self._theme, self._scale = LIGHT, 1.0
        self._passes = True
        self._arrange()

    def _arrange(self) -> None:
        inside = QWidget()
        inside.setObjectName("lab_side_inside")
        self._rules = [_rule() for _ in range(3)]
        first, second, third = self._rules
        parts = (
            (self.step_title, self.step, first, self.node_title, self.node),
            (second, self.values_title, self.table),
            (third, self.cost_title, self.cost),
        )
        self._groups = [_group(*part) for part in parts]
        self._box = QBoxLayout(QBoxLayout.Direction.TopToBottom, inside)
        self._box.setContentsMargins(18, 14, 18, 14)
        for group, share in zip(self._groups, SHARES, strict=True):
            self._box.addWidget(group, share)
        self._box.addStretch(1)
        self.setWidget(inside)

    def arrange(self, *, across: bool, short: bool) -> None:
        """Put step, values and passes side by side, or one below another; ``short``: show the step alone."""
        way = QBoxLayout.Direction
        self._box.setDirection(way.LeftToRight if across else way.TopToBottom)
        self._box.setSpacing(round(24 * self._scale) if across else 8)
        for k, share in enumerate(SHARES):
            self._box.setStretch(k, share if across else 0)
        self._box.setStretch(len(SHARES), 0 if across else 1)
        for rule in self._rules[1:]:
            rule.setVisible(not across)
        self._groups[1].setVisible(not short)
        self._groups[2].setVisible(not short and self._passes)

    # -- what is shown -----------------------------------------------------------------------------------

    def show_stepper(self, stepper: Stepper, analytic: Mapping[str, float | Undefined]) -> None:
        """Show another graph, or other values."""
        if self._stepper is None or stepper.graph != self._stepper.graph:
            self._selected = None
        self._stepper = stepper
        self.table.show_stepper(stepper, analytic)
        self._write()

    def show_step(self) -> None:
        """Show the present step of the passes."""
        assert self._stepper is not None
        self.table.show_step(self._stepper)
        self._write()

    def show_selected(self, k: int | None) -> None:
        """Show the explanation of a node; None: a hint that nodes can be clicked."""
        self._selected = k
        self.table.show_selected(k)
        self._write()

    def show_parts(self, *, passes: bool = True, derivatives: bool = True) -> None:
        """Show or hide the cost of the gradient, and the derivatives worked out on paper."""
        self._passes = passes
        self._groups[2].setVisible(passes)
        self.table.show_paper(derivatives)

    def show_veil(self) -> None:
        """Update what is hidden."""
        if self._stepper is not None:
            self.show_step()

    def show_theme(self, theme: Theme, scale: float) -> None:
        """Apply the colours of a theme and the fonts of a scale."""
        self._theme, self._scale = theme, scale
        letters = font("title", scale)
        letters.setCapitalization(QFont.Capitalization.MixedCase)  # symbols in a title keep their case
        for label in (self.step_title, self.node_title, self.values_title, self.cost_title):
            label.setFont(letters)
            label.setStyleSheet(f"color: {theme.muted.name()};")
        self.step.setFont(font("formula", scale))
        self.node.setFont(font("text", scale))
        self.cost.setFont(font("text", scale))
        for rule in self._rules:
            rule.setStyleSheet(f"background: {theme.border.name()};")
        self.table.show_scale(scale)
        self.table.show_theme(theme)
        self._box.setContentsMargins(round(18 * scale), round(12 * scale), round(18 * scale), 12)
        if self._stepper is not None:
            self.table.show_step(self._stepper)
            self._write()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """In the hall, write the step in the largest letters that need no scrolling, or its end alone."""
        if self._scale < HALL or self._stepper is None:
            return
        for role, brief in (("formula", False), ("text", False), ("text", True)):
            step = explanations.step_in_hall_html(self._stepper, brief=brief)
            self._put(self.step, _REMARK.sub("", step))
            self.step.setFont(font(role, self._scale))
            self._box.invalidate()  # it would remember the height for another font
            if self._box.totalHeightForWidth(self.width()) <= self.height():
                break

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()  # the arrow keys step, they do not scroll

    def _write(self) -> None:
        stepper = self._stepper
        if stepper is None:
            return
        self.step_title.setText(explanations.title(stepper))
        self._put(self.step, explanations.step_html(stepper))
        k = self._selected
        for widget in (self.node_title, self.node, self._rules[0]):
            widget.setVisible(k is not None or self._scale < HALL)
        self.node_title.setText(self._node_title(stepper, k))
        hint = tr(
            "Click a node of the graph or a row of the table: its upstream, local and downstream gradients."
        )
        if k is None:
            self._put(self.node, f'<p class="m">{hint}</p>')
        else:
            matrices = "" if stepper.scalar else matrices_html(stepper, k, self._theme, self._scale)
            self._put(self.node, matrices + explanations.node_html(stepper, k))
        remark = "" if stepper.veiled else f'<p class="m">{explanations.cost(stepper)}</p>'
        self._put(self.cost, explanations.passes_html(stepper) + remark)
        self._fit()

    @staticmethod
    def _node_title(stepper: Stepper, k: int | None) -> str:
        if k is None:
            return capitals(tr("A single module"))
        node = stepper.graph.nodes[k]
        if node.module is None:
            return capitals(tr("The clicked value"))
        return capitals(tr("The module {symbol}"), node.module.symbol)

    def _put(self, label: QLabel, html: str) -> None:
        label.setText(f"<style>{style(self._theme)} p {{ margin-bottom: 6px; }}</style>{html}")


def _title(text: str = "") -> QLabel:
    label = QLabel(text)
    label.setProperty("look", "title")
    label.setWordWrap(True)
    return label


def _text(name: str) -> QLabel:
    label = QLabel()
    label.setAccessibleName(name)
    label.setTextFormat(Qt.TextFormat.RichText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _rule() -> QFrame:
    rule = QFrame()
    rule.setFixedHeight(1)
    return rule


def _group(*parts: QWidget) -> QWidget:
    """Return widgets below one another; a rule has space around it."""
    group = QWidget()
    column = QVBoxLayout(group)
    column.setContentsMargins(0, 0, 0, 0)
    for part in parts:
        if isinstance(part, QFrame) and not isinstance(part, (QLabel, ValueTable)):
            column.addSpacing(8)
        column.addWidget(part)
    column.addStretch(1)
    return group
