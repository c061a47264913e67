"""A view of all matrices of a layer in the present pass, for one sample or the batch."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from core.analysis.layer_matrices import matrices_of
from core.data.datasets import Dataset
from core.nn.network import Network
from gui.passes.pass_view import PassView
from gui.selection import Selection
from gui.theme.theme import LIGHT, Theme
from gui.views.matrices.blocks import CellRef
from gui.views.matrices.captions import formula_of, meaning_of, plain, selection_of, title_of
from gui.views.matrices.table import MatrixTable, fill_menu
from gui.widgets.form import FocusedComboBox, Segments


class MatricesView(PassView):
    """W, b, z, a, δ, the gradients and the Jacobians of a layer, with their shapes.

    The numbers are those of the selected sample, or else of the first in the batch, or of the whole batch.
    What the pass has not computed yet is a dot. Nothing is computed while the view is hidden.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Matrices"))
        self._theme = LIGHT
        self._pointed: CellRef | None = None
        self.layer = FocusedComboBox()
        self.layer.setAccessibleName(self.tr("Layer"))
        self.layer.setToolTip(self.tr("The layer whose matrices are shown"))
        self.whose = Segments({"sample": self.tr("sample"), "batch": self.tr("batch")})
        self.whose.show_choice("sample")
        self.whose.setAccessibleName(self.tr("Numbers of one sample or of the batch"))
        self.whose.setToolTip(self.tr("Numbers of one sample, or of the whole batch"))
        self.copy_button, self.copy_menu = QToolButton(), QMenu(self)
        self.table = MatrixTable()
        self.line = QLabel()
        self._arrange()
        self.layer.activated.connect(self._pick_layer)
        self.whose.chosen.connect(self._choose)
        self.table.pointed.connect(self._point)
        self.table.picked.connect(lambda place: self.select_requested.emit(self._selection_of(place)))
        self.copy_menu.aboutToShow.connect(lambda: fill_menu(self.copy_menu, self.table, self.table.chosen))
        self.show_theme(self._theme)

    def _arrange(self) -> None:
        self.copy_button.setText(self.tr("Copy"))
        self.copy_button.setAccessibleName(self.tr("Copy a matrix"))
        keys = QKeySequence(QKeySequence.StandardKey.Copy).toString(QKeySequence.SequenceFormat.NativeText)
        tip = self.tr("Copy the matrix clicked last, as CSV, NumPy or LaTeX; {keys} for a spreadsheet")
        self.copy_button.setToolTip(tip.format(keys=keys))
        self.copy_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.copy_button.setMenu(self.copy_menu)
        head = QHBoxLayout()
        head.addWidget(self.layer, 3)
        head.addWidget(self.whose, 4)
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

    # -- what is shown -----------------------------------------------------------------------------

    def show_network(self, network: Network, dataset: Dataset) -> None:
        """Take the layers of another network."""
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
        self.table.show_matrices(shown, captions, [meaning_of(matrix, of_sample) for matrix in shown])
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
