"""The dialog for a film: what is filmed, its speed, and its file; shows the progress."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QProgressDialog,
    QWidget,
)

from core.language import tr
from core.project.json_io import FileError
from gui.figures.film import SUFFIXES, FilmCancelled, Footage, check_film, save_film
from gui.layout.placement import place
from gui.qt.drawable import whole
from gui.text.plain_text import file_name, plain
from gui.text.topics import set_topic
from gui.widgets import dialogs
from gui.widgets.number_edit import NumberEdit

NAMES = ";;".join(f"{suffix[1:].upper()} (*{suffix})" for suffix in SUFFIXES)
LEAST_RATE, MOST_RATE = 0.1, 60.0


def film(window: QWidget, footage: Footage, path: Path, rate: float) -> bool:
    """Write a film with a progress dialog in which it can be cancelled; return whether it was written.

    Raises FileError.
    """
    bar = QProgressDialog(tr("Filming {name}").format(name=path.name), tr("Cancel"), 0, footage.count, window)
    bar.setWindowModality(Qt.WindowModality.WindowModal)
    bar.setMinimumDuration(0)
    bar.setAutoClose(False)

    def told(k: int) -> bool:
        bar.setValue(whole(min(k, footage.count)))
        QCoreApplication.processEvents()
        return not bar.wasCanceled()

    try:
        save_film(footage, path, rate, told)
    except FilmCancelled:
        return False
    finally:
        bar.close()
        bar.deleteLater()
    return True


class FilmDialog(QDialog):
    """Asks for a film. ``offered`` maps names to functions that make a film, and its pictures per second.

    ``saved`` is the file that was written.
    """

    folder = ""

    def __init__(
        self, window: QWidget, name: str, offered: Mapping[str, tuple[Callable[[], Footage], float]]
    ) -> None:
        super().__init__(window)
        self.setObjectName("film_dialog")
        set_topic(self, "exporting", "Report, solution, film, print")
        self.setWindowTitle(tr("Film: {name}").format(name=name))
        self._window, self._name, self._offered = window, name, offered
        self.saved: Path | None = None
        self.what = QComboBox()
        self.what.setAccessibleName(tr("What is filmed"))
        self.what.setToolTip(tr("What goes on from picture to picture"))
        self.what.addItems(list(offered))
        self.rate = NumberEdit(tr("Pictures a second"), 10.0, LEAST_RATE, MOST_RATE)
        self.form = QFormLayout(self)
        self.form.addRow(tr("What is filmed"), self.what)
        self.form.addRow(tr("Pictures a second"), self.rate)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.save_button = self.buttons.addButton(tr("Save…"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.save_button.setDefault(True)
        self.buttons.accepted.connect(self.save)
        self.buttons.rejected.connect(self.reject)
        self.form.addRow(self.buttons)
        self.what.currentIndexChanged.connect(self._show_rate)
        self._show_rate()

    def _show_rate(self) -> None:
        self.rate.show_value(self._offered[self.what.currentText()][1])

    def save(self) -> None:
        """Ask for a file and write the film."""
        start = str(Path(FilmDialog.folder or Path.home()) / f"{file_name(self._name)}{next(iter(SUFFIXES))}")
        path = dialogs.file_to_write(self._window, self.windowTitle(), start, NAMES, check_film)
        if path is None:
            return
        make, _rate = self._offered[self.what.currentText()]
        self.hide()  # it would cover what is filmed
        try:
            written = film(self._window, make(), path, self.rate.value or LEAST_RATE)
        except FileError as error:
            dialogs.MessageBox(self._window, self.windowTitle(), plain(str(error))).open()
            written = False
        if written:
            self.saved, FilmDialog.folder = path, str(path.absolute().parent)
        self.accept()


def ask_for_film(dialog: FilmDialog) -> FilmDialog:
    """Open a film dialog, which deletes itself."""
    dialog.finished.connect(dialog.deleteLater)
    place(dialog, (dialog.sizeHint().width(), dialog.sizeHint().height()))
    dialog.open()
    return dialog
