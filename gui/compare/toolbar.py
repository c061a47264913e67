"""The toolbar of a comparison: restart, other initial weights, speed, and the transport buttons."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QWidget

from core.number_style import count_text, value_text
from gui.actions.registry import Actions, describe, plain
from gui.actions.table import ENTRIES
from gui.qt.drawable import whole
from gui.text.labels import FastLabel
from gui.theme.theme import LIGHT, Theme, icon, sized
from gui.widgets.slider import Slider

PER_DECADE, DECADES = 8, 4
SLOWEST = 0.25
FLAT_OUT = PER_DECADE * DECADES + 1
TRANSPORT = ("run", "back", "step")


class ComparisonToolbar(QWidget):
    """``start_requested``, ``weights_requested``; ``speed_requested`` when the slider moves.

    ``by_epoch``: the speed is in epochs per second, else in updates. ``transport``: there are buttons for
    run, back and step too, with ``actions_`` of these names; without it the window has them elsewhere.
    """

    start_requested = Signal()
    weights_requested = Signal()
    speed_requested = Signal()

    def __init__(self, *, by_epoch: bool, transport: bool = False) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Training of the networks"))
        self._by_epoch, self._theme, self._running = by_epoch, LIGHT, False
        wanted = ("reset", *(TRANSPORT if transport else ()))
        self.actions_ = Actions(self, [entry for entry in ENTRIES if entry.id in wanted])
        describe(self.actions_["reset"], self.tr("Train again from the same first weights"))
        self.start = self._button(self.tr("Same start"), self.actions_["reset"].toolTip())
        self.weights = self._button(
            self.tr("New weights"),
            self.tr("Draw other first weights, the same for all networks of one shape"),
        )
        self.slider = Slider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, FLAT_OUT)
        self.slider.setAccessibleName(self.tr("Speed"))
        self.slider.setToolTip(self.tr("How fast all networks go through their epochs, or updates"))
        self.slider.setMinimumWidth(80)
        self.pace = FastLabel("small", self.tr("{count} updates/s").format(count="2,000"))
        self.buttons = {name: self._transport(self.actions_[name]) for name in TRANSPORT if transport}
        self.count = FastLabel("text", self._count_text(10_000_000)) if transport else None
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 6, 10, 2)
        row.setSpacing(8)
        for button in (*self.buttons.values(), self.start, self.weights):
            row.addWidget(button)
        row.addStretch(1)
        if self.count is not None:
            row.addWidget(self.count)
        row.addWidget(self.slider, 1)
        row.addWidget(self.pace)
        self.actions_["reset"].triggered.connect(self.start_requested)
        self.start.clicked.connect(self.start_requested)
        self.weights.clicked.connect(self.weights_requested)
        self.slider.valueChanged.connect(lambda _place: self._tell())
        self._write()

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(text)
        return button

    def _transport(self, action: QAction) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(action)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(plain(action.text()))
        if action is self.actions_["run"]:
            button.setProperty("look", "primary")
        return button

    def per_second(self) -> float | None:
        """Return the wanted number of epochs or updates per second; None: as many as possible."""
        place = self.slider.value()
        return None if place >= FLAT_OUT else float(f"{SLOWEST * 10 ** (place / PER_DECADE):.2g}")

    def show_speed(self, per_second: float) -> None:
        """Set the slider to a speed, without emitting signals."""
        places = [SLOWEST * 10 ** (place / PER_DECADE) for place in range(FLAT_OUT)]
        nearest = min(range(FLAT_OUT), key=lambda place: abs(places[place] / per_second - 1))
        self.slider.blockSignals(True)
        self.slider.setValue(whole(nearest))
        self.slider.blockSignals(False)
        self._write()

    def show_running(self, running: bool) -> None:
        """Show whether a run is active."""
        self._running = running
        if "run" in self.buttons:
            action = self.actions_["run"]
            action.setText(self.tr("&Pause") if running else self.tr("&Run"))
            action.setIcon(icon("pause" if running else "play", self._theme, self._theme.on_accent))
            self.buttons["run"].setAccessibleName(plain(action.text()))

    def show_iteration(self, iteration: int) -> None:
        """Show the number of iterations that all have made."""
        if self.count is not None:
            self.count.setText(self._count_text(iteration))

    def _count_text(self, iteration: int) -> str:
        return self.tr("Iteration {count}").format(count=f"{iteration:,}")

    def _tell(self) -> None:
        self._write()
        self.speed_requested.emit()

    def _write(self) -> None:
        speed = self.per_second()
        if speed is None:
            self.pace.setText(self.tr("flat out"))
            return
        text = self.tr("{count} epochs/s") if self._by_epoch else self.tr("{count} updates/s")
        count = count_text(round(speed)) if speed >= 1 else value_text(speed)
        self.pace.setText(text.format(count=count))

    def show_theme(self, shown: Theme) -> None:
        """Apply the colours of a theme and the present font size."""
        self._theme = shown
        self.pace.show_theme(shown)
        if self.count is not None:
            self.count.show_theme(shown)
        self.actions_.show_theme(shown)
        self.start.setIcon(icon("rotate-ccw", shown))
        self.weights.setIcon(icon("dices", shown))
        for button in (self.start, self.weights, *self.buttons.values()):
            button.setFont(sized("text"))
        self.show_running(self._running)
