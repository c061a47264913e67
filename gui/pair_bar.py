"""Pair bar: run, step and reset two networks together, and how fast."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QLabel, QToolBar, QToolButton, QWidget

from core.reveal import Grain
from gui import speeds
from gui.line import Line
from gui.slider import Slider
from gui.tempo import Speed
from gui.theme import LIGHT, Theme, icon


class PairBar(QToolBar):
    """Buttons and the speed of two networks in lock-step. ``speed_requested`` carries a Speed."""

    speed_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pair_bar")
        self.setWindowTitle(self.tr("Training of both networks"))
        self.setAccessibleName(self.windowTitle())
        self.setMovable(False)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._theme, self._running = LIGHT, False
        self.run_action = self._action(
            self.tr("Run"), self.tr("Train both networks until you pause (Space)"), "Space"
        )
        self.step_action = self._action(
            self.tr("Step"), self.tr("Make one iteration in both networks (Right)"), "Right", "N"
        )
        self.reset_action = self._action(
            self.tr("Reset"), self.tr("Go back to the same first weights (Ctrl+R)"), "Ctrl+R"
        )
        self.slider = Slider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, speeds.FLAT_OUT)
        self.slider.setValue(speeds.FIRST)
        self.slider.setFixedWidth(160)
        self.slider.setAccessibleName(self.tr("Speed"))
        self.slider.setToolTip(self.tr("Iterations a second, the same for both networks"))
        self.slider.valueChanged.connect(lambda _place: self._tell())
        self.pace = Line("small", self.tr("10,000 it/s"))
        self.count = Line("text", self.tr("Iteration {count}").format(count="10,000,000"))
        self._fill()
        self.show_iteration(0)
        self.pace.setText(speeds.words(self.speed()))

    def _action(self, text: str, tip: str, *keys: str) -> QAction:
        action = QAction(text, self)
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.setToolTip(tip)
        self.addAction(action)
        button = self.widgetForAction(action)
        if isinstance(button, QToolButton):
            button.setAccessibleName(text)
        return action

    def _fill(self) -> None:
        run = self.widgetForAction(self.run_action)
        if run is not None:
            run.setProperty("look", "primary")
        self.addSeparator()
        label = QLabel(self.tr("Speed"))
        label.setBuddy(self.slider)
        for widget in (label, self.slider, self.pace, self.count):
            self.addWidget(widget)

    @property
    def shortcuts(self) -> tuple[QAction, ...]:
        """What keys do here."""
        return self.run_action, self.step_action, self.reset_action

    def speed(self) -> Speed:
        """Return the speed the slider stands at, in whole iterations."""
        return Speed(speeds.speed_at(self.slider.value(), Grain.ITERATION).per_second)

    def _tell(self) -> None:
        self.pace.setText(speeds.words(speeds.speed_at(self.slider.value(), Grain.ITERATION)))
        self.speed_requested.emit(self.speed())

    def show_running(self, running: bool) -> None:
        """Show whether a run is on."""
        self._running = running
        self.run_action.setText(self.tr("Pause") if running else self.tr("Run"))
        button = self.widgetForAction(self.run_action)
        if button is not None:
            button.setAccessibleName(self.run_action.text())
        self.run_action.setIcon(icon("pause" if running else "play", self._theme, self._theme.on_accent))
        self.step_action.setEnabled(not running)

    def show_iteration(self, iteration: int) -> None:
        """Show how many iterations both made."""
        self.count.setText(self.tr("Iteration {count}").format(count=f"{iteration:,}"))

    def show_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme
        self.step_action.setIcon(icon("skip-forward", theme))
        self.reset_action.setIcon(icon("rotate-ccw", theme))
        self.show_running(self._running)
        self.pace.show_theme(theme)
        self.count.show_theme(theme)
