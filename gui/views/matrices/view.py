"""A view of all matrices of a layer in the present pass, for one sample or the batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from msgspec.structs import replace
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from core.analysis.layer_matrices import Matrix, matrices_of
from core.data.datasets import Dataset
from core.derivation.sample_pass import parameter_symbol
from core.derivation.text import SCRIPT
from core.nn.design import Dense, Design, Problem
from core.nn.network import Network
from core.nn.neuron_ids import RemovedNeuron
from gui.layout.placement import place
from gui.passes.pass_view import PassView
from gui.qt.drawable import guarded_overrides
from gui.qt.typed_signal import TypedSignal
from gui.selection import Selection
from gui.theme.theme import LIGHT, Theme, in_hall
from gui.views.matrices.blocks import CellRef
from gui.views.matrices.captions import formula_of, meaning_of, plain, selection_of, title_of
from gui.views.matrices.first_weights import MOST_CELLS, FirstWeightsForm, Initial
from gui.views.matrices.table import MatrixTable, fill_menu
from gui.widgets.form import FocusedComboBox, Segments


@guarded_overrides
class MatricesView(PassView):
    """W, b, z, a, δ, the gradients and the Jacobians of a layer, with their shapes.

    A button opens a form for the layer's initial weights, which are edited by ``edit_requested``.

    The numbers are those of the selected sample, or else of the first in the batch, or of the whole batch.
    What the pass has not computed yet is a dot. Nothing is computed while the view is hidden.
    """

    edit_requested = TypedSignal[Design, str, RemovedNeuron | None]()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Matrices"))
        self._design: Design | None = None
        self._theme = LIGHT
        self._pointed: CellRef | None = None
        self.layer = FocusedComboBox(self.tr("Layer"), self.tr("The layer whose matrices are shown"))
        self.whose = Segments(
            {"sample": self.tr("sample"), "batch": self.tr("batch")},
            self.tr("Numbers of one sample or of the batch"),
            self.tr("Numbers of one sample, or of the whole batch"),
        )
        self.whose.show_choice("sample")
        self.copy_button, self.copy_menu = QToolButton(), QMenu(self)
        self.first = QToolButton()
        self.table = self.figure = MatrixTable()
        self.table.setAccessibleName(self.tr("Matrices"))
        self.line = QLabel()
        self._arrange()
        self.layer.activated.connect(self._pick_layer)
        self.whose.chosen.connect(self._choose)
        self.table.pointed.connect(self._point)
        self.table.picked.connect(lambda place: self.select_requested.emit(self._selection_of(place)))
        self.copy_menu.aboutToShow.connect(lambda: fill_menu(self.copy_menu, self.table, self.table.chosen))
        self.first.clicked.connect(self._open_first)
        self.table.menu_extended.connect(self._extend_menu)
        self.show_theme(self._theme)

    def _arrange(self) -> None:
        self.copy_button.setText(self.tr("Copy"))
        self.copy_button.setAccessibleName(self.tr("Copy a matrix"))
        keys = QKeySequence(QKeySequence.StandardKey.Copy).toString(QKeySequence.SequenceFormat.NativeText)
        tip = self.tr("Copy the matrix clicked last, as CSV, NumPy or LaTeX; {keys} for a spreadsheet")
        self.copy_button.setToolTip(tip.format(keys=keys))
        self.copy_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.copy_button.setMenu(self.copy_menu)
        self.first.setText(self.tr("First…"))
        self.first.setAccessibleName(self.tr("First weights"))
        self.first.setToolTip(self.tr("Type or paste the weights and biases with which training begins"))
        head = QHBoxLayout()
        head.addWidget(self.layer, 3)
        head.addWidget(self.whose, 4)
        head.addWidget(self.first)
        head.addWidget(self.copy_button)
        self.line.setProperty("look", "small")
        self.line.setTextFormat(Qt.TextFormat.RichText)
        self.line.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 2, 4, 2)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.table, 1)
        column.addWidget(self.line)

    def sizeHint(self) -> QSize:
        return QSize(300, 360)

    # -- the design --------------------------------------------------------------------------------

    def show_design(self, design: Design, _problems: Sequence[Problem]) -> None:
        """Store the design, whose initial and fixed weights can be edited here."""
        self._design = design

    def _open_first(self) -> None:
        """Open the form for the initial weights of the layer shown."""
        network, l = self._network, self.layer.currentIndex()
        if network is None or not l:
            return
        if network.layers[l - 1].size > MOST_CELLS:
            text = self.tr("{count:,} numbers are too many to be typed; at most {most:,}.")
            self.line.setText(text.format(count=network.layers[l - 1].size, most=MOST_CELLS))
            return
        form = FirstWeightsForm(network, l, self)
        form.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        form.taken.connect(self._set_first)
        place(form, (form.sizeHint().width(), form.sizeHint().height()))
        form.open()

    def _set_first(self, l: int, initial: Initial) -> None:
        self._edit(l, lambda layer: replace(layer, initial=initial), self.tr("First weights"))

    def _edit(self, l: int, change: Callable[[Dense], Dense], text: str) -> None:
        """Request a design in which layer l is changed."""
        if self._design is None or l > len(self._design.dense):
            return
        layers = list(self._design.layers)
        place = [k for k, layer in enumerate(layers) if isinstance(layer, Dense)][l - 1]
        layers[place] = change(self._design.dense[l - 1])
        self.edit_requested.emit(replace(self._design, layers=tuple(layers)), text, None)

    def _extend_menu(self, menu: QMenu, place: CellRef) -> None:
        """Add to the menu of a weight or bias the action that fixes it."""
        matrix, network = self.table.blocks.matrices[place.matrix], self._network
        if matrix.name not in ("W", "b") or network is None or matrix.layer > len(network.layers):
            return
        l, j = matrix.layer, place.column if matrix.name == "W" else place.row
        i = place.row if matrix.name == "W" else None
        fixed = network.design.dense[l - 1].is_fixed(i, j)
        action = menu.addAction(self.tr("Fixed: training leaves it as it is"))
        action.setCheckable(True)
        action.setChecked(fixed)
        name = SCRIPT.symbol(parameter_symbol(l, i, j))
        text = (self.tr("Release {name}") if fixed else self.tr("Fix {name}")).format(name=name)
        inputs = network.n[l - 1]
        action.triggered.connect(
            lambda: self._edit(l, lambda layer: layer.holding(inputs, [(i, j)], not fixed), text)
        )

    # -- contents ----------------------------------------------------------------------------------

    def show_network(self, network: Network, dataset: Dataset) -> None:
        """Set the layers of another network."""
        last, l = len(network.layers), self.layer.currentIndex()
        self.layer.clear()
        for k in range(last + 1):
            self.layer.addItem(self.tr("Layer {}").format(k) if k else self.tr("Input"))
        self.layer.setCurrentIndex(min(l, last) if l > 0 else 1)
        super().show_network(network, dataset)

    def show_selection(self, selection: Selection) -> None:
        """Show the layer of the selection, frame its cells, and use the selected sample."""
        changed = selection.sample != self._selection.sample
        self._selection = selection
        self.table.show_selection(selection)
        l = selection.layer
        if l is not None and l < self.layer.count() and l != self.layer.currentIndex():
            self.layer.setCurrentIndex(l)
            changed = True
        if changed:
            self.draw_if_seen()

    def show_hover(self, selection: Selection) -> None:
        """Frame the cells of what the mouse points at."""
        self.table.show_hover(selection)

    def show_theme(self, theme: Theme) -> None:
        """Paint in a theme's colours."""
        self._theme = theme
        self.table.show_theme(theme)
        for button in (self.first, self.copy_button):
            button.setVisible(not in_hall())  # an audience does not need it
        self.draw_if_seen()

    # -- numbers -----------------------------------------------------------------------------------

    def draw(self) -> None:
        network, snapshot, l = self._network, self._snapshot, self.layer.currentIndex()
        if network is None or snapshot is None:
            self.table.show_matrices((), (), ())
            self._show_line()
            return
        of_sample = not self.of_batch
        values = self.values(network, snapshot)
        column = 0 if of_sample else None
        theta, before, of_pass = snapshot.theta, snapshot.before, snapshot.shown_theta
        shown = matrices_of(network, theta, before, values, l, column, of_pass)
        captions = [title_of(matrix) + formula_of(matrix, network, of_sample) for matrix in shown]
        tips = [meaning_of(matrix, of_sample) for matrix in shown]
        self.table.show_matrices(shown, captions, tips, [_fixed(network, matrix) for matrix in shown])
        self.table.setAccessibleName(self.tr("Matrices of layer {}").format(l))
        self._show_line()

    def _show_line(self) -> None:
        """Show which number the mouse points at, or else whose numbers these are."""
        text = self.table.blocks.reading(self._pointed) or self.whose_numbers()
        if text != self.line.text():
            self.line.setText(text)
            self.table.setAccessibleDescription(plain(text))

    # -- mouse and keyboard ------------------------------------------------------------------------

    def _pick_layer(self, l: int) -> None:
        self._pointed = None
        self.draw_if_seen()
        self.select_requested.emit(Selection(l, sample=self._selection.sample))

    def _choose(self, choice: str) -> None:
        self.of_batch = choice == "batch"
        self.draw_if_seen()

    def _selection_of(self, place: CellRef) -> Selection:
        return selection_of(self.table.blocks.matrices[place.matrix], *place[1:], self._selection.sample)

    def _point(self, place: CellRef | None) -> None:
        self._pointed = place
        self._show_line()
        self.hover_requested.emit(Selection() if place is None else self._selection_of(place))


def _fixed(network: Network, matrix: Matrix) -> tuple[tuple[int, int], ...]:
    """Return the rows and columns of a matrix, W or b, in which a parameter is fixed."""
    if matrix.name not in ("W", "b") or not network.fixed.size:
        return ()
    held = np.zeros(network.parameters, bool)
    held[network.fixed] = True
    mask = network.W(held, matrix.layer) if matrix.name == "W" else network.b(held, matrix.layer)[:, None]
    return tuple((int(i), int(j)) for i, j in np.argwhere(mask))
