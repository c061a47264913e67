"""Transport: the tool bar that runs and steps the training."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.training import Phase, Snapshot
from gui import theme
from gui.actions import Actions

FLAT_OUT = 41
PHASES = {Phase.FORWARD: "forward", Phase.BACKWARD: "backward", Phase.UPDATE: "update"}
# How much of the words on the buttons is left out when the bar is narrow, from nothing to most.
LEVELS = range(4)


def speed_at(position: int) -> float | None:
    """Return the iterations a second of a place of the slider, 1 … 10,000; None is flat out."""
    if position >= FLAT_OUT:
        return None
    exact = 10 ** (position / 10)
    step = 10 ** max(0, len(str(int(exact))) - 2)
    return float(round(exact / step) * step)


class Transport(QToolBar):
    """Reset, Run, the three steps, iteration, epoch, speed, and what edges show.

    Its buttons are actions of the registry. ``speed_requested`` carries iterations a second, or None.
    """

    speed_requested = Signal(object)

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("transport")
        self.setWindowTitle(self.tr("Transport"))
        self.setAccessibleName(self.tr("Transport"))
        self.setMovable(False)
        self.setIconSize(QSize(16, 16))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._actions = actions
        self._theme = theme.LIGHT
        self._running = False
        self.reset_button = self._button("reset")
        self.run_button = self._run_button()
        self._add(self.reset_button, self.run_button)
        self._phases = self._segments("forward", "backward", "update")
        self._steps = self._segments("iteration", "epoch")
        self._add_speed()
        self._edges = self._segments("edges_weights", "edges_gradients", "edges_both")
        spacer = QWidget()
        spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(spacer)

    # -- building ---------------------------------------------------------------------------------

    def _add(self, *widgets: QWidget) -> None:
        for widget in widgets:
            self.addWidget(widget)

    def _button(self, name: str) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(self._actions[name])
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setAccessibleName(self._actions[name].text().replace("&", ""))
        return button

    def _run_button(self) -> QToolButton:
        """Return the button of the action run, with an icon in the colour of its own text."""
        button, action = QToolButton(), self._actions["run"]
        button.setObjectName("run_button")
        button.setProperty("look", "primary")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.clicked.connect(action.trigger)
        action.changed.connect(lambda: self._show_run(action))
        return button

    def _show_run(self, action: QAction) -> None:
        text = action.text().replace("&", "")
        self.run_button.setText(text)
        self.run_button.setAccessibleName(text)
        self.run_button.setToolTip(action.toolTip())

    def _segments(self, *names: str) -> list[QToolButton]:
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        buttons = [self._button(name) for name in names]
        for button, place in zip(buttons, _places(len(buttons)), strict=True):
            button.setProperty("look", "segment")
            button.setProperty("place", place)
            row.addWidget(button)
        self.addWidget(box)
        return buttons

    def _add_speed(self) -> None:
        self.speed = QSlider(Qt.Orientation.Horizontal)
        self.speed.setRange(0, FLAT_OUT)
        self.speed.setAccessibleName(self.tr("Speed"))
        self.speed.setToolTip(self.tr("Iterations a second; at the right end as fast as the computer can"))
        self.speed.valueChanged.connect(self._speed_moved)
        self._speed_name, self.speed_value = QLabel(self.tr("Speed")), QLabel()
        self._speed_name.setProperty("look", "small")
        self.speed_value.setProperty("look", "value")
        self.speed_value.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._speed_box = box = QWidget()
        column, head = QVBoxLayout(box), QHBoxLayout()
        column.setContentsMargins(4, 0, 4, 0)
        column.setSpacing(0)
        head.addWidget(self._speed_name)
        head.addWidget(self.speed_value, 1)
        column.addLayout(head)
        column.addWidget(self.speed)
        self.addWidget(box)

    # -- showing ----------------------------------------------------------------------------------

    def _speed_moved(self, position: int) -> None:
        speed = speed_at(position)
        rate = self.tr("{speed} it/s")
        self.speed_value.setText(self.tr("flat out") if speed is None else rate.format(speed=f"{speed:,.0f}"))
        self.speed_requested.emit(speed)

    def show_running(self, running: bool) -> None:
        """Let the first button say what it does now: run or pause."""
        self._running = running
        action = self._actions["run"]
        action.setText(self.tr("&Pause") if running else self.tr("&Run"))
        self.run_button.setIcon(
            theme.icon("pause" if running else "play", self._theme, self._theme.on_accent)
        )
        self._show_run(action)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Light the step that was made last; none while running, where it would only flicker."""
        now = None if self._running else PHASES.get(snapshot.phase)
        for name in PHASES.values():
            self._actions[name].setChecked(name == now)

    def show_theme(self, shown: theme.Theme) -> None:
        """Draw the icon of the run button in the colours of a theme."""
        self._theme = shown
        self.show_running(self._running)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit(event.size().width())
        super().resizeEvent(event)

    def event(self, event: QEvent) -> bool:
        """Fit again when something in the bar became wider, as the counters do with a penalty."""
        if event.type() == QEvent.Type.LayoutRequest and self.sizeHint().width() > self.width():
            self._fit(self.width())
        return super().event(event)

    def _fit(self, width: int) -> None:
        """Leave out as few words as the width asks for."""
        for level in LEVELS:
            self._shorten(level)
            if self.sizeHint().width() <= width:
                return

    def _shorten(self, level: int) -> None:
        style = Qt.ToolButtonStyle
        icons = style.ToolButtonIconOnly if level > 0 else style.ToolButtonTextBesideIcon
        for button in (self.reset_button, *self._steps):
            button.setToolButtonStyle(icons)
        for button in self._phases:
            whole = button.defaultAction().text().replace("&", "")
            button.setText(whole[0] if level > 1 else whole)
        self._speed_name.setVisible(level < 3)
        self._speed_box.setFixedWidth(132 if level < 3 else 84)
        for button in self._edges:
            whole = button.defaultAction().text().replace("&", "")
            button.setText(whole[0] if level > 2 else whole)
        self.updateGeometry()


def _places(count: int) -> list[str]:
    return ["first", *["middle"] * (count - 2), "last"]
