"""The bar at the foot of the lecture: position among the scenes, messages, and navigation buttons."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolButton, QToolTip, QWidget

from gui.actions.registry import Actions, plain
from gui.theme.theme import LIGHT, Theme, icon, set_button_font, sized
from gui.widgets.drawable import shielded
from gui.widgets.labels import FastLabel

DOT, GAP = 0.5, 0.45
"""Diameter of a dot and gap between two, as a multiple of the text height."""


class Dots(QWidget):
    """One dot for every scene, the present one elongated. ``chosen`` carries the index of the one clicked."""

    chosen = Signal(int)

    def __init__(self, titles: list[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Scenes"))
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._titles, self._now, self._theme = titles, 0, LIGHT

    def show_titles(self, titles: list[str]) -> None:
        """Set the titles of all scenes, in their order."""
        self._titles = titles
        self.update()

    def show_scene(self, now: int) -> None:
        """Highlight the scene with the index ``now``, from 0."""
        self._now = now
        text = self.tr("Scene {number} of {count}")
        self.setAccessibleDescription(text.format(number=now + 1, count=len(self._titles)))
        self.update()

    def show_theme(self, shown: Theme) -> None:
        """Take the colours of a theme."""
        self._theme = shown
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, self.fontMetrics().height())

    def _boxes(self) -> list[QRectF]:
        """Return the rectangles of the dots, centred in the widget."""
        count = max(1, len(self._titles))
        unit = min(float(self.fontMetrics().height()), self.width() / (count * (DOT + GAP) + 1))
        wide = unit * (count * (DOT + GAP) + DOT)
        left, top = (self.width() - wide) / 2, (self.height() - DOT * unit) / 2
        boxes = []
        for k in range(len(self._titles)):
            long = 2 * DOT * unit if k == self._now else DOT * unit
            boxes.append(QRectF(left, top, long, DOT * unit))
            left += long + GAP * unit
        return boxes

    def _at(self, point: QPointF) -> int | None:
        """Return the index of the dot at or near a point, or None."""
        boxes = self._boxes()
        k = min(range(len(boxes)), key=lambda k: abs(boxes[k].center().x() - point.x()), default=None)
        near = k is not None and boxes[k].adjusted(-3, -9, 3, 9).contains(point)
        return k if near else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        k = self._at(event.position())
        self.setCursor(Qt.CursorShape.ArrowCursor if k is None else Qt.CursorShape.PointingHandCursor)
        text = "" if k is None else f"{k + 1}. {self._titles[k]}"
        QToolTip.showText(event.globalPosition().toPoint(), text, self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if (k := self._at(event.position())) is not None:
            self.chosen.emit(k)

    @shielded
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for k, box in enumerate(self._boxes()):
            painter.setBrush(self._theme.accent if k == self._now else self._theme.border)
            painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        painter.end()


class LectureBar(QWidget):
    """Previous, Run, Back, Step, Reset scene, the dots, Next: the actions of the window as buttons.

    The last button opens the ``menu`` of all actions.
    """

    def __init__(self, actions: Actions, menu: QMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lecture_bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(self.tr("Course of the lecture"))
        self._actions, self._theme, self.running = actions, LIGHT, False
        self.dots, self.happened = Dots([]), FastLabel("muted")
        self.place = FastLabel("text", "00 / 00", Qt.AlignmentFlag.AlignRight)
        self.buttons = {
            name: self._button(actions[name])
            for name in ("previous_scene", "run", "back", "step", "reset_scene", "next_scene")
        }
        self.buttons["run"].setProperty("look", "primary")
        self.more = QToolButton()
        self.more.setMenu(menu)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setAccessibleName(self.tr("All that can be done here"))
        self.more.setToolTip(self.tr("Gallery, exercise, notes, hall and more, with their keys"))
        self._arrange()
        actions["run"].changed.connect(self._show_run)
        self.show_running(False)

    def _button(self, action: QAction) -> QToolButton:
        button = QToolButton()
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        if action.objectName() == "run":
            button.clicked.connect(action.trigger)
        else:
            button.setDefaultAction(action)
        button.setAccessibleName(plain(action.text()))
        return button

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(10)
        for name, button in self.buttons.items():
            if name == "next_scene":
                row.addWidget(self.happened, 2)
                row.addWidget(self.dots, 3)
                row.addWidget(self.place)
            row.addWidget(button)
        row.addWidget(self.more)

    def show_scene(self, now: int, count: int) -> None:
        """Show that the scene with the index ``now``, from 0, of ``count`` scenes is on the stage."""
        self.dots.show_scene(now)
        self.place.setText(f"{now + 1} / {count}")

    def notify(self, sentence: str) -> None:
        """Show what just happened."""
        self.happened.setText(sentence)

    def show_stage(self, *, plays: bool, steps: bool) -> None:
        """Enable what the stage can do."""
        for name, can in (("run", plays), ("back", steps), ("step", steps)):
            self._actions[name].setEnabled(can)
            self.buttons[name].setVisible(can)

    def show_running(self, running: bool) -> None:
        """Make the first button show what it does now: run or pause."""
        self.running = running
        self._actions["run"].setText(self.tr("&Pause") if running else self.tr("&Run"))
        self._show_run()

    def _show_run(self) -> None:
        button, action = self.buttons["run"], self._actions["run"]
        text = plain(action.text())
        button.setText(text)
        button.setAccessibleName(text)
        button.setToolTip(action.toolTip())
        button.setEnabled(action.isEnabled())
        button.setIcon(icon("pause" if self.running else "play", self._theme, self._theme.on_accent))

    def show_theme(self, shown: Theme) -> None:
        """Take the colours of a theme and the present font size."""
        self._theme = shown
        size = self.fontMetrics().height()
        self.more.setIcon(icon("menu", shown))
        for button in (*self.buttons.values(), self.more):
            set_button_font(button, sized("text"))
            button.setIconSize(QSize(size, size))
        self.dots.show_theme(shown)
        self.happened.show_theme(shown)
        self.place.show_theme(shown)
        self._show_run()
