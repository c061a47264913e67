"""The toolbar of the lab: the expression, the examples, the values, and the buttons that step the passes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QColor,
    QFont,
    QFontDatabase,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from core.graph.parser import ExpressionError, parse
from core.language import tr, translatable
from gui.graph_lab.value_field import ValueField
from gui.qt.drawable import guarded_overrides, shielded
from gui.qt.later import Later
from gui.theme.theme import LIGHT, Theme, font, set_button_font, set_look

PAUSE = 500  # milliseconds without a key press after which an error is shown


class ExpressionField(QLineEdit):
    """``parsed`` carries a graph and its text; ``failed`` an error message (empty: no error).

    While the user types, an error is delayed; Enter shows it at once.
    """

    parsed = Signal(object, str)
    failed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("expression")
        self.setAccessibleName(self.tr("Expression f"))
        self.setToolTip(
            self.tr(
                "Any expression of + − * / **, exp, log, sin, cos, tanh, sigmoid, relu, max, min, abs, sqrt;"
                " e and π are constants, and 2x, x², √x, |x|, ln(x), σ(x) are read too."
                " Intermediate values can be named: q = x + y; f = q*z"
            )
        )
        self.setPlaceholderText(self.tr("an expression such as x**2 * y / z"))
        self.column: int | None = None
        self._error: ExpressionError | None = None
        self._theme: Theme = LIGHT
        self._pause = Later(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)
        self._pause.timeout.connect(self._show_error)
        self.textEdited.connect(self._read)
        self.returnPressed.connect(self._show_error)

    def show_expression(self, text: str) -> None:
        """Show an expression, scrolled to its beginning, without emitting signals."""
        self.setText(text)
        self.setCursorPosition(0)
        self._clear_error()

    def show_theme(self, theme: Theme, scale: float) -> None:
        """Apply the colours of a theme and the fonts of a scale."""
        self._theme = theme
        made = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        made.setPointSizeF(font("text", scale).pointSizeF() * 1.15)
        made.setStyleHint(QFont.StyleHint.Monospace)
        self.setFont(made)
        self.update()

    def _read(self, text: str) -> None:
        if "\n" in text:  # pasted lines
            text = "; ".join(filter(None, map(str.strip, text.splitlines())))
            self.setText(text)
        try:
            graph = parse(text)
        except ExpressionError as error:
            self._error = error
            self._pause.start()
            return
        self._clear_error()
        self.parsed.emit(graph, text)

    def _clear_error(self) -> None:
        self._pause.stop()
        self._error, self.column = None, None
        self._mark(False)
        self.failed.emit("")

    def _show_error(self) -> None:
        self._pause.stop()
        error = self._error
        if error is None:
            self.setModified(False)
            return
        self.column = error.column
        self._mark(True)
        sentence = self.tr("Column {column}: {sentence}")
        self.failed.emit(sentence.format(column=error.column, sentence=error.sentence))

    def _mark(self, problem: bool) -> None:
        letters = self.font()
        set_look(self, "problem", problem)
        self.setFont(letters)  # which is not that of the style sheet
        self.update()

    def place_of(self, column: int) -> QRectF:
        """Return the x coordinate of the character in a column, in pixels of the field."""
        metrics, text = self.fontMetrics(), self.text()
        cursor = self.cursorRect()
        start = cursor.center().x() - metrics.horizontalAdvance(text[: self.cursorPosition()])
        left = start + metrics.horizontalAdvance(text[: column - 1])
        wide = metrics.horizontalAdvance(text[column - 1 : column] or " ")
        return QRectF(left, cursor.top(), wide, cursor.height())

    @shielded
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.column is None:
            return
        place = self.place_of(self.column)
        painter = QPainter(self)
        tint = QColor(self._theme.error)
        tint.setAlphaF(0.18)
        painter.fillRect(place, tint)
        painter.setPen(QPen(self._theme.error, 2, Qt.PenStyle.SolidLine))
        painter.drawLine(place.bottomLeft(), place.bottomRight())
        painter.end()


# -- The examples -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Example:
    """An expression, the values of its variables, and its derivatives as formulas, if they are short."""

    name: str
    text: str
    values: dict[str, float]
    analytic: dict[str, str] = field(default_factory=dict)


EXAMPLES = (
    Example(
        translatable("A sum times z"),
        "(x + y) * z",
        {"x": -2, "y": 5, "z": -4},
        {"x": "z", "y": "z", "z": "x + y", "q": "z"},
    ),
    Example(
        translatable("Square, product, quotient"),
        "x**2 * y / z",
        {"x": 3, "y": 4, "z": 2},
        {"x": "2*x*y/z", "y": "v/z", "z": "-u/z**2", "v": "y/z", "u": "1/z"},
    ),
    Example(
        translatable("One sigmoid neuron"),
        "1/(1+exp(-(w0*x0+w1*x1+b)))",
        {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "b": -3},
    ),
    Example(
        translatable("A squared error"),
        "(y - w*x)**2",
        {"y": 10, "w": 2, "x": 3},
        {"w": "-2*x*(y - w*x)", "x": "-2*w*(y - w*x)", "y": "2*(y - w*x)"},
    ),
    Example(translatable("The larger of two"), "max(x,y) * z", {"x": 3, "y": 5, "z": -2}),
)


# -- The bar ----------------------------------------------------------------------------------------------

LEAST_EXPRESSION = 26  # characters
STEPS = ("reset", "back", "step", "forward", "backward")


@guarded_overrides
class StepButton(QPushButton):
    """A button that does not handle the arrow keys, which belong to the lab."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.ignore()
        else:
            super().keyPressEvent(event)


@guarded_overrides
class LabToolbar(QFrame):
    """The expression with the buttons, in one row, or two if the window is narrow; the values below.

    The place of a button depends on the width of the window alone, so that it can be pressed repeatedly
    without looking. ``pressed`` carries a name in `STEPS`, ``example`` the index of an example, ``valued``
    the name and the new number of a variable, ``refused`` a sentence about a value. ``network_requested``
    requests the network of another window, ``expression_requested`` the last expression again.
    """

    pressed = Signal(str)
    example = Signal(int)
    valued = Signal(str, float)
    refused = Signal(str)
    network_requested = Signal()
    expression_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("lab_bar")
        self.setAccessibleName(tr("Expression and steps"))
        self.expression = ExpressionField()
        self.sign = QLabel("<i>f</i> =")
        self.sign.setBuddy(self.expression)
        self.expression.textChanged.connect(self._show_sign)
        self.of_network = QLabel()
        self.of_network.setAccessibleName(tr("What the graph is of"))
        self.examples = self._examples()
        self.of_canvas, self.own = self._of_canvas(), self._own()
        self.buttons = {name: self._button(name) for name in STEPS}
        self.fields: dict[str, ValueField] = {}
        self._values = QWidget()
        self._row_of_values = QHBoxLayout(self._values)
        self._row_of_values.setContentsMargins(0, 0, 0, 0)
        self.values_area = _scrolling(self._values, self)
        self._rows = (0, 0)
        self._theme: Theme | None = None
        self._scale = 1.0
        self._arrange()

    def _arrange(self) -> None:
        self._first, self._steps = QWidget(), QWidget()
        first, steps = QHBoxLayout(self._first), QHBoxLayout(self._steps)
        for row in (first, steps):
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(8)
        self._first_row = first
        first.addWidget(self.sign)
        first.addWidget(self.expression, 1)
        first.addWidget(self.of_network, 1)
        first.addWidget(self.own)
        first.addWidget(self.examples)
        first.addWidget(self.of_canvas)
        for button in self.buttons.values():
            steps.addWidget(button)
        for widget in (self.of_network, self.of_canvas, self.own):
            widget.hide()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(12, 9, 12, 9)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(8)

    def _examples(self) -> QToolButton:
        button, menu = QToolButton(), QMenu()
        button.setText(tr("Examples ▾"))
        button.setAccessibleName(tr("Examples"))
        button.setToolTip(tr("Choose an expression of the lecture"))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu.setParent(button, menu.windowFlags())
        for k, example in enumerate(EXAMPLES):
            name = tr(example.name)
            text = tr("{name}:  {expression}").format(name=name, expression=example.text)
            action = QAction(text, menu)
            action.triggered.connect(lambda _on=False, k=k: self.example.emit(k))
            menu.addAction(action)
        button.setMenu(menu)
        return button

    def _of_canvas(self) -> QPushButton:
        button = StepButton(tr("Network on the canvas"))
        button.setAccessibleName(button.text())
        button.setToolTip(tr("Show the network of the main window as a graph; again: as it is by now"))
        button.clicked.connect(self.network_requested)
        return button

    def _own(self) -> QPushButton:
        button = StepButton(tr("◂ My expression"))
        button.setAccessibleName(tr("My expression"))
        button.setToolTip(tr("Back to the expression that was shown before the network, with its values"))
        button.clicked.connect(self.expression_requested)
        return button

    def _button(self, name: str) -> QPushButton:
        texts = {
            "reset": (tr("⟲ Reset"), tr("First values, nothing computed")),
            "back": (tr("◂ Back"), tr("Take the last step back (Left)")),
            "step": (tr("Step ▸"), tr("One module further, forward and then backward (Right)")),
            "forward": (tr("Forward pass ▸▸"), tr("Compute every value")),
            "backward": (tr("Backward pass ▸▸"), tr("Compute every gradient (End)")),
        }
        text, tip = texts[name]
        button = StepButton(text)
        button.setAccessibleName(text.strip("⟲◂▸ "))
        button.setToolTip(tip)
        if name == "step":
            button.setProperty("look", "primary")
        button.clicked.connect(lambda: self.pressed.emit(name))
        return button

    def _show_sign(self, text: str) -> None:
        """Show “f =” before an expression that does not name its result."""
        self.sign.setText("" if "=" in text else "<i>f</i> =")

    # -- what is shown -----------------------------------------------------------------------------------

    def show_values(self, values: Mapping[str, float]) -> None:
        """Show a field for each variable."""
        if list(values) != list(self.fields):
            self._make_fields(values)
        for name, value in values.items():
            if not self.fields[name].edit.isModified():
                self.fields[name].show_value(value)

    def _make_fields(self, values: Mapping[str, float]) -> None:
        """Create fields for new variables; those of variables that remain are kept."""
        before = self.fields
        self.fields = {
            name: before.pop(name) if name in before else self._field(name, value)
            for name, value in values.items()
        }
        for former in before.values():
            former.hide()
            former.deleteLater()
        while self._row_of_values.takeAt(0):
            pass
        for kept in self.fields.values():
            self._row_of_values.addWidget(kept)
        self._row_of_values.addStretch(1)
        self._fit()

    def _field(self, name: str, value: float) -> ValueField:
        made = ValueField(name, value)
        made.changed.connect(self.valued)
        made.refused.connect(self.refused)
        self._style_field(made)
        return made

    def show_network(self, text: str) -> None:
        """Describe the network that the graph is of, in place of an expression; empty: an expression."""
        self.of_network.setText(text)
        for widget in (self.sign, self.expression, self.values_area):
            widget.setVisible(not text)
        self.of_network.setVisible(bool(text))
        self.own.setVisible(bool(text) and not self.of_canvas.isHidden())
        self._fit()

    def show_short(self, short: bool) -> None:
        """Hide what a low window has no room for: the description of the graph, and the examples."""
        if short == self._first.isHidden():
            return
        self._first.setVisible(not short)
        self._fit()

    def add_choice(self, widget: QWidget) -> None:
        """Add a combo box after the description of a network."""
        self._first_row.insertWidget(3, widget)

    def offer_network(self) -> None:
        """Show the button that requests the network of another window."""
        self.of_canvas.show()
        self._fit()

    def show_at(self, at: int, last: int) -> None:
        """Enable the buttons that lead to another step than ``at``, of 0 … ``last``."""
        self.buttons["back"].setEnabled(at > 0)
        self.buttons["step"].setEnabled(at < last)

    def show_theme(self, theme: Theme, scale: float) -> None:
        """Apply the colours of a theme and the fonts of a scale."""
        self._theme, self._scale = theme, scale
        text = font("text", scale)
        buttons = (self.own, self.of_canvas, *self.buttons.values())
        for widget in (self.of_network, self.examples, *buttons):
            set_button_font(widget, text)
        for button in buttons:
            button.setMinimumHeight(round(34 * scale))
        self.sign.setFont(font("formula", 1.1 * scale))
        self._show_sign("")
        self.sign.setMinimumWidth(0)
        self.sign.setMinimumWidth(self.sign.sizeHint().width())
        self._show_sign(self.expression.text())
        self.expression.show_theme(theme, scale)
        self.expression.setMinimumHeight(round(34 * scale))
        self.examples.setMinimumHeight(round(34 * scale))
        for shown in self.fields.values():
            self._style_field(shown)
        self._fit()

    def _style_field(self, field: ValueField) -> None:
        if self._theme is not None:
            field.show_theme(self._theme, self._scale)

    # -- rows ----------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Place the buttons beside the expression, or below it, and the values in a row of their own."""
        high = max((field.minimumHeight() for field in self.fields.values()), default=30)
        self.values_area.setFixedHeight(high + 2)
        letter = self.expression.fontMetrics().horizontalAdvance("0")
        first = LEAST_EXPRESSION * letter + self.sign.sizeHint().width()
        first += sum(b.sizeHint().width() + 8 for b in (self.examples, self.of_canvas) if not b.isHidden())
        beside = self._first.isHidden() or first + self._steps.sizeHint().width() <= self.width() - 60
        rows = (0, 0 if self._first.isHidden() else 1) if beside else (1, 2)  # of the buttons, of the values
        if rows == self._rows and self._grid.count():
            return
        self._rows = rows
        for widget in (self._first, self.values_area, self._steps):
            self._grid.removeWidget(widget)
        self._grid.addWidget(self._first, 0, 0, 1, 1 if beside else 2)
        self._grid.addWidget(self._steps, rows[0], 1 if beside else 0, Qt.AlignmentFlag.AlignLeft)
        self._grid.addWidget(self.values_area, rows[1], 0, 1, 1 if rows[1] == 0 else 2)
        self._grid.setColumnStretch(0, 1)


def _scrolling(inside: QWidget, parent: QWidget) -> QScrollArea:
    """Return a scroll area for more values than there is room for."""
    area = QScrollArea(parent)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
    area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setAccessibleName(tr("Values of the variables"))
    area.setWidget(inside)
    return area
