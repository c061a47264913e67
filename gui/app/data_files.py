"""Opening data: a table from a file (chosen or dropped), from the clipboard, or a bundled one."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import QObject, QSettings, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from core.data.datasets import OWN_TABLE
from core.data.table import Table
from core.language import tr
from core.lecture import scene
from core.nn.design import fitted
from core.project import files
from gui.session.document import Document, dataset_of
from gui.theme.theme import present
from gui.widgets import dialogs
from gui.widgets.files import start_folder

SUFFIXES = "*.csv *.tsv *.tab *.txt *.data *.dat"


def is_table(path: Path) -> bool:
    """Return whether a file is read as a table: it is neither a design nor a model nor a scene."""
    return path.suffix.lower() not in (files.SUFFIX, scene.SUFFIX, "") and not files.is_model(path)


class DataFiles(QObject):
    """Reads tables for the open design; opening one is one undo step.

    ``opened`` is emitted after a table was opened, ``message`` carries a sentence for the status bar.
    """

    opened = Signal()
    message = Signal(str)

    def __init__(self, window: QWidget, document: Document, settings: QSettings) -> None:
        super().__init__(window)
        self._window, self._document, self._settings = window, document, settings
        self.reading: QWidget | None = None

    def ask(self) -> None:
        """Ask for a file and read it."""
        names = self.tr("Tables ({suffixes})").format(suffixes=SUFFIXES) + ";;" + self.tr("All files (*)")
        folder = start_folder(self._settings, "files/data_folder")
        name = dialogs.file_to_open(self._window, self.tr("Open data"), folder, names)
        if name:
            self.read(Path(name))

    def read(self, path: Path) -> None:
        """Show the import dialog for a file."""
        from gui.windows.data_import.window import TableSource  # noqa: PLC0415  (late: seldom needed)

        self._settings.setValue("files/data_folder", str(path.absolute().parent))
        self._show(TableSource(path.absolute()))

    def paste(self) -> None:
        """Show the import dialog for the text of the clipboard."""
        from gui.windows.data_import.window import TableSource  # noqa: PLC0415

        text = QGuiApplication.clipboard().text()
        if text.strip():
            self._show(TableSource(text=text, name=self.tr("Pasted table")))
        else:
            self.message.emit(self.tr("There is no text to paste: copy the cells of a table first."))

    def _show(self, source: object) -> None:
        from gui.windows.data_import.window import ImportWindow, TableSource  # noqa: PLC0415

        assert isinstance(source, TableSource)
        if self.reading is not None:
            self.reading.close()
        window = ImportWindow(source, self._document.design, self._window)
        window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        window.show_theme(present())
        window.opened.connect(self.open)
        window.finished.connect(self._forget)
        self.reading = window
        window.open()

    def _forget(self) -> None:
        self.reading = None

    def open(self, table: Table) -> None:
        """Train on a table: data, output layer and loss change in one undo step; hidden layers stay."""
        design = self._document.design
        changed = replace(design, data=replace(design.data, source=OWN_TABLE.name, table=table))
        self._document.edit(fitted(changed, dataset_of(changed.data)), tr("Open data"))
        self.opened.emit()
