"""The speaker notes: a window that only the speaker sees, on another screen if there is one."""

from __future__ import annotations

from time import monotonic

from PySide6.QtCore import QByteArray, QSettings, Qt, QTime, QTimer, Signal
from PySide6.QtGui import QFont, QGuiApplication, QKeyEvent, QMoveEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from core.lecture.builds import BuildState, builds_of
from core.lecture.scene import Scene
from gui.layout.placement import at_side, fit, screen_of
from gui.lecture.large_type import coloured, write
from gui.qt.drawable import guarded_overrides
from gui.text.topics import set_topic
from gui.theme.theme import LIGHT, Theme, font

TICK_MILLISECONDS = 500
SHARE = 0.3
"""The notes' share of the width of a screen, if they are on the same one as the lecture."""
PLACE = "lecture/notes"
EDGE = 0.05
"""The margin left free on every side of the other screen."""


@guarded_overrides
class NotesWindow(QWidget):
    """Notes, the answer to the open question, the next scene, the time and the time elapsed.

    It is a tool window of the lecture window, so that all keys of the lecture work here too. Its font has the
    normal size, not that of presentation mode, since the audience does not read it.
    """

    closed = Signal()

    def __init__(self, settings: QSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Tool)
        self.setAttribute(Qt.WidgetAttribute.WA_MacAlwaysShowToolWindow)
        self.setObjectName("notes_window")
        set_topic(self, "lecture", "The second screen")
        self.setWindowTitle(self.tr("Speaker's notes"))
        self.setAccessibleName(self.tr("Speaker's notes"))
        self._settings, self._theme, self._begun = settings, LIGHT, monotonic()
        self.part, self.title, self.notes = QLabel(), QLabel(), QLabel()
        self.build, self.coming = QLabel(), QLabel()
        self._scene: Scene | None = None
        self._next = ""
        self.question, self.answer = QLabel(), QLabel()
        self.next_title, self.clock, self.elapsed = QLabel(), QLabel(), QLabel()
        self.restart = QPushButton(self.tr("Start the time again"))
        self.card_box, self.foot = QWidget(), QWidget()
        self._prepare()
        self._arrange()
        self._tick = QTimer(self, interval=TICK_MILLISECONDS)
        self._tick.timeout.connect(self.show_time)
        self._tick.start()
        self.show_card("", "")
        self.show_time()
        self.show_theme(LIGHT)
        self._placed = False

    def _prepare(self) -> None:
        every = (self.part, self.title, self.build, self.coming, self.notes, self.question, self.answer)
        for label in (*every, self.next_title):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.card_box.setObjectName("card_box")
        self.foot.setObjectName("foot_box")
        for box in (self.card_box, self.foot):
            box.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.notes.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.notes.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.clock.setToolTip(self.tr("What time it is"))
        self.elapsed.setToolTip(self.tr("How long the lecture has gone on"))
        self.restart.setAccessibleName(self.restart.text())
        self.restart.setToolTip(self.tr("Count the time gone from now on"))
        self.restart.clicked.connect(self.begin)

    def _arrange(self) -> None:
        inside = QWidget()
        self._inside = QVBoxLayout(inside)
        self._inside.addWidget(self.notes)
        self._inside.addStretch(1)
        self.area = QScrollArea()
        self.area.setAccessibleName(self.tr("What you say to this scene"))
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(inside)
        self._card_column = QVBoxLayout(self.card_box)
        self._card_column.addWidget(self.question)
        self._card_column.addWidget(self.answer)
        times = QHBoxLayout()
        times.setSpacing(24)
        for widget in (self.clock, self.elapsed):
            times.addWidget(widget)
        times.addStretch(1)
        times.addWidget(self.restart)
        self._foot_column = QVBoxLayout(self.foot)
        self._foot_column.addWidget(self.coming)
        self._foot_column.addWidget(self.next_title)
        self._foot_column.addLayout(times)
        self._column = QVBoxLayout(self)
        for above in (self.part, self.title, self.build, self.card_box):
            self._column.addWidget(above)
        self._column.addWidget(self.area, 1)
        self._column.addWidget(self.foot)

    # -- contents ---------------------------------------------------------------------------------

    def show_scene(self, scene: Scene, next_title: str | None = None) -> None:
        """Show the notes of a scene, and the title of the next one (None after the last)."""
        self._scene = scene
        self.part.setText(self.tr("{number} · {part}").format(number=scene.number, part=scene.part))
        self.title.setText(scene.title)
        write(self.notes, scene.notes or self.tr("There are no notes on this scene."))
        self.next_title.setText(
            self.tr("Next scene: {title}").format(title=next_title)
            if next_title
            else self.tr("This is the last scene.")
        )
        self.area.verticalScrollBar().setValue(0)

    def show_build(self, state: BuildState) -> None:
        """Show which build is on the stage, and a summary of the next one."""
        text = self.tr("build {number} of {count}: {say}")
        self.build.setText(text.format(number=state.number + 1, count=state.count, say=state.say))
        coming = "" if state.last or self._scene is None else self._told(self._scene, state.number + 1)
        self.coming.setText(self.tr("Next: {what}").format(what=coming) if coming else "")
        self.coming.setVisible(bool(coming))

    def _told(self, scene: Scene, number: int) -> str:
        """Return a short summary of a build."""
        build = builds_of(scene)[number]
        if build.ask is not None:
            return scene.cards[build.ask].question
        if build.reveal:
            return self.tr("the answer")
        if build.say:
            return build.say
        return self.tr("it runs") if build.run else self.tr("the picture changes")

    def show_card(self, question: str, answer: str) -> None:
        """Show the open question and its answer, before the audience sees it; empty: none is open."""
        write(self.question, question)
        self.answer.setText(answer or "…")
        self.answer.setAccessibleName(self.tr("Answer: {answer}").format(answer=answer))
        self.card_box.setVisible(bool(question))

    def begin(self) -> None:
        """Start measuring the time elapsed."""
        self._begun = monotonic()
        self.show_time()

    def show_time(self) -> None:
        """Show the time, and the time elapsed."""
        gone = int(monotonic() - self._begun)
        self.clock.setText(self.locale().toString(QTime.currentTime(), "HH:mm"))
        hours, minutes, seconds = gone // 3600, gone // 60 % 60, gone % 60
        self.elapsed.setText(f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}")
        self.elapsed.setAccessibleName(self.tr("Time gone: {time}").format(time=self.elapsed.text()))

    def show_theme(self, shown: Theme) -> None:
        """Apply the colours of a theme, and the normal font size."""
        self._theme = shown
        self.part.setFont(_letters(1.1))
        coloured(self.part, shown.muted.name())
        self.title.setFont(_letters(1.9, bold=True))
        for label in (self.build, self.coming):
            label.setFont(_letters(1.2))
        self.notes.setFont(_letters(1.8))
        self.question.setFont(_letters(1.2))
        self.answer.setFont(_letters(1.6, bold=True))
        self.next_title.setFont(_letters(1.2))
        for label in (self.clock, self.elapsed):
            label.setFont(_letters(1.9, bold=True))
        coloured(self.elapsed, shown.accent.name())
        self.restart.setFont(_letters(1.0))
        line = self.part.fontMetrics().height()
        self._column.setContentsMargins(line, line, line, line)
        self._column.setSpacing(round(0.7 * line))
        for column in (self._card_column, self._foot_column):
            column.setContentsMargins(line, line // 2, line, line // 2)

    # -- placement --------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():
            self.move_aside()

    def move_aside(self) -> None:
        """Move to a screen without the lecture window or, if there is none, to a side of the same screen.

        On a single screen, the place chosen by the speaker is restored.
        """
        parent = self.parentWidget()
        taken = screen_of(parent or self)
        free = [screen for screen in QGuiApplication.screens() if screen is not taken]
        if free:
            room = free[0].availableGeometry()
            edge = round(EDGE * room.height())
            self.setGeometry(room.adjusted(edge, edge, -edge, -edge))
        elif not self._placed:
            at = self._settings.value(PLACE)
            if not isinstance(at, QByteArray) or not self.restoreGeometry(at):
                self.setGeometry(at_side(self, SHARE))
            fit(self)
        else:
            fit(self)
        self._placed = True

    def moveEvent(self, event: QMoveEvent) -> None:
        super().moveEvent(event)
        self._remember()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._remember()

    def _remember(self) -> None:
        """Save the place on a single screen for the next time."""
        if self._placed and self.isVisible() and len(QGuiApplication.screens()) == 1:
            self._settings.setValue(PLACE, self.saveGeometry())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: object) -> None:
        self.closed.emit()
        super().closeEvent(event)  # type: ignore[arg-type]


def _letters(times: float, *, bold: bool = False) -> QFont:
    """Return the normal font, enlarged by ``times``."""
    made = font("text", times)
    if bold:
        made.setWeight(QFont.Weight.Bold)
    return made
