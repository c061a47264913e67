"""Sharing the design: as a link, as a QR code, and as a file that is dragged out of the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, QPointF, Qt, QTemporaryDir, QUrl, Signal
from PySide6.QtGui import QDrag, QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from core.language import tr
from core.project import files
from core.project.json_io import FileError
from core.project.shared_link import design_link
from gui.actions.registry import Actions
from gui.qt.drawable import guarded_overrides
from gui.session.document import Document
from gui.text.plain_text import file_name
from gui.theme import theme

SIDE = 14


@guarded_overrides
class FileHandle(QLabel):
    """An icon that is dragged out of the window to drop the design, with its weights, as a file.

    ``failed`` carries a sentence on why the file cannot be written.
    """

    failed = Signal(str)

    def __init__(self, work: Callable[[], files.DesignFile]) -> None:
        super().__init__()
        self._work, self._pressed = work, QPointF()
        self._folder: QTemporaryDir | None = None
        said = tr("Drag the design out of the window from here, as a file: into a folder or a message")
        self.setToolTip(said)
        self.setAccessibleName(tr("The design as a file"))
        self.setAccessibleDescription(said)
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def show_theme(self, shown: theme.Theme) -> None:
        """Apply the colours of a theme."""
        self.setPixmap(theme.icon("file-plus", shown, shown.muted).pixmap(SIDE, SIDE))

    def file(self) -> Path:
        """Write what Save would write now to a file in a temporary folder. Raises FileError."""
        work = self._work()
        if self._folder is None:  # deleted when the program ends: the receiver may read the file late
            self._folder = QTemporaryDir()
        name = file_name(work.design.title) or tr("Untitled")
        path = Path(self._folder.path()) / f"{name}{files.SUFFIX}"
        files.write(path, work)
        return path

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        moved = (event.position() - self._pressed).manhattanLength()
        if not event.buttons() & Qt.MouseButton.LeftButton or moved < QApplication.startDragDistance():
            return
        try:
            path = self.file()
        except (FileError, OSError) as error:
            self.failed.emit(str(error))
            return
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        drag = QDrag(self)
        drag.setMimeData(data)
        drag.setPixmap(self.pixmap())
        drag.exec(Qt.DropAction.CopyAction)


class Sharing(QObject):
    """The actions that copy the link of the design and show it as a QR code, and the ``handle`` of its file.

    Signals: ``message`` carries a sentence on what was copied, ``failed`` one on why no link can be made.
    """

    failed = Signal(str)
    message = Signal(str)

    def __init__(
        self,
        window: QWidget,
        actions: Actions,
        document: Document,
        work: Callable[[], files.DesignFile],
    ) -> None:
        super().__init__(window)
        self._window, self._document = window, document
        self.handle = FileHandle(work)
        self.handle.failed.connect(self.failed)
        actions["copy_link"].triggered.connect(self.copy)
        actions["qr_code"].triggered.connect(self.show_code)

    def _link(self) -> str:
        """Return the link of the present design; empty, after an error message, if there is none."""
        try:
            return design_link(self._document.design)
        except FileError as error:
            self.failed.emit(str(error))
            return ""

    def copy(self) -> None:
        """Copy the link of the design."""
        if link := self._link():
            QGuiApplication.clipboard().setText(link)
            text = self.tr("Copied a link of {count} characters: paste it into any Glassnet window.")
            self.message.emit(text.format(count=len(link)))

    def show_code(self) -> None:
        """Show the link as a QR code."""
        from gui.windows.qr_code import CodeDialog  # noqa: PLC0415  (late: the window opens sooner)

        if link := self._link():
            CodeDialog(link, self._document.design.title, self._window).open()
