"""A scrollable table of the matrices of a layer, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QMenu, QToolTip, QWidget

from core.analysis.layer_matrices import FORMATS, Matrix, tabbed
from core.language import tr
from core.number_style import known_exactly
from gui.figures.figure import fill_background
from gui.figures.figure_menu import add_figure_entries
from gui.layout.scroll_canvas import ScrollCanvas
from gui.qt.drawable import guarded_overrides, shielded
from gui.qt.typed_signal import TypedSignal
from gui.selection import Selection
from gui.theme.theme import LIGHT, Theme
from gui.views.matrices.blocks import CellRef, MatrixBlocks
from gui.views.matrices.captions import plain, title_of
from gui.widgets.padlock import paint_padlock

ZOOMS = 0.25, 40.0
LEAST_LOCKED = 10  # pixels of height that a cell needs for a padlock
ARROWS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
ZOOM_KEYS = {Qt.Key.Key_Plus: 1.25, Qt.Key.Key_Equal: 1.25, Qt.Key.Key_Minus: 0.8}
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


@guarded_overrides
class MatrixTable(ScrollCanvas):
    """Matrices with captions, in rows as the width allows.

    Signals: ``menu_extended`` carries a context menu before it opens, with the `CellRef` it is for;
    ``pointed`` carries the `CellRef` under the mouse or selected by the arrow keys (None: none),
    ``picked`` the one that was clicked or confirmed. Ctrl with the wheel, + and − magnify large matrices.
    """

    pointed = TypedSignal[CellRef | None]()
    picked = TypedSignal[CellRef]()
    menu_extended = TypedSignal[QMenu, CellRef]()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.blocks = MatrixBlocks(LIGHT)
        self.current: CellRef | None = None
        self._tips: tuple[str, ...] = ()
        self._fixed: tuple[CellRef, ...] = ()
        self._mouse: QPointF | None = None
        self._zoom = 1.0
        self._under: CellRef | None = None
        self._selection, self._hover = Selection(), Selection()

    # -- contents ----------------------------------------------------------------------------------

    def show_matrices(
        self,
        matrices: Sequence[Matrix],
        captions: Sequence[str],
        tips: Sequence[str],
        fixed: Sequence[Sequence[tuple[int, int]]] = (),
    ) -> None:
        """Show matrices under captions in rich text; ``tips`` are tooltips that explain them.

        ``fixed`` are the rows and columns of each of them that have a padlock.
        """
        self._fixed = tuple(CellRef(k, *cell) for k, cells in enumerate(fixed) for cell in cells)
        self.blocks.fill(matrices, captions)
        self._tips = tuple(tips)
        if self.current is not None and not self.blocks.has(self.current):
            self.current = None
        self._lay_out()
        self._point_again()

    def show_selection(self, selection: Selection) -> None:
        """Frame the cells of what is selected."""
        self._selection = selection
        self.viewport().update()

    def show_hover(self, selection: Selection) -> None:
        """Frame the cells of what the mouse points at, in any view."""
        if selection != self._hover:
            self._hover = selection
            self.viewport().update()

    def show_theme(self, theme: Theme) -> None:
        """Paint in a theme's colours and the present fonts."""
        self.blocks.show_theme(theme)
        self._lay_out()

    def _lay_out(self) -> None:
        """Place all matrices, and set the range of the scroll bars."""
        self.blocks.lay_out(self.viewport().width(), self._zoom)
        self.reach(self.blocks.size, self.blocks.line)
        self.viewport().update()

    def _point_again(self) -> None:
        """Update what is under the mouse, which may have changed although the mouse did not move."""
        if self._mouse is not None:
            self._point(self.blocks.place_at(self._mouse + self.offset))

    def cell(self, place: CellRef) -> QRectF:
        """Return the rectangle of a number, in pixels of the viewport."""
        return self.blocks.cell(place).translated(-self.offset)

    @shielded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        theme, blocks, offset = self.blocks.theme, self.blocks, self.offset
        fill_background(painter, event.rect(), theme.panel)
        painter.translate(-offset)
        blocks.paint(painter, QRectF(event.rect()).translated(offset))
        for place in self._fixed:
            cell = blocks.cell(place)
            if cell.height() >= LEAST_LOCKED and cell.translated(-offset).intersects(QRectF(event.rect())):
                side = 0.5 * blocks.line
                corner = QRectF(cell.left() + 1, cell.top() + 1, 0.8 * side, side)
                paint_padlock(painter, corner, theme)
        for selection, colour in ((self._selection, theme.accent), (self._hover, theme.text)):
            for place in blocks.lit(selection):
                blocks.light(painter, place, colour)
        for one in {self._under, self.current if self.hasFocus() else None} - {None}:
            if one is not None and blocks.has(one):
                blocks.light(painter, one, theme.text)
        painter.end()

    # -- mouse and keyboard ------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._mouse = None
            self._point(None)
        elif isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self._tip_at(QPointF(event.pos()) + self.offset), self)
            return True
        return super().viewportEvent(event)

    def _tip_at(self, point: QPointF) -> str:
        """Return a description of the matrix at a point, and the number there with all its digits."""
        k, place = self.blocks.matrix_at(point), self.blocks.place_at(point)
        if k is None or place is None:
            return "" if k is None else self._tips[k]
        value = self.blocks.matrices[place.matrix].values[place.row, place.column]
        return f"<p><b>{known_exactly(value)}</b></p><p>{self._tips[k]}</p>"

    def _point(self, place: CellRef | None) -> None:
        if place != self._under:
            self._under = place
            self.pointed.emit(place)
            self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._mouse = event.position()
        self._point_again()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.blocks.place_at(event.position() + self.offset)
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            self.current = place
            self.picked.emit(place)
            self.viewport().update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.magnify(1.25 ** (event.angleDelta().y() / 120))
            event.accept()
        else:
            super().wheelEvent(event)
            self._point_again()

    def magnify(self, factor: float) -> None:
        """Enlarge or shrink the cells of large matrices, keeping the current number visible."""
        self._zoom = min(ZOOMS[1], max(ZOOMS[0], self._zoom * factor))
        self._lay_out()
        looked_at = self._under or self.current
        if looked_at is not None:
            self.reveal(self.blocks.surroundings(looked_at))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut and self._under is None:
            self.pointed.emit(None)
        # Arrow keys, Space and Copy are shortcuts of the window too; here they belong to the table.
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and _takes(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif key in ARROWS:
            self.current = self.blocks.neighbour(self.current, *ARROWS[key])
            if self.current is not None:
                self.reveal(self.blocks.surroundings(self.current))
            self._under = None
            self.pointed.emit(self.current)
            self.viewport().update()
        elif key in ENTER and self.current is not None:
            self.picked.emit(self.current)
        elif key in ZOOM_KEYS:
            self.magnify(ZOOM_KEYS[key])
        else:
            super().keyPressEvent(event)

    # -- copying -----------------------------------------------------------------------------------

    @property
    def chosen(self) -> int | None:
        """The matrix to copy: that under the mouse, or else with the current number, or else the first."""
        place = self._under or self.current
        if place is not None and self.blocks.has(place):
            return place.matrix
        return 0 if self.blocks.matrices else None

    def copy(self, k: int | None = None, form: str = "") -> None:
        """Copy a matrix to the clipboard as "CSV", "NumPy" or "LaTeX", or by default separated by tabs."""
        k = self.chosen if k is None else k
        if k is not None:
            QGuiApplication.clipboard().setText(FORMATS.get(form, tabbed)(self.blocks.matrices[k].values))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        position = QPointF(self.viewport().mapFromGlobal(event.globalPos()))
        k = self.blocks.matrix_at(position + self.offset)
        if k is None:
            event.ignore()
        else:
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            place = self.blocks.place_at(position + self.offset)
            if place is not None:
                self.menu_extended.emit(menu, place)
            add_copying(menu, self, k)
            add_figure_entries(menu, self)
            menu.popup(event.globalPos())


def _takes(event: QKeyEvent) -> bool:
    """Whether the table handles a key."""
    if event.matches(QKeySequence.StandardKey.Copy):
        return True
    others = event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
    return not others and event.key() in (*ARROWS, *ENTER, *ZOOM_KEYS)


def fill_menu(menu: QMenu, table: MatrixTable, k: int | None) -> None:
    """Fill a menu with entries that copy a matrix of a table in every form."""
    menu.clear()
    if k is not None:
        add_copying(menu, table, k)


def add_copying(menu: QMenu, table: MatrixTable, k: int) -> None:
    """Add entries to a menu that copy a matrix of a table in every form."""
    name = plain(title_of(table.blocks.matrices[k]))
    for form in FORMATS:
        text = tr("Copy {matrix} as {form}").format(matrix=name, form=form)
        menu.addAction(text).triggered.connect(lambda _on=False, form=form: table.copy(k, form))
    action = menu.addAction(tr("Copy {matrix} for a spreadsheet").format(matrix=name))
    action.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
    action.setShortcutVisibleInContextMenu(True)
    action.triggered.connect(lambda: table.copy(k))
