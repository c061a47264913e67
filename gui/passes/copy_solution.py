"""Copies the worked solution of the present sample to the clipboard, as text or LaTeX."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

from core.derivation.latex import as_latex
from core.derivation.sample_pass import NoSolution
from core.derivation.solution import solution
from core.derivation.text import as_text
from core.language import tr
from gui.passes.inspected_sample import InspectedSample

WIDTH = 80
SAID_MS, LOOK_MS = 6000, 50
AT_ONCE = 300  # number of parameters up to which the solution is written in less than half a second


def worked_solution(moment: InspectedSample, form: str) -> str:
    """Return the worked pass of ``moment``'s sample as ``"text"`` or ``"latex"``. Raises NoSolution.

    The update in it is the next one with these parameters.
    """
    snapshot = moment.snapshot
    if not moment.of_data:
        raise NoSolution(
            tr("An input outside the data has no target, so there is no backward pass to write out.")
        )
    known = moment.updated or snapshot.memory_before is None
    worked = solution(
        moment.network,
        snapshot.shown_theta,
        moment.dataset,
        moment.case.sample,
        memory=snapshot.memory if known else snapshot.memory_before,
        iteration=snapshot.iteration if moment.updated else snapshot.pass_number,
        learning_rate=snapshot.learning_rate,
    )
    return as_latex(worked) if form == "latex" else as_text(worked, WIDTH)


class SolutionWriting(threading.Thread):
    """Writes a long solution in a thread; at its end ``text``, or an error message in ``fault``, is set."""

    def __init__(self, moment: InspectedSample, form: str) -> None:
        super().__init__(daemon=True)
        self._moment, self._form = moment, form
        self.sample = moment.case.sample
        self.text = self.fault = ""

    def run(self) -> None:
        """Write the solution."""
        try:
            self.text = worked_solution(self._moment, self._form)
        except NoSolution as error:
            self.fault = str(error)


class Copying(QObject):
    """Copies the worked solution of a sample to the clipboard; a long one is written in a thread.

    Signals: ``message`` carries a sentence on what was copied, or why nothing was; ``busy_changed`` carries
    whether a solution is being written.
    """

    message = Signal(str)
    busy_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._writing: SolutionWriting | None = None
        self._look = QTimer(self, interval=LOOK_MS)
        self._look.timeout.connect(self._look_after)

    @property
    def busy(self) -> bool:
        """Whether a long solution is being written."""
        return self._look.isActive()

    def copy(self, moment: InspectedSample, form: str) -> None:
        """Copy the worked solution of ``moment`` to the clipboard, as ``"text"`` or ``"latex"``."""
        self._writing = SolutionWriting(moment, form)
        if moment.network.parameters <= AT_ONCE:
            self._writing.run()
            self._finish(self._writing)
            return
        self._writing.start()
        self._look.start()
        self.message.emit(self.tr("Writing it out …"))
        self.busy_changed.emit(True)

    def cancel(self) -> None:
        """Cancel copying."""
        if self.busy:
            self._end()
            self.message.emit(self.tr("Nothing was copied."))

    def _look_after(self) -> None:
        done = self._writing
        if done is not None and not done.is_alive():
            self._end()
            self._finish(done)

    def _end(self) -> None:
        self._writing = None
        self._look.stop()
        self.busy_changed.emit(False)

    def _finish(self, done: SolutionWriting) -> None:
        if done.text:
            QGuiApplication.clipboard().setText(done.text)
        copied = self.tr("Sample {sample}: {lines:,} lines copied.")
        said = copied.format(sample=done.sample + 1, lines=done.text.count("\n"))
        self.message.emit(done.fault or said)


class CopyActions(QObject):
    """Menu entries of a widget that copy the worked solution of the sample that ``moment`` returns.

    They are actions of the widget: Ctrl+C copies the text while the widget has the focus. If ``moment``
    returns None, nothing is copied. ``message`` carries a sentence on what was.
    """

    message = Signal(str)

    def __init__(self, widget: QWidget, moment: Callable[[], InspectedSample | None]) -> None:
        super().__init__(widget)
        self._moment, self._copying = moment, Copying(self)
        self._copying.message.connect(self.message)
        keys = QKeySequence(QKeySequence.StandardKey.Copy)
        said = self.tr("{keys} copies the whole pass of this sample, every formula with its numbers.")
        said = said.format(keys=keys.toString(QKeySequence.SequenceFormat.NativeText))
        self.text = self._action(widget, self.tr("Copy worked solution"), "text", said)
        self.latex = self._action(widget, self.tr("Copy worked solution as LaTeX"), "latex", said)
        self.text.setShortcut(keys)
        self.text.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        widget.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        widget.setAccessibleDescription(said)

    def _action(self, widget: QWidget, text: str, form: str, said: str) -> QAction:
        action = QAction(text, widget)
        action.setToolTip(said)
        action.triggered.connect(lambda: self._copy(form))
        widget.addAction(action)
        return action

    def _copy(self, form: str) -> None:
        moment = self._moment()
        if moment is None:
            self.message.emit(self.tr("Nothing is computed yet."))
        else:
            self._copying.copy(moment, form)


class CopyRow(QWidget):
    """The copy button, with its last message. While a long solution is written, the button cancels.

    ``requested`` carries the form in which to copy, "text" or "latex".
    """

    requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.button, self.said, self.menu = QToolButton(), QLabel(), QMenu(self)
        self.copying = Copying(self)
        self.menu.addAction(self.tr("As text"), lambda: self.requested.emit("text"))
        self.menu.addAction(self.tr("As LaTeX"), lambda: self.requested.emit("latex"))
        self.button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.button.clicked.connect(self.copying.cancel)
        self.button.setStyleSheet("padding: 2px 8px;")
        self.said.setProperty("look", "small")
        self.said.setWordWrap(True)
        self.said.setAccessibleName(self.tr("What was copied"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.button)
        row.addWidget(self.said, 1)
        self._over = QTimer(self, singleShot=True)
        self._over.timeout.connect(self.said.clear)
        self.copying.message.connect(self._show_message)
        self.copying.busy_changed.connect(self._name)
        self._name()

    def _name(self) -> None:
        """Name the button after what it does now."""
        busy = self.copying.busy
        self.button.setMenu(None if busy else self.menu)  # type: ignore[arg-type]
        self.button.setText(self.tr("Cancel") if busy else self.tr("Copy solution"))
        whole = self.tr("Copy the worked solution of this sample")
        self.button.setAccessibleName(self.tr("Cancel the copying") if busy else whole)
        tip = self.tr("The whole pass of this sample, every formula with its numbers")
        self.button.setToolTip(self.tr("Copy nothing") if busy else tip)

    def copy(self, moment: InspectedSample, form: str) -> None:
        """Copy the worked solution of ``moment`` to the clipboard, and show a message."""
        self.copying.copy(moment, form)

    def _show_message(self, sentence: str) -> None:
        self.said.setText(sentence)
        self._over.stop()
        if not self.copying.busy:
            self._over.start(SAID_MS)
