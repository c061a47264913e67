"""Message boxes and file dialogs that fit on the screen, with their frame."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMessageBox, QWidget

from core.language import tr
from core.project.json_io import FileError
from gui.layout.placement import fit, place
from gui.qt.drawable import guarded_overrides
from gui.text.plain_text import plain

Button = QMessageBox.StandardButton


@guarded_overrides
class MessageBox(QMessageBox):
    """A message box in the middle of its window, no larger than the screen."""

    def __init__(self, window: QWidget, title: str, text: str) -> None:
        super().__init__(window)
        self.setWindowTitle(title)
        self.setText(text)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)  # which sets its size
        place(self, (self.width(), self.height()))


@guarded_overrides
class FileDialog(QFileDialog):
    """A file dialog in the middle of its window, no larger than the screen."""

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        fit(self)


def question(
    window: QWidget,
    title: str,
    text: str,
    buttons: Button = Button.Yes | Button.No,
    default: Button = Button.NoButton,
) -> Button:
    """Ask a question and return the button pressed; Escape presses the one that cancels."""
    box = MessageBox(window, title, text)
    box.setIcon(QMessageBox.Icon.Question)
    box.setStandardButtons(buttons)
    box.setDefaultButton(default)
    pressed = Button(box.exec())
    box.deleteLater()
    return pressed


def line_of_text(window: QWidget, title: str, label: str, text: str) -> str:
    """Ask for a line of text, suggesting ``text``; return it, or "" if the dialog is cancelled."""
    dialog = QInputDialog(window)
    dialog.setWindowTitle(title)
    dialog.setLabelText(label)
    dialog.setTextValue(text)
    place(dialog, (2 * dialog.sizeHint().width(), dialog.sizeHint().height()))
    accepted = dialog.exec() == QInputDialog.DialogCode.Accepted
    dialog.deleteLater()
    return dialog.textValue().strip() if accepted else ""


def file_to_open(window: QWidget, title: str, folder: str, names: str) -> str:
    """Ask for an existing file; return its path, or "" if none was chosen."""
    dialog = FileDialog(window, title, folder, names)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    return _chosen(dialog)


def file_to_save(window: QWidget, title: str, start: str, names: str, *, confirm: bool = True) -> str:
    """Ask for a file to write, suggesting ``start``; return its path, or "" if none was chosen.

    With ``confirm`` the dialog asks before an existing file is replaced.
    """
    dialog = FileDialog(window, title, str(Path(start).parent) if start else "", names)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setOption(QFileDialog.Option.DontConfirmOverwrite, not confirm)
    dialog.selectFile(Path(start).name)
    return _chosen(dialog)


def may_replace(window: QWidget, path: Path) -> bool:
    """Ask whether a file may be replaced, if there is one; return the answer."""
    if not path.exists():
        return True
    text = tr("“{name}” is there already. Replace it?").format(name=path.name)
    return question(window, tr("Replace the file?"), plain(text)) == Button.Yes


def file_to_write(
    window: QWidget, title: str, start: str, names: str, check: Callable[[Path], object]
) -> Path | None:
    """Ask for a file to write, suggesting ``start``, whose suffix is added to a name without one.

    ``check`` raises FileError if the file cannot be written, and the message is shown. Before a file is
    replaced, the user is asked. None: no file was chosen, or its replacement was declined.
    """
    chosen = file_to_save(window, title, start, names, confirm=False)
    if not chosen:
        return None
    path = Path(chosen) if Path(chosen).suffix else Path(f"{chosen}{Path(start).suffix}")
    try:
        check(path)
    except FileError as error:
        MessageBox(window, title, plain(str(error))).open()
        return None
    return path if may_replace(window, path) else None


def folder(window: QWidget, title: str, start: str) -> str:
    """Ask for an existing folder; return its path, or "" if none was chosen."""
    dialog = FileDialog(window, title, start)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    return _chosen(dialog)


def _chosen(dialog: QFileDialog) -> str:
    accepted = dialog.exec() == QFileDialog.DialogCode.Accepted
    chosen = dialog.selectedFiles()[:1] if accepted else []
    dialog.deleteLater()
    return chosen[0] if chosen else ""
