"""The overlay over the network: the mark of a gesture, sentences about problems, and hints."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt, QVariantAnimation
from PySide6.QtGui import QFontMetricsF, QPainter, QPainterPath, QPen

from core.language import tr
from core.nn.design import Problem
from gui.canvas.canvas_state import CanvasState, Texts, faded, rounded
from gui.canvas.gestures import DropMark
from gui.canvas.items.edge_labels import PillsItem
from gui.canvas.items.item import CanvasItem
from gui.canvas.items.layer_header import problem_column
from gui.canvas.label_placement import Places, pill_size
from gui.canvas.layout import Layout
from gui.qt import motion
from gui.theme.theme import in_hall, mixed

MARK_TOP = 8.0
WRAP = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class Bubble:
    """A sentence about a problem of the design, under the header that it concerns."""

    text: str
    rect: QRectF
    tip: QPointF


def bubbles(layout: Layout, problems: tuple[Problem, ...], texts: Texts) -> list[Bubble]:
    """Return the sentences under the headers, one above another where they would overlap."""
    metrics: QFontMetricsF = texts.metrics["small"]
    wide = min(38 * layout.sizes.digit, layout.scene.width() - 16)
    made: list[Bubble] = []
    for problem in problems:
        chip = layout.columns[problem_column(layout, problem)].chip
        around = metrics.boundingRect(QRectF(0, 0, wide - 34, 1000), int(WRAP), problem.why)
        rect = QRectF(0, chip.bottom() + 9, around.width() + 34, around.height() + 10)
        right = layout.scene.right() - 8
        rect.moveLeft(max(8.0, min(chip.center().x() - rect.width() / 2, right - rect.width())))
        for other in made:
            if rect.adjusted(-4, -4, 4, 4).intersects(other.rect):
                rect.moveTop(other.rect.bottom() + 5)
        made.append(Bubble(problem.why, rect, QPointF(chip.center().x(), chip.bottom())))
    return made


@dataclass(frozen=True)
class Note:
    """A hint of a few words about what is at ``at``."""

    name: str
    text: str
    at: QPointF


def notes(state: CanvasState, shown: Places, used: set[str]) -> list[Note]:
    """Return the hints not yet followed, at most two; their arrows end below the pills ``shown``."""
    layout, found = state.layout, []
    dense = [column for column in layout.columns if column.layer is not None]
    hidden = state.veiled or state.spotlight is not None or in_hall()  # there the speaker explains
    if state.moment is None or hidden or len(dense) < 2 or state.problems:
        return []
    before, after = dense[-2], dense[-1]
    if after.layer not in layout.matrices:
        edge = (layout.last, before.neurons - 1, after.neurons - 1)
        middle = (before.outs[-1] + after.ins[-1]) / 2
        x, y = shown.get(edge, (float(middle[0]), float(middle[1])))
        y += (pill_size(layout, state.numbers)[1] / 2 if edge in shown else 4) + 3
        text = tr("the thickness of a line is the size of its weight")
        found.append(Note("weight", text, QPointF(x, y)))
    elif not layout.image:
        text = tr("each cell is one weight, its colour the sign")
        rect = layout.matrices[layout.last]
        found.append(
            Note("weight", text, QPointF(rect.center().x(), rect.bottom() + 1.8 * layout.sizes.line))
        )
    first = dense[1]
    if state.pixels is not None and first.style != "block":
        text = tr("what this neuron computes, seen over all inputs")
        box = first.tile(first.neurons - 1)
        lines = {"roomy": 2.4, "row": 0.2}.get(first.style, 1.2)
        at = QPointF(box.center().x(), box.bottom() + lines * layout.sizes.line)
        found.append(Note("tile", text, at))
    return [note for note in found if note.name not in used][:2]


FADE = 300  # milliseconds until a hint that was followed has faded out


class OverlayItem(CanvasItem):
    """Draws the mark of the present gesture, the sentences about problems and the hints."""

    cached = False

    def __init__(self, state: CanvasState, pills: PillsItem) -> None:
        super().__init__(state, 10)
        self._pills = pills
        self.mark: DropMark | None = None
        self.bubbles: list[Bubble] = []
        self.used: set[str] = set()
        self._fading: dict[str, float] = {}
        self._drawn: tuple[str, object] | None = None
        self._notes: list[Note] = []
        self.animation = QVariantAnimation(startValue=1.0, endValue=0.0)
        self.animation.valueChanged.connect(self._fade)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def bounds(self) -> QRectF:
        return self._state.layout.scene.adjusted(-200, -200, 200, 200)

    def use(self, name: str) -> None:
        """Let a hint fade out, since its gesture was used."""
        if name not in self.used and name not in self._fading:
            self._fading[name] = 1.0
            self.animation.setDuration(motion.milliseconds(FADE))
            self.animation.start()

    def _fade(self, opacity: float) -> None:
        for name in self._fading:
            self._fading[name] = opacity
        if opacity <= 0:
            self.used |= set(self._fading)
            self._fading.clear()
        self.refresh()

    def refresh(self) -> None:
        """Draw again, if anything changed."""
        state = self._state
        remark = self._remark()
        self._notes = [] if remark else notes(state, self._pills.shown, self.used)
        rest = (
            self.mark,
            tuple(self.bubbles),
            tuple(self._notes),
            tuple(self._fading.items()),
            state.layout,
            state.theme,
        )
        before, self._drawn = self._drawn, (remark, rest)
        if before is None or before[1] != rest:
            self.update()
        elif before[0] != remark:
            high, scene = 2 * state.layout.sizes.line, state.layout.scene
            self.update(QRectF(scene.left(), scene.bottom() - high, scene.width(), high))

    def _remark(self) -> str:
        """Return how far the pass is; in a network of images else what the lines between layers are."""
        state = self._state
        if state.reach is not None:
            return state.reach.remark
        l = state.selection.layer
        if not state.layout.image or state.layout.last < 2 or state.veiled or self.bubbles or self.mark:
            return ""
        if state.selection.neuron is None or not l:
            return tr("select a neuron to see what it adds to the next layer: W · a")
        if l == state.layout.last:
            return tr("the lines show what each neuron adds to the selected one: W · a")
        return tr("the lines show what the selected neuron adds to each output: W · a")

    def draw(self, painter: QPainter, exposed: QRectF) -> None:
        self._paint_notes(painter)
        for bubble in self.bubbles:
            self._paint_bubble(painter, bubble)
        if self.mark is not None:
            self._paint_mark(painter, self.mark)

    def _paint_bubble(self, painter: QPainter, bubble: Bubble) -> None:
        theme, rect = self._state.theme, bubble.rect
        painter.setPen(QPen(theme.error, 1.2))
        near = max(rect.left() + 10, min(bubble.tip.x(), rect.right() - 10))
        painter.drawLine(bubble.tip, QPointF(near, rect.top()))
        rounded(painter, rect, 6, mixed(theme.panel, theme.error, 0.08), theme.error)
        sign = QPointF(rect.left() + 14, rect.center().y())
        triangle = QPainterPath(sign + QPointF(0, -7))
        triangle.lineTo(sign + QPointF(7.5, 6))
        triangle.lineTo(sign + QPointF(-7.5, 6))
        triangle.closeSubpath()
        painter.fillPath(triangle, theme.error)
        painter.setPen(theme.panel)
        self._state.texts.draw(painter, "bold", "!", sign.x(), sign.y() + 1)
        painter.setPen(theme.text)
        painter.setFont(self._state.texts.fonts["small"])
        painter.drawText(rect.adjusted(27, 3, -4, -3), int(WRAP), bubble.text)

    def _paint_mark(self, painter: QPainter, mark: DropMark) -> None:
        state, scene = self._state, self._state.layout.scene
        colour = state.theme.error if mark.alarming else state.theme.accent
        wide, high = state.texts.width("text", mark.text) + 22, state.layout.sizes.line + 11
        pen = QPen(colour, 2, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(faded(colour, 0.08))
        if mark.x is not None:
            painter.drawLine(QPointF(mark.x, MARK_TOP), QPointF(mark.x, scene.bottom() - high - 8))
            middle = QPointF(mark.x, scene.bottom() - high / 2 - 8)
        else:
            frame = mark.frame or scene
            painter.drawRoundedRect(frame, 8, 8)
            middle = QPointF(frame.center().x(), frame.bottom() + high / 2 + 4)
        x = max(wide / 2 + 4, min(middle.x(), scene.right() - wide / 2 - 4))
        y = min(middle.y(), scene.bottom() - high / 2 - 4)
        rounded(painter, QRectF(x - wide / 2, y - high / 2, wide, high), high / 2, colour, colour)
        painter.setPen(state.theme.on_accent)
        state.texts.draw(painter, "text", mark.text, x, y)

    def _paint_notes(self, painter: QPainter) -> None:
        state = self._state
        if self.mark is not None:
            return
        if remark := self._remark():
            self._paint_remark(painter, remark)
            return
        found = sorted(self._notes, key=lambda note: note.at.x())
        for k, note in enumerate(found):
            right = k == 1 or (len(found) == 1 and note.at.x() > state.layout.scene.center().x())
            painter.setOpacity(self._fading.get(note.name, 1.0))
            self._paint_note(painter, note, right=right)
            painter.setOpacity(1.0)

    def _paint_remark(self, painter: QPainter, remark: str) -> None:
        """Paint the progress of the pass."""
        state, scene = self._state, self._state.layout.scene
        painter.setPen(state.theme.muted)
        y = scene.bottom() - state.layout.sizes.line * 0.9
        state.texts.draw(painter, "note", remark, scene.right() - 14, y, 1.0)

    def _paint_note(self, painter: QPainter, note: Note, *, right: bool) -> None:
        state, scene = self._state, self._state.layout.scene
        half = state.texts.width("note", note.text) / 2
        y = scene.bottom() - state.layout.sizes.line * 0.9
        lowest, highest = (
            (scene.center().x() + 12, scene.right()) if right else (0.0, scene.center().x() - 12)
        )
        if highest - lowest < 2 * half + 10:
            return
        x = max(lowest + half + 5, min(note.at.x() + (0 if right else half * 0.6), highest - half - 8))
        painter.setPen(state.theme.muted)
        state.texts.draw(painter, "note", note.text, x, y)
        start = QPointF(
            max(x - half + 12, min(note.at.x() + 14, x + half - 12)), y - state.layout.sizes.line * 0.7
        )
        painter.setPen(QPen(state.theme.muted, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        arrow = QPainterPath(start)
        arrow.quadTo(QPointF(start.x(), (start.y() + note.at.y()) / 2), note.at)
        painter.drawPath(arrow)
        back = note.at + QPointF(2, 6)
        painter.drawLine(note.at, back + QPointF(3, -1))
        painter.drawLine(note.at, back + QPointF(-4, 1))
