"""Collapsible sections: a column of panels without a scroll bar, each of which folds to a line of summary."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QSizePolicy, QVBoxLayout, QWidget

from gui.qt.drawable import guarded_overrides, shape, shielded
from gui.qt.later import Later
from gui.text.reading_direction import set_reading
from gui.theme.theme import LIGHT, Theme, sized

MARGIN, ARROW, GAP = 10, 7.0, 6


@guarded_overrides
class SectionHeader(QAbstractButton):
    """The line above a section: an arrow, its title and a summary. It is checked while the section is open.

    A click, Space or Enter opens and folds it. Of the summary, whole comma-separated parts are shown
    as far as there is room.
    """

    def __init__(self, title: str) -> None:
        super().__init__()
        self._summary, self._theme = "", LIGHT
        self.setText(title)
        self.setAccessibleName(title)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    @property
    def summary(self) -> str:
        """The contents of the section in a few words."""
        return self._summary

    def show_summary(self, text: str) -> None:
        """Set the summary at the right of the line."""
        if text != self._summary:
            self._summary = text
            self.setAccessibleDescription(text)
            self.setToolTip(text)
            self.update()

    def show_theme(self, theme: Theme) -> None:
        """Apply the colours and the fonts of a theme."""
        self._theme = theme
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, round(QFontMetricsF(sized("title")).height()) + 9)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    @shielded
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lit = theme.accent if self.hasFocus() else theme.text if self.underMouse() else theme.muted
        painter.setPen(QPen(lit, 1.4))
        turned = self.isRightToLeft()
        across = MARGIN + ARROW / 2
        middle = QPointF(self.width() - across if turned else across, self.height() / 2)
        painter.drawPolyline(shape([middle + point for point in _arrow(opened=self.isChecked())]))
        title = sized("title")
        painter.setFont(title)
        left = MARGIN + ARROW + GAP
        width = QFontMetricsF(title).horizontalAdvance(self.text().upper()) * 1.04
        line = QRectF(MARGIN if turned else left, 0, self.width() - left - MARGIN, self.height())
        side = set_reading(painter, self.text(), self, Qt.AlignmentFlag.AlignLeft)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | side, self.text())
        painter.setFont(sized("small"))
        painter.setPen(theme.muted)
        taken = width + 2 * GAP
        rest = line.adjusted(0 if turned else taken, 0, -taken if turned else 0, 0)
        shown = _beginning(self._summary, painter.fontMetrics(), max(0, int(rest.width())))
        side = set_reading(painter, shown, self, Qt.AlignmentFlag.AlignRight)
        painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter | side, shown)
        painter.end()


def _beginning(summary: str, metrics: QFontMetrics, width: int) -> str:
    """Return as many of the comma-separated parts as there is room for; none is truncated."""
    parts = summary.split(", ")
    while parts and metrics.horizontalAdvance(", ".join(parts)) > width:
        parts.pop()
    return ", ".join(parts)


def _arrow(*, opened: bool) -> tuple[QPointF, QPointF, QPointF]:
    """Return the corners of an arrow around its centre: pointing down if the section is open."""
    a, b = ARROW / 2, ARROW / 4
    if opened:
        return QPointF(-a, -b), QPointF(0, b), QPointF(a, -b)
    return QPointF(-b, -a), QPointF(b, 0), QPointF(-b, a)


def _wanted(extra: QWidget) -> int:
    """Return the preferred height of a part of a body at the body's width, with the space above it."""
    parent, inside = extra.parentWidget(), extra.layout()
    around = None if parent is None else parent.layout()
    if parent is None or around is None or inside is None or not inside.hasHeightForWidth():
        return extra.sizeHint().height() + (around.spacing() if around else 0)
    margins = around.contentsMargins()
    return inside.heightForWidth(parent.width() - margins.left() - margins.right()) + around.spacing()


def _show(part: QWidget, on: bool) -> None:
    """Show or hide a part, even while Qt is still processing its being shown."""
    if not on and part.isHidden() and part.isVisible():
        part.show()
    part.setVisible(on)


@dataclass(eq=False)
class FoldingSection:
    """A header and a body below it. ``extra``, a part of the body, is shown only if there is room.

    ``wanted``: the user has not folded it. An open section that is folded for lack of room stays wanted,
    and opens again as soon as there is room.
    """

    header: SectionHeader
    body: QWidget
    extra: QWidget | None
    wanted: bool = True


@guarded_overrides
class FoldingSections(QWidget):
    """A column of sections in the given height: if it is too low, the least recently used one is folded."""

    folded_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sections: dict[str, FoldingSection] = {}
        self._used: list[str] = []  # from the least to the most recently used one
        self._theme = LIGHT
        self._again = Later(self, singleShot=True, interval=0)
        self._again.timeout.connect(self._share_height)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addStretch(1)
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)  # its sections fold instead
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._note_focus)

    def add(self, name: str, title: str, body: QWidget, extra: QWidget | None = None) -> None:
        """Add a section below the others."""
        section = FoldingSection(SectionHeader(title), body, extra)
        self.sections[name] = section
        self._used.insert(0, name)
        column = self.layout()
        assert isinstance(column, QVBoxLayout)
        column.insertWidget(column.count() - 1, section.header)
        column.insertWidget(column.count() - 1, body)
        section.header.show_theme(self._theme)
        section.header.clicked.connect(lambda on: self.open(name) if on else self.fold(name))
        body.installEventFilter(self)
        if extra is not None:
            extra.installEventFilter(self)
        self._share_height()

    def open(self, name: str) -> None:
        """Open a section; others are folded if there is no room for all."""
        self.sections[name].wanted = True
        self._use(name)
        self._share_height()
        self.folded_changed.emit()

    def fold(self, name: str) -> None:
        """Fold a section until it is opened again."""
        self.sections[name].wanted = False
        self._share_height()
        self.folded_changed.emit()

    @property
    def folded(self) -> list[str]:
        """The names of the sections the user has folded."""
        return [name for name, section in self.sections.items() if not section.wanted]

    def show_folded(self, names: list[str]) -> None:
        """Fold just these sections."""
        for name, section in self.sections.items():
            section.wanted = name not in names
        self._share_height()

    def show_summary(self, name: str, text: str) -> None:
        """Set the summary in the header of a section."""
        self.sections[name].header.show_summary(text)

    def show_theme(self, theme: Theme) -> None:
        """Apply the colours and the fonts of a theme."""
        self._theme = theme
        for section in self.sections.values():
            section.header.show_theme(theme)
        self._share_height()

    # -- room ---------------------------------------------------------------------------------------

    def _use(self, name: str) -> None:
        self._used.remove(name)
        self._used.append(name)

    def _note_focus(self, _before: QWidget | None, now: QWidget | None) -> None:
        for name, section in self.sections.items():
            if now is not None and section.body.isAncestorOf(now) and self._used[-1] != name:
                self._use(name)

    def _share_height(self) -> None:
        """Open the wanted sections, from the most recently used one on, as far as the height permits."""
        room = self.height() - sum(section.header.sizeHint().height() for section in self.sections.values())
        opened_ones: list[FoldingSection] = []
        for name in reversed(self._used):
            section = self.sections[name]
            height = self._height(section)
            opened = section.wanted and (height <= room or name == self._used[-1])
            if opened:
                room -= height
                opened_ones.append(section)
            section.header.setChecked(opened)
            _show(section.body, opened)
        for height, extra in sorted(
            ((_wanted(section.extra), section.extra) for section in opened_ones if section.extra),
            key=lambda one: one[0],
        ):
            _show(extra, height <= room)
            room -= height if height <= room else 0

    def _height(self, section: FoldingSection) -> int:
        """Return the height of a section's body without its ``extra`` part."""
        layout = section.body.layout()
        if layout is None:
            return section.body.sizeHint().height()
        for inside in reversed(section.body.findChildren(QWidget)):  # inner sizes are passed outwards
            if (within := inside.layout()) is not None:
                within.activate()
        layout.activate()
        width = max(self.width(), section.body.minimumSizeHint().width())
        height = layout.heightForWidth(width) if layout.hasHeightForWidth() else layout.sizeHint().height()
        if section.extra is not None and not section.extra.isHidden():
            height -= _wanted(section.extra)
        return height

    def _is_extra(self, part: QObject) -> bool:
        return any(part is section.extra for section in self.sections.values())

    def minimumSizeHint(self) -> QSize:
        headers = sum(section.header.sizeHint().height() for section in self.sections.values())
        wide = max((part.body.minimumSizeHint().width() for part in self.sections.values()), default=60)
        return QSize(wide, headers)

    def sizeHint(self) -> QSize:
        bodies = sum(self._height(section) for section in self.sections.values() if section.wanted)
        return QSize(self.minimumSizeHint().width(), self.minimumSizeHint().height() + bodies)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_height()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Distribute the height again when a body became higher or lower, or was hidden meanwhile."""
        if event.type() == QEvent.Type.LayoutRequest and not self._is_extra(watched):
            self._share_height()
        elif event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isHidden():
            self._again.start()
        return super().eventFilter(watched, event)
