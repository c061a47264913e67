"""Copy button: the worked solution of the present sample, as text or LaTeX, to the clipboard."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

from core.explain import solution
from core.explain_case import Unexplained
from core.explain_latex import as_latex
from core.explain_text import as_text
from gui.explain import Moment

WIDTH = 80
SAID_MS = 6000


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


class CopyRow(QWidget):
    """The button, and what it said last."""

    requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.button, self.said = QToolButton(), QLabel()
        self.button.setText(self.tr("Copy solution"))
        self.button.setAccessibleName(self.tr("Copy the worked solution of this sample"))
        self.button.setToolTip(self.tr("The whole pass of this sample, every formula with its numbers"))
        self.button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.button)
        self.as_text = menu.addAction(self.tr("As text"), lambda: self.requested.emit("text"))
        self.as_latex = menu.addAction(self.tr("As LaTeX"), lambda: self.requested.emit("latex"))
        self.button.setMenu(menu)
        self.said.setProperty("look", "small")
        self.said.setWordWrap(True)
        self.said.setAccessibleName(self.tr("What was copied"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.button)
        row.addWidget(self.said, 1)
        self._over = QTimer(self)
        self._over.setSingleShot(True)
        self._over.setInterval(SAID_MS)
        self._over.timeout.connect(self.said.clear)

    def copy(self, moment: Moment, form: str) -> None:
        """Put the worked solution of a moment into the clipboard, and say so, or why not."""
        QGuiApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
        try:
            text = worked_solution(moment, form)
        except Unexplained as error:
            self.said.setText(str(error))
        else:
            QGuiApplication.clipboard().setText(text)
            copied = self.tr("Sample {sample}: {lines} lines copied.")
            self.said.setText(copied.format(sample=moment.case.sample + 1, lines=text.count("\n")))
        finally:
            QGuiApplication.restoreOverrideCursor()
        self._over.start()
