"""Graph canvas: the computational graph, with tooltips, selection, zooming and panning."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView, QMenu, QToolTip, QWidget

from core.export.table import write_files
from core.export.tikz import GraphDrawing, graph_tikz, shape_text
from core.graph.expression_text import expression_text
from core.language import tr
from core.number_style import HIDDEN
from core.project.json_io import FileError, check_output
from gui.canvas.zoom_view import ZoomView
from gui.figures.figure_menu import add_figure_entries
from gui.graph_lab.heat_map import node_tip_html
from gui.graph_lab.painter import GraphItem, GraphPicture
from gui.graph_lab.scalar_explanations import edge_tip, node_tip
from gui.graph_lab.static_text import StaticTextLayout
from gui.graph_lab.stepper import Stepper
from gui.qt.drawable import guarded_overrides
from gui.text.plain_text import plain
from gui.text.reading_direction import keep_left_to_right
from gui.theme.theme import Theme
from gui.widgets import dialogs

LEAST_ROOM = 60.0
PIXELS = 96 / 2.54  # per centimetre
NOTCH = 120
LARGER, LEAST = (1.5, 1.25, 1.0), (1.0, 0.9)
"""Font scales in presentation mode, tried from the largest; then those of a cramped graph."""
UNREADABLE = 1.5
"""A graph in presentation mode that exceeds its room by this factor is shown without most of its labels."""
ZOOM_KEYS = {Qt.Key.Key_Plus: 1.25, Qt.Key.Key_Equal: 1.25, Qt.Key.Key_Minus: 0.8}


@guarded_overrides
class GraphCanvas(ZoomView):
    """The graph at the present step. ``picked`` carries the node that was clicked, -1 if none was."""

    picked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.item = GraphItem()
        self._stepper: Stepper | None = None
        self._writing = StaticTextLayout(1.0)
        self._drag: QPointF | None = None
        self._dragged = False
        self.setAccessibleName(tr("Computational graph"))
        keep_left_to_right(self)
        self.setAccessibleDescription(
            tr("The graph, drawn. The table of every value shows the same as a list.")
        )
        self.setScene(QGraphicsScene(self))
        self.scene().addItem(self.item)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.setMinimumSize(240, 160)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(tr("Computational graph"), self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy = menu.addAction(tr("Copy as lines of text"))
        copy.setEnabled(self._stepper is not None and self._stepper.scalar)
        copy.triggered.connect(self._copy)
        save = menu.addAction(tr("Save for LaTeX (TikZ)…"))
        save.setEnabled(self._stepper is not None and self.picture is not None)
        save.triggered.connect(self._save_tikz)
        add_figure_entries(menu, self)
        menu.popup(event.globalPos())

    def _copy(self) -> None:
        """Copy the graph of an expression as lines that the lab can parse."""
        if self._stepper is not None and self._stepper.scalar:
            QGuiApplication.clipboard().setText(expression_text(self._stepper.graph))

    def tikz(self) -> str:
        """Return the graph in its present state as a drawing for LaTeX; hidden numbers are question marks."""
        stepper, picture = self._stepper, self.picture
        assert stepper is not None and picture is not None
        count = len(stepper.graph.nodes)
        middles = [body.center() / PIXELS for body in picture.layout.bodies]
        gradients = [None if stepper.no_gradient(k) else stepper.gradient(k) for k in range(count)]
        values = [None if stepper.no_value(k) else value for k, value in enumerate(stepper.values)]
        shown = ([shape_text(one) for one in values], [shape_text(one) for one in gradients])
        if stepper.veiled:
            given = [node.module is None for node in stepper.graph.nodes]
            shown = (
                [text if known else HIDDEN for text, known in zip(shown[0], given, strict=True)],
                [HIDDEN] * count,
            )
        return graph_tikz(GraphDrawing(stepper.graph, *shown, [(p.x(), -p.y()) for p in middles]))

    def _save_tikz(self) -> None:
        """Ask for a file and write the graph for LaTeX."""
        title = tr("Save the graph for LaTeX")
        start = str(Path.home() / "graph.tex")
        path = dialogs.file_to_write(self.window(), title, start, "LaTeX (*.tex)", check_output)
        if path is not None:
            try:
                write_files({path: self.tikz().encode()})
            except FileError as error:
                dialogs.MessageBox(self.window(), title, plain(str(error))).open()

    # -- what is shown ---------------------------------------------------------------------------------

    def show_stepper(self, stepper: Stepper) -> None:
        """Draw another graph, or other numbers in the same one; the zoomed section stays."""
        same = self._stepper is not None and self._stepper.graph == stepper.graph
        self._stepper = stepper
        if not same:
            self._fitted = True
            self.item.selected = self.item.pointed = None
        if same and self.picture is not None and self.picture.fits(stepper):
            self.picture.show(stepper)
            self.item.update()
        else:
            self.rebuild()

    def show_step(self) -> None:
        """Draw the present step of the passes."""
        self.item.update()

    def show_theme(self, theme: Theme, scale: float, *, larger: bool = False) -> None:
        """Apply the colours of a theme and the fonts of a scale; ``larger``: enlarged if there is room."""
        self.item.theme, self.item.explains = theme, larger
        self._writing = StaticTextLayout(scale)
        self.setBackgroundBrush(theme.canvas)
        self.rebuild()

    def show_selected(self, k: int | None) -> None:
        """Mark a node; None: no node."""
        self.item.selected = k
        self.item.update()

    @property
    def picture(self) -> GraphPicture | None:
        """The picture that is drawn."""
        return self.item.picture

    @property
    def space(self) -> QRectF:
        """The rectangle of the scene that the graph occupies."""
        return QRectF(self.viewport().rect()) if self.picture is None else self.picture.layout.scene

    def rebuild(self) -> None:
        """Lay out the graph for the present size."""
        if self._stepper is None:
            return
        view = self.viewport()
        room = (max(LEAST_ROOM, view.width()), max(LEAST_ROOM, view.height()))
        for times, cramped, legend in self._attempts():
            writing = StaticTextLayout(times * self._writing.scale)
            picture = GraphPicture(self._stepper, writing, room, cramped=cramped, legend=legend)
            scene = picture.layout.scene
            if scene.width() <= room[0] + 1 and scene.height() <= room[1] + 1:
                break
        beyond = max(scene.width() / room[0], scene.height() / room[1])
        self.item.enlarged = beyond if self.item.explains and beyond > UNREADABLE else 1.0
        self.item.show_picture(picture)
        if self._fitted:
            self.show_all()

    def _attempts(self) -> list[tuple[float, bool, bool]]:
        """Return the styles that are tried until one fits: font scale, whether cramped, with a legend."""
        if not self.item.explains:
            return [(1.0, False, True)]
        comfortable = [(times, False, True) for times in LARGER]
        return [*comfortable, *((times, True, True) for times in LEAST), (LEAST[-1], True, False)]

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """Draw a legend of the pills in the corner, if the pills have no labels themselves."""
        picture = self.picture
        if (
            picture is None
            or not picture.legend
            or self.item.enlarged > 1
            or (picture.labels.style.names and picture.stepper.scalar)
        ):
            return
        painter.save()
        painter.resetTransform()
        view = self.viewport()
        self.item.paint_legend(painter, QPointF(14 * self._writing.scale, view.height()))
        painter.restore()

    # -- gestures --------------------------------------------------------------------------------------

    def node_at(self, point: QPointF) -> int | None:
        """Return the node at a point of the viewport."""
        place = self.mapToScene(point.toPoint())
        bodies = () if self.picture is None else self.picture.layout.bodies
        return next((k for k, body in enumerate(bodies) if body.contains(place)), None)

    def node_middle(self, k: int) -> QPointF:
        """Return the centre of a node in the viewport."""
        assert self.picture is not None
        return QPointF(self.mapFromScene(self.picture.layout.bodies[k].center()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._drag, self._dragged = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is not None and event.buttons() & Qt.MouseButton.LeftButton:
            moved = event.position() - self._drag
            if self._dragged or moved.manhattanLength() > 6:
                self._dragged, self._drag = True, event.position()
                self.pan_by(moved.x(), moved.y())
            return
        pointed = self.node_at(event.position())
        if pointed != self.item.pointed:
            self.item.pointed = pointed
            self.setCursor(
                Qt.CursorShape.ArrowCursor if pointed is None else Qt.CursorShape.PointingHandCursor
            )
            self.item.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._drag is None:
            return
        self._drag = None
        if not self._dragged:
            found = self.node_at(event.position())
            self.picked.emit(-1 if found is None else found)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.node_at(event.position()) is None:
            self.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / NOTCH
        self.zoom_by(1.15**notches, event.position())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ZOOM_KEYS:
            self.zoom_by(ZOOM_KEYS[Qt.Key(event.key())])
        elif event.key() == Qt.Key.Key_0:
            self.fit()
        else:
            event.ignore()  # the arrow keys step, they do not scroll

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.tip_at(QPointF(event.pos())), self)
            return True
        if event.type() == QEvent.Type.Leave and self.item.pointed is not None:
            self.item.pointed = None
            self.item.update()
        return super().viewportEvent(event)

    def tip_at(self, point: QPointF) -> str:
        """Return the tooltip of the node or pill at a point of the viewport; empty: there is none."""
        picture, stepper = self.picture, self._stepper
        if picture is None or stepper is None:
            return ""
        k = self.node_at(point)
        if k is not None:
            k = min(k, picture.labels.count - 1)
            return node_tip(stepper, k) if stepper.scalar else node_tip_html(stepper, k, self.item.theme)
        place = self.mapToScene(point.toPoint())
        for edge, rects in picture.layout.pills.items():
            for gradient, rect in enumerate(rects):
                if rect.contains(place) and (not gradient or picture.labels.gradient(edge) is not None):
                    source = picture.labels.source(edge)
                    if not stepper.scalar:
                        return node_tip_html(stepper, source, self.item.theme, gradient=bool(gradient))
                    return edge_tip(stepper, source, edge[0], gradient=bool(gradient))
        return ""
