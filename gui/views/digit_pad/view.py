"""A view on which a digit is drawn: it is classified while it is drawn, and can be added to the data."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from msgspec.structs import replace
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from core.arrays import Array
from core.data.datasets import OWN_TABLE, Dataset
from core.data.drawn_digit import DARKEST, SHAPE, as_input, blank, digit_image, table_with
from core.data.table_of import table_of
from core.nn.design import Design, Problem
from core.nn.network import Network
from core.nn.neuron_ids import RemovedNeuron
from core.nn.trainer import Snapshot
from core.number_style import value_text
from gui.layout.lazy_view import LazyView
from gui.passes.inspected_sample import pass_shown
from gui.plots.sample_image import grey_image
from gui.qt.drawable import guarded_overrides
from gui.qt.later import Later
from gui.qt.typed_signal import TypedSignal
from gui.selection import OutsideInput, Selection
from gui.theme.theme import Theme, sized
from gui.views.digit_pad.paper import PEN, THICKEST, THINNEST, Paper
from gui.widgets.form import FocusedComboBox
from gui.widgets.slider import FocusedSlider

FRAME_MILLISECONDS = 16  # the network evaluates a drawing once in this time
SEEN = 64  # pixels across the image that the network gets
WIDE = 1.4  # times the height: then the texts are beside the paper


@guarded_overrides
class DigitPad(LazyView):
    """A paper to draw a digit on, its image as the network gets it, and the network's prediction.

    The image is an input outside the data, so that it has only a forward pass, once a frame. With the true
    class it can be added to the data, which then become the user's own table.
    """

    select_requested = TypedSignal[Selection]()
    edit_requested = TypedSignal[Design, str, RemovedNeuron | None]()
    deed_done = TypedSignal[str, Callable[[], object], Callable[[], object]]()
    message = TypedSignal[str]()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Draw a digit"))
        self._network: Network | None = None
        self._dataset: Dataset | None = None
        self._snapshot: Snapshot | None = None
        self._design: Design | None = None
        self._selection = Selection()
        self._input: OutsideInput | None = None
        self._adds = self._meant_chosen = False
        self._added_to: tuple[Dataset, Array] | None = None
        self._frame = Later(self, singleShot=True, interval=FRAME_MILLISECONDS)
        self._frame.timeout.connect(self._send)
        self._added = Later(self, singleShot=True, interval=0)
        self._added.timeout.connect(self._send_added)
        self._make_widgets()
        self._arrange()
        self._show_image(np.zeros(SHAPE))

    def _make_widgets(self) -> None:
        self.paper = Paper()
        self.paper.changed.connect(self._drawing_changed)
        self.paper.ended.connect(lambda before: self._note(self.tr("Draw"), before))
        self.clear = QPushButton(self.tr("Clear"))
        self.clear.setToolTip(self.tr("Begin with empty paper"))
        self.clear.clicked.connect(self._clear)
        self.pen = FocusedSlider(Qt.Orientation.Horizontal)
        self.pen.setRange(THINNEST, THICKEST)
        self.pen.setValue(PEN)
        self.pen.setAccessibleName(self.tr("Width of the pen"))
        self.pen.setToolTip(self.pen.accessibleName())
        self.pen.valueChanged.connect(self.paper.set_pen)
        self.paper.pen_changed.connect(self.pen.setValue)
        self.seen, self.line = QLabel(), QLabel()
        self.seen.setAccessibleName(self.tr("What the network gets: 8 × 8 pixels"))
        self.seen.setToolTip(
            self.tr("Centred and scaled to 8 × 8 pixels from 0 to 16, like the images of the data")
        )
        self.line.setTextFormat(Qt.TextFormat.PlainText)
        self.line.setWordWrap(True)
        self.line.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        name = self.tr("The digit that was meant")
        self.meant = FocusedComboBox(name, self.tr("Say which digit you drew, to add it to the data"))
        self.meant.setSizeAdjustPolicy(FocusedComboBox.SizeAdjustPolicy.AdjustToContents)
        self.meant.activated.connect(self._choose_meant)
        self.add = QPushButton(self.tr("Add to the data"))
        self.add.setToolTip(self.tr("Add the image with this class to the training samples"))
        self.add.clicked.connect(self._add)

    def _arrange(self) -> None:
        pens = QHBoxLayout()
        pens.addWidget(self.clear)
        self.pen_word = QLabel(self.tr("pen"))
        self.pen_word.setProperty("look", "small")
        pens.addWidget(self.pen_word)
        pens.addWidget(self.pen, 1)
        drawing = QHBoxLayout()
        drawing.addWidget(self.paper, 1)
        drawing.addWidget(self.seen)
        joining = QHBoxLayout()
        joining.addWidget(QLabel(self.tr("I meant")))
        joining.addWidget(self.meant)
        joining.addWidget(self.add, 1)
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addLayout(pens)
        column.addWidget(self.line)
        column.addLayout(joining)
        column.addStretch()
        inside, area, whole_view = QWidget(), QScrollArea(), QVBoxLayout(self)
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        whole_view.setContentsMargins(0, 0, 0, 0)
        whole_view.addWidget(area)
        self._body = QBoxLayout(QBoxLayout.Direction.TopToBottom, inside)
        self._body.setContentsMargins(8, 4, 8, 4)
        self._body.addLayout(drawing, 1)
        self._body.addLayout(column)

    def sizeHint(self) -> QSize:
        return QSize(240, 330)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        below = self._body.itemAt(1)
        least = self.paper.minimumSizeHint().height() + (0 if below is None else below.minimumSize().height())
        wide = self.width() > WIDE * self.height() or self.height() < least
        directions = QBoxLayout.Direction
        self._body.setDirection(directions.LeftToRight if wide else directions.TopToBottom)
        self._body.setStretch(1, int(wide))

    # -- contents ----------------------------------------------------------------------------------

    def show_design(self, design: Design, _problems: tuple[Problem, ...]) -> None:
        """Set the design that the drawing is added to."""
        self._design = design

    def show_network(self, network: Network, dataset: Dataset) -> None:
        """Set another network; what was added to its data is its next input."""
        new_data = dataset is not self._dataset
        self._network, self._dataset, self._snapshot = network, dataset, None
        if new_data:
            self.meant.clear()
            self.meant.addItems([*dataset.class_names])
            if self._adds:
                self._added.start()
            elif self._added_to is not None and dataset is self._added_to[0]:  # adding was undone
                self.paper.show_drawing(self._added_to[1])
                self._drawing_changed()
            self._adds = False
        for part in (self.paper, self.clear, self.pen, self.meant, self.add):
            part.setEnabled(self._reads_digits)
        self.draw_if_seen()

    @property
    def _reads_digits(self) -> bool:
        """Whether the samples are images in the format of the drawing."""
        dataset = self._dataset
        return dataset is not None and dataset.image_shape == SHAPE and dataset.task == "classes"

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Classify the drawing with the present parameters."""
        self._snapshot = snapshot
        self.draw_if_seen()

    def show_selection(self, selection: Selection) -> None:
        """Frame the paper while its drawing is the input of the network."""
        self._selection = selection
        self.paper.show_sent(self._input is not None and selection.sample == self._input)

    def show_theme(self, theme: Theme) -> None:
        """Apply the colours of a theme."""
        self.paper.show_theme(theme)
        self.line.setMinimumHeight(2 * QFontMetrics(sized("text")).lineSpacing())  # so that nothing moves

    # -- drawing -----------------------------------------------------------------------------------

    def _drawing_changed(self) -> None:
        if not self._frame.isActive():
            self._frame.start()

    def _send(self) -> None:
        """Select the drawing as the network's input."""
        dataset = self._dataset
        if dataset is None or not self._reads_digits:
            return
        image = digit_image(self.paper.drawing)
        self._show_image(image)
        self._input = OutsideInput(tuple(as_input(dataset, image).tolist())) if image.any() else None
        if not image.any():
            self._meant_chosen = False
        self.select_requested.emit(
            Selection(
                self._selection.layer, self._selection.neuron, self._selection.source, sample=self._input
            )
        )
        self.draw()

    def _show_image(self, image: Array) -> None:
        picture = QPixmap.fromImage(grey_image(image / DARKEST))
        self.seen.setPixmap(picture.scaled(SEEN, SEEN))

    def _clear(self) -> None:
        before = self.paper.drawing
        if before.any():
            self._show_drawing(blank())
            self._note(self.tr("Clear the paper"), before)

    def _show_drawing(self, drawing: Array) -> None:
        self.paper.show_drawing(drawing)
        self._send()

    def _note(self, text: str, before: Array) -> None:
        """Make a change of the drawing undoable."""
        after = self.paper.drawing
        self._send()
        self.deed_done.emit(text, partial(self._show_drawing, before), partial(self._show_drawing, after))
        if self._input is not None:
            self.message.emit(
                self.tr("{reading} It has no target yet, so only the forward pass can run.").format(
                    reading=self.line.text()
                )
            )

    # -- reading -----------------------------------------------------------------------------------

    def draw(self) -> None:
        """Write the network's prediction for the drawing."""
        self.add.setEnabled(self._reads_digits and self._input is not None)
        if self._dataset is not None and not self._reads_digits:
            self.line.setText(
                self.tr("For images of 8 × 8 pixels, as in the data “Digits”: choose those to draw one.")
            )
            return
        network, dataset, snapshot = self._network, self._dataset, self._snapshot
        if self._input is None or network is None or dataset is None or snapshot is None:
            self.line.setText(self.tr("Left button draws, right button erases."))
            return
        values = pass_shown(network, dataset, snapshot, self._input)
        assert values is not None
        o, k = values.a[-1][:, 0], int(dataset.decided(values.a[-1])[0])
        if not self._meant_chosen:
            self.meant.setCurrentIndex(k)
        p = float(o[k]) if o.size > 1 or k else 1 - float(o[0])
        text = self.tr("The network says {name}, with the output {p}.")
        if network.loss.of_probabilities:
            text = self.tr("The network says {name}, with probability {p}.")
        self.line.setText(text.format(name=dataset.class_names[k], p=value_text(p)))

    def _choose_meant(self) -> None:
        self._meant_chosen = True

    # -- adding ------------------------------------------------------------------------------------

    def _add(self) -> None:
        """Add the drawing to the data with its class, as one undo step."""
        design, dataset = self._design, self._dataset
        if design is None or dataset is None or self._input is None:
            return
        own = design.data.table if design.data.source == OWN_TABLE.name else None
        name = self.meant.currentText()
        table = table_with(own or table_of(dataset), digit_image(self.paper.drawing), name)
        self._adds, self._meant_chosen = True, False
        self._added_to = dataset, self.paper.drawing
        data = replace(design.data, source=OWN_TABLE.name, table=table)
        text = self.tr("Add a drawn {name}").format(name=name)
        self.edit_requested.emit(replace(design, data=data), text, None)

    def _send_added(self) -> None:
        """Select the sample that was added last; the paper is cleared for another one."""
        if self._dataset is not None:
            self._input = None
            self.paper.show_drawing(blank())
            self._show_image(np.zeros(SHAPE))
            self.select_requested.emit(Selection(sample=self._dataset.x.shape[1] - 1))
            self.draw()
