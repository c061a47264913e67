"""The timeline: a slider over the whole recorded run, with actions for the position it shows."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QSizePolicy,
    QStackedWidget,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.debugger.run import RunStatus
from gui.actions.registry import Actions, plain
from gui.plots.run_slider import RunSlider
from gui.qt.drawable import whole
from gui.qt.typed_signal import TypedSignal
from gui.text.labels import FastLabel
from gui.theme.theme import Theme, icon, in_hall

MEGABYTE = 1 << 20


class Timeline(QWidget):
    """A slider over the recorded run; ``seek_requested`` carries the iteration it was moved to."""

    seek_requested = TypedSignal[int]()

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("timeline")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(self.tr("Timeline"))
        self._large = False
        self._name = QLabel(self.tr("Timeline"))
        self._name.setProperty("look", "strong")
        self.first = QLabel("0")
        self.first.setProperty("look", "muted")
        self.slider = RunSlider()
        self.slider.seek_requested.connect(self.seek_requested)
        widest = self.tr("in iteration {t}; {newest} recorded").format(t="0000000", newest="0000000")
        self.place, self.busy = FastLabel("muted", widest), FastLabel("small")
        self.kept = QLabel()
        self.kept.setProperty("look", "small")
        names = ("cancel", "iteration_back", "resume", "branch")
        self._buttons = {name: self._button(actions, name) for name in names}
        self._buttons["iteration_back"].setText(self.tr("◂ Back one"))
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Iterations computed again"))
        self.progress.setToolTip(
            self.tr("The past between two recorded moments is computed again, to the same bits.")
        )
        self._arrange()

    @property
    def resume(self) -> QToolButton:
        """The button that continues training from here."""
        return self._buttons["resume"]

    @property
    def cancel(self) -> QToolButton:
        """The button that cancels a long computation; shown only while there is one."""
        return self._buttons["cancel"]

    @property
    def branch(self) -> QToolButton:
        """The button that continues training from here and keeps the old curve."""
        return self._buttons["branch"]

    def _button(self, actions: Actions, name: str) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(actions[name])
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        button.setAccessibleName(plain(actions[name].text()))
        return button

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 12, 4)
        row.setSpacing(10)
        for widget in (self._name, self.first):
            row.addWidget(widget)
        row.addWidget(self.slider, 1)
        far = QWidget()
        column = QVBoxLayout(far)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.busy)
        column.addWidget(self.progress)
        self._places = _stacked(self.place, far)
        row.addWidget(self._places)
        row.addWidget(self.kept)
        self._ways = _stacked(self._buttons["iteration_back"], self.cancel)
        for button in (self._ways, self.resume, self.branch):
            row.addWidget(button)
        self.show_progress(None)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_theme(self, shown: Theme) -> None:
        """Apply the colours of a theme; if the font is large, leave room for the slider."""
        self._large = in_hall()
        self._name.setVisible(not self._large)
        self._show_ways(behind=False)
        self.place.show_theme(shown)
        self.busy.show_theme(shown)
        self._buttons["resume"].setIcon(icon("history", shown))

    def show_progress(self, progress: tuple[int, int] | None) -> None:
        """Show how many of how many iterations are recomputed, and a Cancel button; None: it is over.

        Both replace other widgets, so that the slider keeps its width while it is dragged.
        """
        for stack in (self._places, self._ways):
            stack.setCurrentIndex(progress is not None)
        if progress is not None:
            done, of = progress
            self.progress.setRange(0, whole(of))
            self.progress.setValue(whole(done))
            text = self.tr("computing {done} of {of} again")
            self.busy.setText(text.format(done=f"{done:,}", of=f"{of:,}"))

    def show_place(self, where: RunStatus) -> None:
        """Move the slider to the position viewed, over the whole recorded run."""
        self.slider.show_span(where.first, where.newest, where.iteration)
        self.first.setText(f"{where.first:,}")
        text = self.tr("iteration {t} of {newest} recorded")
        if where.inside:
            text = self.tr("in iteration {t}; {newest} recorded")
        self.place.setText(text.format(t=f"{where.begun:,}", newest=f"{where.newest:,}"))
        self._show_ways(behind=where.behind)
        self._show_kept(where)

    def _show_ways(self, *, behind: bool) -> None:
        """Show the actions for the past; if the font is large, only in the past."""
        for button in (self.resume, self.branch):
            button.setVisible(behind or not self._large)

    def _show_kept(self, where: RunStatus) -> None:
        self.kept.setText(self.tr("thinned") if where.thinned else "")
        self.kept.setVisible(where.thinned)
        memory = self.tr(
            "Every iteration of the run can be shown. Kept in memory: a moment every {stride} iterations, "
            "{used:.1f} of at most {most:.0f} MB; what lies between is computed again, to the same bits."
        )
        thinner = self.tr(
            "The memory was full once: moments are kept more rarely since, so seeking takes longer."
        )
        tip = memory.format(
            stride=f"{where.stride:,}", used=where.bytes / MEGABYTE, most=where.limit_bytes / MEGABYTE
        )
        tip = f"{tip}\n{thinner}" if where.thinned else tip
        if tip != self.slider.toolTip():
            for widget in (self.slider, self.place, self.kept):
                widget.setToolTip(tip)


def _stacked(*widgets: QWidget) -> QStackedWidget:
    """Return a stack of these widgets, of which one is visible."""
    stack = QStackedWidget()
    for widget in widgets:
        stack.addWidget(widget)
    stack.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return stack


def barred(timeline: Timeline) -> QToolBar:
    """Return a tool bar for the bottom of the window that contains a timeline."""
    bar = QToolBar()
    bar.setObjectName("timeline_bar")
    bar.ensurePolished()  # the style sheet sets its margins by its name
    if (layout := bar.layout()) is not None:
        layout.setContentsMargins(0, 1, 0, 1)
    bar.setWindowTitle(timeline.accessibleName())
    bar.setAccessibleName(timeline.accessibleName())
    bar.setMovable(False)
    bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
    bar.addWidget(timeline)
    return bar
