"""Editing single numbers on the canvas: in a small field, with the wheel, or with keys."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QToolTip, QWidget

from core.arrays import Array
from core.language import tr
from core.nn.network import Network
from core.number_style import count_text, exact_text
from gui.canvas.canvas_state import CanvasState, HitTarget
from gui.canvas.design_edits import HIGHEST_RATE, MOST_NEURONS
from gui.canvas.items.neurons import bias_rect
from gui.canvas.network_scene import NetworkScene
from gui.canvas.zoom_view import ZoomView
from gui.qt.drawable import guarded_overrides
from gui.qt.typed_signal import TypedSignal
from gui.widgets.number_edit import MOST, NumberEdit, read

STEP = 0.05
FINE_STEP = 0.005
NOTCH = 120
REST = 450  # milliseconds without a turn of the wheel after which the gesture ends


class EditedParameter(NamedTuple):
    """The weight from ``source`` to neuron ``neuron`` of layer ``layer``; without a source, its bias."""

    layer: int
    neuron: int
    source: int | None


def with_number(network: Network, theta: Array, place: EditedParameter, value: float) -> Array:
    """Return a copy of theta with another value of one parameter."""
    changed: Array = theta.copy()
    if place.source is None:
        network.b(changed, place.layer)[place.neuron] = value
    else:
        network.W(changed, place.layer)[place.source, place.neuron] = value
    return changed


def number_at(network: Network, theta: Array, place: EditedParameter) -> float:
    """Return the value of a parameter in theta."""
    if place.source is None:
        return float(network.b(theta, place.layer)[place.neuron])
    return float(network.W(theta, place.layer)[place.source, place.neuron])


def edit_name(place: EditedParameter) -> str:
    """Return the name of the undo step."""
    return tr("Change bias") if place.source is None else tr("Change weight")


class LayerNumber(NamedTuple):
    """The number in the header of layer ``place`` of a design: its neurons, or the ``rate`` of a dropout."""

    place: int
    rate: bool


class _Bounds(NamedTuple):
    """The name of a number in error messages, its bounds, and the sentence that states them."""

    title: str
    name: str
    least: float
    most: float
    sentence: str
    whole: bool = False


def _bounds(place: EditedParameter | LayerNumber) -> _Bounds:
    if isinstance(place, EditedParameter):
        name = tr("A bias") if place.source is None else tr("A weight")
        said = tr("A weight or bias must be a number between −1,000,000 and 1,000,000.")
        return _Bounds(edit_name(place), name, -MOST, MOST, said)
    if place.rate:
        said = tr("The rate of a dropout must be a number from 0 to {most}.").format(
            most=exact_text(HIGHEST_RATE)
        )
        return _Bounds(tr("Change rate"), tr("The rate"), 0, HIGHEST_RATE, said)
    said = tr("A layer must have 1 to {most} neurons.").format(most=count_text(MOST_NEURONS))
    title, name = tr("Change the number of neurons"), tr("The number of neurons")
    return _Bounds(title, name, 1, MOST_NEURONS, said, whole=True)


class WheelEditor(QObject):
    """Wheel gestures over one number: ``turned`` is emitted at each notch, ``ended`` at the end."""

    turned = Signal(object, float)
    ended = Signal(object, float)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._place: EditedParameter | None = None
        self._value = 0.0
        self._rest = QTimer(self, interval=REST, singleShot=True)
        self._rest.timeout.connect(self.end)

    def turn(self, place: EditedParameter, value: float, angle: int, *, fine: bool) -> None:
        """Turn the wheel by an angle over a number that has ``value`` when the gesture begins."""
        if place != self._place:
            self.end()
            self._place, self._value = place, value
        self._value += (FINE_STEP if fine else STEP) * angle / NOTCH
        self._rest.start()
        self.turned.emit(place, self._value)

    def end(self) -> None:
        """End the gesture, if there is one."""
        self._rest.stop()
        place, self._place = self._place, None
        if place is not None:
            self.ended.emit(place, self._value)


@guarded_overrides
class CanvasNumberEdit(NumberEdit):
    """A small field over a number on the canvas: Enter accepts the input, Escape discards it.

    What the wheel makes of a number of a layer is accepted when the wheel rests, so that a gesture is one
    edit. Invalid input emits ``refused`` with a sentence, which is also shown below the field for a while.
    """

    entered = Signal(object, float)

    def __init__(self, parent: QWidget) -> None:
        self._place: EditedParameter | LayerNumber = EditedParameter(0, 0, None)
        self._first = ""
        super().__init__(
            "", parse=self._parsed, step=STEP, wheel="focused", drag=False, live=False, role="", parent=parent
        )
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setToolTip(tr("Enter takes the number, Escape leaves it as it was"))
        self.typed.connect(self._tell)
        self.refused.connect(self._explain)
        self._rest = QTimer(self, interval=REST, singleShot=True)
        self._rest.timeout.connect(self.take)
        self.hide()

    def open(self, place: EditedParameter | LayerNumber, value: float, around: QRectF) -> None:
        """Open over a rectangle of the canvas, with the present value of the number there."""
        bounds = _bounds(place)
        self._place, self._whole = place, bounds.whole
        self._step = 1.0 if bounds.whole else STEP
        self.set_bounds(bounds.least, bounds.most)
        self.setAccessibleName(bounds.title)
        self.show_value(value)
        self._first = self.text()
        self.settle()
        wide = max(round(around.width()), self.fontMetrics().horizontalAdvance("−0.000000") + 22)
        high = self.sizeHint().height()
        middle = around.center()
        self.setGeometry(round(middle.x() - wide / 2), round(middle.y() - high / 2), wide, high)
        self.show()
        self.selectAll()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def turn_over(self, notches: int) -> None:
        """Change the number, and accept it as soon as the wheel rests, unless the user is typing."""
        typing = self.isModified() and not self._rest.isActive()
        self.turn(notches)
        if not typing:
            self._rest.start()

    def take(self) -> None:
        """Accept the present input, as Enter does."""
        self._rest.stop()
        self._take()
        if not self.refusing:
            self._close()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel over a number of a layer to the canvas, which counts whole notches."""
        if isinstance(self._place, LayerNumber):
            event.ignore()
        else:
            super().wheelEvent(event)

    def _parsed(self, text: str) -> tuple[float | None, str]:
        bounds = _bounds(self._place)
        value, why = read(text, bounds.name, whole=bounds.whole)
        if value is not None and not bounds.least <= value <= bounds.most:
            why = bounds.sentence
        return value, why

    def _tell(self, value: float) -> None:
        if self.text() != self._first:
            self.entered.emit(self._place, value)

    def _explain(self, sentence: str) -> None:
        self.setAccessibleDescription(sentence)
        if sentence:
            QToolTip.showText(self.mapToGlobal(self.rect().bottomLeft()), sentence, self)

    def _close(self) -> None:
        """Return the focus first: hiding the focused field would move it to the next layer."""
        self._rest.stop()
        canvas = self.parentWidget()
        if canvas is not None:
            canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Accept every key: those passed on to the canvas would have another meaning there."""
        super().keyPressEvent(event)
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() == Qt.Key.Key_Escape or (enter and not self.refusing):
            self._close()
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Override the window's shortcuts for every key: space and arrows belong to the field."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        if self._rest.isActive():
            self._rest.stop()
            self._take()
        if event.reason() != Qt.FocusReason.ActiveWindowFocusReason:
            self.setModified(False)  # losing the focus then discards the input
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.ActiveWindowFocusReason:
            self.hide()


WITH_WHEEL = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


class WeightEditController(QObject):
    """Changes single weights and biases of the snapshot shown.

    ``previewed(theta)`` while the wheel turns, ``edited(theta, text)`` at the end of a gesture: theta is
    complete, with one number changed.
    """

    previewed = TypedSignal[Array]()
    edited = TypedSignal[Array, str]()

    def __init__(self, view: ZoomView, state: CanvasState, scene: NetworkScene) -> None:
        super().__init__(view)
        self._view, self._state, self._scene = view, state, scene
        self.number_edit = CanvasNumberEdit(view.viewport())
        self.number_edit.entered.connect(self._edit)
        self._wheel = WheelEditor(self)
        self._wheel.turned.connect(self._preview)
        self._wheel.ended.connect(self._edit)

    def open(self, place: EditedParameter) -> bool:
        """Open the field over a weight or a bias; return whether there is a number to change."""
        number, around = self.number(place), self.rect(place)
        if number is None or around is None:
            return False
        self._wheel.end()
        rect = self._view.mapFromScene(around).boundingRect().toRectF()
        self.number_edit.open(place, number, rect)
        return True

    def open_over(self, part: HitTarget) -> bool:
        """Open the field over a double-clicked target; return whether it is a weight or a bias."""
        return part.kind in ("edge", "bias") and self.open(_parameter(part))

    def turn(self, place: EditedParameter, angle: int, *, fine: bool) -> bool:
        """Change a number by an angle of the wheel; return whether it exists."""
        number = self.number(place)
        if number is not None:
            self._wheel.turn(place, number, angle, fine=fine)
        return number is not None

    def turn_over(self, part: HitTarget | None, angle: int, modifiers: Qt.KeyboardModifier) -> bool:
        """Handle the wheel over a target; return whether it belongs to the selected number."""
        if not modifiers & WITH_WHEEL or part is None or part.kind not in ("edge", "bias", "neuron"):
            return False
        if self.selected != _parameter(part):
            return False
        self.turn(_parameter(part), angle, fine=bool(modifiers & Qt.KeyboardModifier.ShiftModifier))
        return True

    @property
    def selected(self) -> EditedParameter | None:
        """The selected weight, or the bias of the selected neuron."""
        chosen, network = self._state.selection, self._state.network
        n = network.n if network is not None and self._state.live else ()
        if not chosen.layer or chosen.neuron is None or chosen.layer >= len(n):
            return None
        return EditedParameter(chosen.layer, chosen.neuron, chosen.source)

    def rect(self, place: EditedParameter) -> QRectF | None:
        """Return the rectangle of a number, or where it would be."""
        layout = self._state.layout
        if place.source is not None:
            if place.layer in layout.matrices:
                return layout.matrices[place.layer]
            return self._scene.pills.rect((place.layer, place.source, place.neuron))
        column = layout.of_layer(place.layer)
        return bias_rect(column, place.neuron, layout.sizes) or column.tile(place.neuron)

    def number(self, place: EditedParameter) -> float | None:
        """Return the present value of a parameter; None if the network drawn has no numbers."""
        shown = self._shown()
        return None if shown is None else number_at(*shown, place)

    def _shown(self) -> tuple[Network, Array] | None:
        """Return the network drawn and its parameters; None if it has no numbers."""
        network, snapshot = self._state.network, self._state.snapshot
        if network is None or snapshot is None or not self._state.live:
            return None
        return network, snapshot.theta

    def _preview(self, place: EditedParameter, value: float) -> None:
        shown = self._shown()
        if shown is not None:
            self.previewed.emit(with_number(*shown, place, value))

    def _edit(self, place: EditedParameter, value: float) -> None:
        shown = self._shown()
        if shown is not None:
            self.edited.emit(with_number(*shown, place, value), edit_name(place))


def _parameter(part: HitTarget) -> EditedParameter:
    return EditedParameter(part.layer or 0, part.j or 0, part.i)
