"""Copy button: the worked solution of the present sample, as text or LaTeX, to the clipboard."""

from __future__ import annotations

import threading

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

from core.explain import solution
from core.explain_case import Unexplained
from core.explain_latex import as_latex
from core.explain_text import as_text
from gui.explain import Moment

WIDTH = 80
SAID_MS, LOOK_MS = 6000, 50
AT_ONCE = 300  # parameters whose solution is written in less than half a second


def worked_solution(moment: Moment, form: str) -> str:
    """Return the pass of the moment's sample as ``"text"`` or ``"latex"``. Raises Unexplained."""
    snapshot = moment.snapshot
    memory = snapshot.memory if snapshot.memory_before is None else snapshot.memory_before
    worked = solution(
        moment.network,
        snapshot.before,
        moment.dataset,
        moment.case.sample,
        memory=memory,
        iteration=snapshot.pass_number,
        learning_rate=snapshot.learning_rate,
    )
    return as_latex(worked) if form == "latex" else as_text(worked, WIDTH)


class Writing(threading.Thread):
    """Writes a long solution beside the window; ``text`` or ``sorrow``, a sentence, is there at its end."""

    def __init__(self, moment: Moment, form: str) -> None:
        super().__init__(daemon=True)
        self._moment, self._form = moment, form
        self.sample = moment.case.sample
        self.text = self.sorrow = ""

    def run(self) -> None:
        """Write."""
        try:
            self.text = worked_solution(self._moment, self._form)
        except Unexplained as error:
            self.sorrow = str(error)


class CopyRow(QWidget):
    """The button, and what it said last. A long solution is written beside; the button then cancels."""

    requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.button, self.said, self.menu = QToolButton(), QLabel(), QMenu(self)
        self.menu.addAction(self.tr("As text"), lambda: self.requested.emit("text"))
        self.menu.addAction(self.tr("As LaTeX"), lambda: self.requested.emit("latex"))
        self.button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.button.clicked.connect(self._cancel)
        self.button.setStyleSheet("padding: 2px 8px;")
        self.said.setProperty("look", "small")
        self.said.setWordWrap(True)
        self.said.setAccessibleName(self.tr("What was copied"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.button)
        row.addWidget(self.said, 1)
        self._writing: Writing | None = None
        self._over, self._look = QTimer(self, singleShot=True), QTimer(self, interval=LOOK_MS)
        self._over.timeout.connect(self.said.clear)
        self._look.timeout.connect(self._look_after)
        self._name()

    def _name(self) -> None:
        """Say what the button does now."""
        busy = self._writing is not None
        self.button.setMenu(None if busy else self.menu)  # type: ignore[arg-type]
        self.button.setText(self.tr("Cancel") if busy else self.tr("Copy solution"))
        whole = self.tr("Copy the worked solution of this sample")
        self.button.setAccessibleName(self.tr("Cancel the copying") if busy else whole)
        tip = self.tr("The whole pass of this sample, every formula with its numbers")
        self.button.setToolTip(self.tr("Copy nothing") if busy else tip)

    def copy(self, moment: Moment, form: str) -> None:
        """Put the worked solution of a moment into the clipboard, and say so, or why not."""
        self._writing = Writing(moment, form)
        if moment.network.parameters <= AT_ONCE:
            self._writing.run()
            self._finish()
            return
        self._writing.start()
        self._over.stop()
        self.said.setText(self.tr("Writing it out …"))
        self._look.start()
        self._name()

    def _look_after(self) -> None:
        if self._writing is not None and not self._writing.is_alive():
            self._finish()

    def _finish(self) -> None:
        done, self._writing = self._writing, None
        self._look.stop()
        self._name()
        if done is None:
            return
        if done.text:
            QGuiApplication.clipboard().setText(done.text)
        copied = self.tr("Sample {sample}: {lines:,} lines copied.")
        said = copied.format(sample=done.sample + 1, lines=done.text.count("\n"))
        self.said.setText(done.sorrow or said)
        self._over.start(SAID_MS)

    def _cancel(self) -> None:
        if self._writing is not None:
            self._writing = None
            self._look.stop()
            self._name()
            self.said.setText(self.tr("Nothing was copied."))
            self._over.start(SAID_MS)
