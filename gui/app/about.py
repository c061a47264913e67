"""The dialog about the program, and the fault report that the user completes; nothing is sent."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QTextCursor
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.language import tr
from core.project.json_io import FileError
from gui.app.fault_report import report, write_report
from gui.app.installation import facts, screens, version
from gui.layout.placement import place
from gui.text.topics import set_topic
from gui.widgets import dialogs
from gui.windows.manual.window import open_manual

COLUMNS, ROWS = 84, 22
"""Characters per line and lines of the text that are visible at first."""


class TextDialog(QDialog):
    """A dialog with a sentence, a text, and a row of buttons, the first of which copies the text."""

    def __init__(self, window: QWidget, title: str, sentence: str, text: str, *, editable: bool) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        set_topic(self, "troubleshooting")
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.sentence, self.text, self.row = QLabel(sentence), QPlainTextEdit(text), QHBoxLayout()
        self.sentence.setWordWrap(True)
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setReadOnly(not editable)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setAccessibleName(title)
        self.text.setToolTip(tr("Change it as you like") if editable else tr("Select it, or copy all of it"))
        self.copy = self.button(tr("&Copy"), tr("Copy all of the text"))
        self.copy.clicked.connect(self._copy)
        column = QVBoxLayout(self)
        column.addWidget(self.sentence)
        column.addWidget(self.text, 1)
        column.addLayout(self.row)

    def button(self, text: str, tip: str) -> QPushButton:
        """Add a button to the row; return it."""
        made = QPushButton(text)
        made.setToolTip(tip)
        made.setAutoDefault(False)
        self.row.addWidget(made)
        return made

    def settle(self) -> None:
        """Add the button that closes the dialog, and show it in the middle of its window."""
        self.row.addStretch(1)
        close = self.button(tr("Cl&ose"), tr("Close this window (Esc)"))
        close.clicked.connect(self.close)
        close.setDefault(True)
        metrics = self.text.fontMetrics()
        lines = min(ROWS, self.text.blockCount() + 2)
        around = 4 * self.copy.sizeHint().height()
        size = COLUMNS * metrics.averageCharWidth(), lines * metrics.lineSpacing() + around
        place(self, size)
        self.show()

    def _copy(self) -> None:
        QApplication.clipboard().setText(self.text.toPlainText())
        self.copy.setText(tr("Copied"))


def show_about(window: QWidget) -> TextDialog:
    """Show the versions of the program's components, which can be copied, and where the licences are."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    said = tr(
        "Glassnet {version}: a neural network you can see through. It is free software under the "
        "MIT licence. It uses Qt and PySide6 under the GNU Lesser General Public License, version 3."
    ).format(version=version())
    dialog = TextDialog(window, tr("About Glassnet"), said, facts(screens(app)), editable=False)
    dialog.setObjectName("about")
    licences = dialog.button(tr("&Licences"), tr("The licences of all that the program is made of"))
    licences.clicked.connect(lambda: open_manual(window, "licences"))
    dialog.settle()
    return dialog


def show_fault_report(window: QWidget, last_actions: Sequence[str]) -> TextDialog:
    """Show a fault report that the user completes, copies or saves."""
    said = tr(
        "Say what you did and what went wrong, and take out what you do not want to tell. "
        "Then copy the text, or save it, and send it to whom you like: the program sends nothing."
    )
    ask = (tr("What I did"), tr("What happened"), tr("What I had expected"))
    asked = "".join(f"{title}\n{'-' * len(title)}\n\n\n" for title in ask)
    dialog = TextDialog(window, tr("Report a fault"), said, asked + report(last_actions), editable=True)
    dialog.setObjectName("fault_report")
    cursor = dialog.text.textCursor()
    cursor.movePosition(QTextCursor.MoveOperation.Down, n=2)
    dialog.text.setTextCursor(cursor)
    save = dialog.button(tr("&Save…"), tr("Save the text to a file"))
    save.clicked.connect(lambda: _save(dialog))
    dialog.settle()
    dialog.text.setFocus()
    return dialog


def _save(dialog: TextDialog) -> None:
    start = str(Path.home() / "glassnet-report.txt")
    if name := dialogs.file_to_save(dialog, tr("Save the report"), start, tr("Text (*.txt)")):
        try:
            write_report(Path(name), dialog.text.toPlainText())
        except FileError as error:
            dialog.sentence.setText(str(error))
