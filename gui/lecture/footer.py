"""The bar at the bottom of the lecture: builds of the scene, position in the lecture, messages, buttons."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolButton, QToolTip, QWidget

from gui.actions.registry import Actions, plain
from gui.qt.drawable import guarded_overrides, shielded, whole
from gui.text.labels import FastLabel
from gui.theme.theme import LIGHT, Theme, icon, in_hall, set_button_font, sized

DOT, GAP = 0.5, 0.45
"""Diameter of a dot and gap between two, as a multiple of the text height."""
LEAST = 8
"""The least text height, in pixels, that the dots are sized by."""


@guarded_overrides
class Dots(QWidget):
    """One dot for every build, the present one elongated. ``chosen`` carries the index of the one clicked."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Builds"))
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._count, self._now, self._theme = 1, 0, LIGHT

    def show_build(self, now: int, count: int) -> None:
        """Show ``count`` dots, and highlight that of the build with the index ``now``, from 0."""
        self._now, self._count = now, count
        text = self.tr("Build {number} of {count}")
        self.setAccessibleDescription(text.format(number=now + 1, count=count))
        self.updateGeometry()
        self.update()

    def show_theme(self, shown: Theme) -> None:
        """Apply the colours of a theme."""
        self._theme = shown
        self.update()

    def sizeHint(self) -> QSize:
        return self._size(self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        return self._size(LEAST)

    def _size(self, unit: int) -> QSize:
        return QSize(whole(unit * (self._count * (DOT + GAP) + 1)), self.fontMetrics().height())

    def _boxes(self) -> list[QRectF]:
        """Return the rectangles of the dots."""
        count = max(1, self._count)
        unit = min(float(self.fontMetrics().height()), self.width() / (count * (DOT + GAP) + 1))
        left, top = 0.0, (self.height() - DOT * unit) / 2
        boxes = []
        for k in range(self._count):
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
        text = (
            "" if k is None else self.tr("Build {number} of {count}").format(number=k + 1, count=self._count)
        )
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
            painter.setBrush(self._theme.accent if k <= self._now else self._theme.border)
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
        self._thin, self._can = False, dict[str, bool]()
        self.dots, self.happened = Dots(), FastLabel("muted")
        self.build = FastLabel("muted", self.tr("build {number} of {count}").format(number=99, count=99))
        self.title = FastLabel("muted", align=Qt.AlignmentFlag.AlignRight)
        self.title.all_or_nothing = True  # the notes and the gallery name the scene as well
        self.place = FastLabel("text", "00 / 00", Qt.AlignmentFlag.AlignRight)
        self.buttons = {
            name: self._button(actions[name])
            for name in ("previous_build", "run", "back", "step", "reset_scene", "next_build")
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
        row = self._row = QHBoxLayout(self)
        row.setSpacing(10)
        for name, button in self.buttons.items():
            if name == "next_build":
                row.addWidget(self.dots)
                row.addWidget(self.build)
                row.addWidget(self.happened, 1)
                row.addWidget(self.title, 1)
                row.addWidget(self.place)
            row.addWidget(button)
        row.addWidget(self.more)

    def show_scene(self, title: str, place: str) -> None:
        """Show the title of the scene on the stage, and its position in the lecture."""
        self.title.setText(title)
        self.place.setText(place)

    def show_build(self, now: int, count: int) -> None:
        """Show that the build with the index ``now``, from 0, of ``count`` builds is on the stage."""
        self.dots.show_build(now, count)
        self.build.setText(self.tr("build {number} of {count}").format(number=now + 1, count=count))

    def show_thin(self, thin: bool) -> None:
        """Hide the buttons, whose keys and menu remain, so that they do not distract from a drawing."""
        self._thin = thin
        side = 2 * self.fontMetrics().height() if thin else 16  # below the sentence at the top
        self._row.setContentsMargins(side, 8, side if thin else 16, 8)
        self.title.align(Qt.AlignmentFlag.AlignHCenter if thin else Qt.AlignmentFlag.AlignRight)
        for name, button in self.buttons.items():
            button.setVisible(not thin and self._can.get(name, True))

    def notify(self, sentence: str) -> None:
        """Show what just happened, in place of the title; empty: the title again."""
        self.happened.setText(sentence)
        self.happened.setVisible(bool(sentence))
        self.title.setVisible(not sentence)

    def show_stage(self, *, plays: bool, steps: bool) -> None:
        """Enable the actions that the stage supports."""
        self._can = {"run": plays, "back": steps, "step": steps}
        for name, can in self._can.items():
            self._actions[name].setEnabled(can)
        self.show_thin(self._thin)

    def show_running(self, running: bool) -> None:
        """Let the first button show its present action: run or pause."""
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
        """Apply the colours of a theme and the present font size."""
        self._theme = shown
        size = self.fontMetrics().height()
        self.happened.all_or_nothing = in_hall()  # half a sentence is of no use to an audience
        self.more.setIcon(icon("menu", shown))
        style = Qt.ToolButtonStyle  # in presentation mode the clicker and the keys are used
        shown_as = style.ToolButtonIconOnly if in_hall() else style.ToolButtonTextBesideIcon
        for button in self.buttons.values():
            button.setToolButtonStyle(shown_as)
        for button in (*self.buttons.values(), self.more):
            set_button_font(button, sized("text"))
            button.setIconSize(QSize(size, size))
        self.show_thin(self._thin)
        self.dots.show_theme(shown)
        self.happened.all_or_nothing = in_hall()  # half a sentence is of no use to the audience
        for label in (self.happened, self.build, self.title, self.place):
            label.show_theme(shown)
        self._show_run()
