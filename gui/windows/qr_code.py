"""A link as a QR code, large enough to be scanned from the last row."""

from __future__ import annotations

import segno
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from core.language import tr
from gui.layout.placement import place, screen_of
from gui.qt.drawable import guarded_overrides, shielded
from gui.text.topics import set_topic
from gui.theme.theme import sized

QUIET = 4  # modules left white around the code, as required by its standard
SHARE = 0.85  # of the screen


@guarded_overrides
class CodeSquare(QWidget):
    """A QR code of a text, black on white in every theme, as large as the room permits."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.modules = [bytes(row) for row in segno.make_qr(text, error="m").matrix]
        self.setAccessibleName(tr("QR code"))
        self.setMinimumSize(240, 240)

    def sizeHint(self) -> QSize:
        return QSize(600, 600)

    @shielded
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        count = len(self.modules) + 2 * QUIET
        unit = min(self.width(), self.height()) // count
        left, top = (self.width() - unit * count) // 2, (self.height() - unit * count) // 2
        painter.fillRect(left, top, unit * count, unit * count, Qt.GlobalColor.white)
        for y, row in enumerate(self.modules, start=QUIET):
            for x, dark in enumerate(row, start=QUIET):
                if dark:
                    painter.fillRect(
                        QRectF(left + x * unit, top + y * unit, unit, unit), Qt.GlobalColor.black
                    )
        painter.end()


class CodeDialog(QDialog):
    """Shows the link of a design as a QR code, and copies it."""

    def __init__(self, link: str, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("qr_code")
        set_topic(self, "exporting", "A link or a QR code")
        self.setWindowTitle(tr("QR code of {title}").format(title=title))
        self.code = CodeSquare(link)
        self.text = QLabel(link)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setFont(sized("number"))
        self.text.setWordWrap(True)
        self.text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton(tr("Copy link"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(link))
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(self.code, 1)
        column.addWidget(self.text)
        column.addWidget(buttons)
        room = screen_of(parent).availableSize() * SHARE
        place(self, (room.width(), room.height()))
