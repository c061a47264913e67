"""The transport tool bar: runs the training and steps through it in both directions."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolBar, QToolButton, QVBoxLayout, QWidget

from core.debugger.steps import PassStep, StepSize
from gui.actions.registry import Actions, plain
from gui.qt.drawable import guarded_overrides
from gui.qt.later import Later
from gui.qt.typed_signal import TypedSignal
from gui.session.run_speed import FLAT_OUT, Speed, speed_at, words
from gui.text.reading_direction import keep_left_to_right
from gui.text.topics import set_topic
from gui.theme import theme
from gui.theme.theme import scale
from gui.widgets.buttons import ActionChoice
from gui.widgets.slider import Slider
from gui.widgets.training_loop import TrainingLoopStrip

GRAINS = {grain: f"grain_{grain.name.lower()}" for grain in StepSize}
EDGES = ("edges_weights", "edges_gradients", "edges_both")
"""Margins of the button Run, beside its icon and its longest text, in pixels."""
# The parts that are hidden when the bar is narrow, from none to all.
LEVELS = range(15)
MOST_FITS = 4  # at one width


@guarded_overrides
class TransportToolbar(QToolBar):
    """Reset, Run, Back and Step with the step size, the loop, speed, and what edges show.

    Its buttons are actions of the registry. ``speed_requested`` carries a `Speed`. If ``moves`` is false
    there are no Reset, Run, Back and Step, for a window that has them elsewhere.
    """

    speed_requested = TypedSignal[Speed]()

    def __init__(self, actions: Actions, parent: QWidget | None = None, *, moves: bool = True) -> None:
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
        self._run, self._pause = self.tr("&Run"), self.tr("&Pause")
        self.reset_button = self._button("reset")
        self.run_button = self._run_button()
        self._moves = [self._button("back"), self._button("step")]
        self.grains = ActionChoice(self.tr("Size of a step"), [actions[name] for name in GRAINS.values()])
        self.strip = TrainingLoopStrip(actions)
        self.edges = ActionChoice(self.tr("What edges show"), [actions[name] for name in EDGES])
        self._shorten_end: Callable[[int], None] | None = None
        self._fitting, self._times = False, 0
        self._fit_again = Later(self, singleShot=True, interval=0)
        self._fit_again.timeout.connect(lambda: self._fit(self.width()))
        self._few = False
        self._needed = 0
        """The width left over by the last fit; if even that is too wide, fitting again changes nothing."""
        self._fill(moves)
        for name in GRAINS.values():
            actions[name].toggled.connect(lambda on: self._speed_moved() if on else None)

    # -- building ---------------------------------------------------------------------------------

    def _fill(self, moves: bool) -> None:
        set_topic(self, "training", "Run, pause, go back in time")
        set_topic(self.strip, "stepping", "Through one iteration")
        box = QWidget()
        keep_left_to_right(box)  # an arrow to the right is a step forward
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for button, place in zip(self._moves, ("first", "last"), strict=True):
            button.setProperty("look", "segment")
            button.setProperty("place", place)
            row.addWidget(button)
        for widget in (self.reset_button, self.run_button, box):
            self.addWidget(widget).setVisible(moves)
        self.addWidget(self.grains)
        self._left_out: list[QWidget] = []
        self._add_left_out(self.strip)
        self._add_speed()
        self._add_left_out(self.edges)
        spacer = QWidget()
        spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(spacer)

    def _button(self, name: str) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(self._actions[name])
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setAccessibleName(plain(self._actions[name].text()))
        return button

    def _run_button(self) -> QToolButton:
        """Return the button of the action "run", with an icon in the colour of its text."""
        button, action = QToolButton(), self._actions["run"]
        button.setObjectName("run_button")
        button.setProperty("look", "primary")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.clicked.connect(action.trigger)
        action.changed.connect(lambda: self._show_run(action))
        return button

    def _show_run(self, action: QAction) -> None:
        text = plain(action.text())
        self.run_button.setAccessibleName(text)
        self.run_button.setToolTip(action.toolTip())
        self.run_button.ensurePolished()
        widths = []
        for shown in (self._run, self._pause, text):  # as wide as the wider text, so that nothing moves
            self.run_button.setText(plain(shown))
            widths.append(self.run_button.sizeHint().width())
        self.run_button.setFixedWidth(max(widths))

    def _add_speed(self) -> None:
        self.speed = Slider(Qt.Orientation.Horizontal)
        self.speed.setRange(0, FLAT_OUT)
        self.speed.setAccessibleName(self.tr("Speed"))
        self.speed.setToolTip(
            self.tr(
                "At the left steps of the chosen size, then iterations a second; "
                "at the right end as fast as the computer can"
            )
        )
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
        self._add_left_out(box)

    def _add_left_out(self, widget: QWidget) -> None:
        """Add a widget that is hidden if the bar is narrow, in the order of adding."""
        self._left_out.append(widget)
        self.addWidget(widget)

    def add_end(self, widget: QWidget, shorten: Callable[[int], None]) -> None:
        """Show a widget at the end; ``shorten`` is called with a level from 0, higher to hide more."""
        self._shorten_end = shorten
        self._add_left_out(widget)

    # -- drawing ----------------------------------------------------------------------------------

    @property
    def grain(self) -> StepSize:
        """The chosen step size."""
        chosen = (grain for grain, name in GRAINS.items() if self._actions[name].isChecked())
        return next(chosen, StepSize.PASS)

    def _speed_moved(self) -> None:
        speed = speed_at(self.speed.value(), self.grain)
        self.speed_value.setText(words(speed))
        self.speed.setAccessibleDescription(words(speed))
        self.speed_requested.emit(speed)

    def show_running(self, running: bool) -> None:
        """Let the first button show its present action: run or pause."""
        self._running = running
        action = self._actions["run"]
        action.setText(self._pause if running else self._run)
        self.run_button.setIcon(
            theme.icon("pause" if running else "play", self._theme, self._theme.on_accent)
        )
        self._show_run(action)

    def show_step(self, last: PassStep | None, _coming: PassStep | None) -> None:
        """Highlight the stage of the loop made last."""
        self.strip.show_stage(None if last is None else last.stage)

    def show_theme(self, shown: theme.Theme) -> None:
        """Draw the icon of the run button in the colours of a theme."""
        self._theme = shown
        self.strip.show_theme(shown)
        rest = self.findChild(QToolButton, "qt_toolbar_ext_button")
        if rest is not None:
            rest.setIcon(theme.icon("menu", shown))
            rest.setToolTip(self.tr("What there is no room for"))
        self.show_running(self._running)
        self._fit_anew()

    def show_few(self, few: bool) -> None:
        """Leave out what is chosen before a lecture: the size of a step, the speed and what edges show."""
        self._few = few
        for action in self.actions():
            if self.widgetForAction(action) is self.grains:
                action.setVisible(not few)
        self._fit_anew()

    def resizeEvent(self, event: QResizeEvent) -> None:
        if event.size().width() != event.oldSize().width():
            self._times = 0
        if self._times < MOST_FITS:  # its height depends on its contents, which must not depend on the height
            self._times += 1
            self._fit(event.size().width())
        super().resizeEvent(event)

    def event(self, event: QEvent) -> bool:
        """Fit the bar again when a widget became wider, as the counters do with a penalty."""
        wider = event.type() == QEvent.Type.LayoutRequest and self.sizeHint().width() > self.width()
        if wider and self.sizeHint().width() != self._needed:
            self._fit(self.width())
        return super().event(event)

    def _fit_anew(self) -> None:
        """Fit other contents now, and once more when their fonts and the window have their size."""
        self._times = 0
        self._fit(self.width())
        self._fit_again.start()

    def _fit(self, width: int) -> None:
        """Hide as little as the width requires; everything if even that is too wide.

        A widget that is shown lets Qt lay out the bar at once, which must not begin another fit inside it.
        """
        if self._fitting:
            return
        self._fitting = True
        for level in LEVELS:
            self._shorten(level)
            self._needed = self.sizeHint().width()
            if self._needed <= width:
                break
        self._fitting = False

    def _shorten(self, level: int) -> None:
        style = Qt.ToolButtonStyle
        self.edges.fold(level > 0, short=level > 6)
        self.grains.fold(level > 1, short=level > 8)
        words_left = style.ToolButtonIconOnly if level > 2 else style.ToolButtonTextBesideIcon
        for button in (self.reset_button, *self._moves):
            button.setToolButtonStyle(words_left)
        slider = next(
            width for most, width in ((3, 132), (6, 70), (8, 48), (LEVELS[-1], 40)) if level <= most
        )
        self._speed_box.setFixedWidth(round(scale() * slider))
        self._speed_name.setVisible(level < 4)
        self.speed_value.setVisible(level < 7)  # if it were cut off, it could be misread
        self.strip.shorten(level - 4)
        for action in self.actions():  # one kept from before may be mistaken for deleted with a former menu
            if (widget := self.widgetForAction(action)) in self._left_out:
                few = self._few and widget in (self._speed_box, self.edges)
                action.setVisible(not few and level <= 10 + self._left_out.index(widget))
        if self._shorten_end is not None:
            self._shorten_end(min(2, max(0, level - 7)))
        self.updateGeometry()
