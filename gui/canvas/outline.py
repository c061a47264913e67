"""The outline: the network as a tree (layer, neuron, number) for the keyboard and for screen readers."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from core.analysis.health import Finding
from core.arrays import Array
from core.data.datasets import Dataset
from core.language import tr
from core.nn.design import Dense, Design, Problem
from core.nn.network import Network
from core.nn.trainer import Snapshot
from core.number_style import HIDDEN, NOT_COMPUTED, exact_text, known_text
from gui.canvas.canvas_state import DisplayedPass, moment
from gui.canvas.items.layer_header import activation_title
from gui.canvas.items.warnings import kind_name
from gui.canvas.symbols import input_name, layer_title
from gui.passes.copy_solution import CopyActions
from gui.passes.inspected_sample import InspectedSample as Explained
from gui.passes.inspected_sample import moment_of
from gui.qt.typed_signal import TypedSignal
from gui.selection import ComputedNumber, Selection

SELECTION = Qt.ItemDataRole.UserRole
TITLE = SELECTION + 1
Layers = tuple[Array, ...] | None
_OPENS = QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator


class Outline(QTreeWidget):
    """The layers, their neurons, and the numbers of each. Its selection is synchronized with the window's.

    Numbers are shown for open branches only, at most five times a second. Its menu copies the worked
    solution of the sample shown; ``message`` says what was copied.
    """

    select_requested = TypedSignal[Selection]()
    message = TypedSignal[str]()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Outline of the network"))
        self.setAccessibleDescription(tr("Layers and neurons with their numbers; Enter selects one"))
        self.setColumnCount(3)
        self.setHeaderLabels([tr("Layer, neuron"), tr("Value"), tr("Gradient")])
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2):
            self.header().setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self.header().setStretchLastSection(False)
        self.setUniformRowHeights(True)
        self._design, self._problems = Design(), tuple[Problem, ...]()
        self._network: Network | None = None
        self._dataset: Dataset | None = None
        self._snapshot: Snapshot | None = None
        self._selection = Selection()
        self._findings: tuple[Finding, ...] = ()
        self._veiled, self._told = False, frozenset[ComputedNumber]()
        self.currentItemChanged.connect(self._request)
        self.itemExpanded.connect(self._expand)
        self.copying = CopyActions(self, self._explained)
        self.copying.message.connect(self.message)

    def _explained(self) -> Explained | None:
        """Return what the worked solution explains: the selected sample, or the first of the batch."""
        if self._network is None or self._dataset is None or self._snapshot is None or self._veiled:
            return None
        return moment_of(self._network, self._dataset, self._snapshot, self._selection.sample)

    # -- what is shown ----------------------------------------------------------------------------

    def show_design(self, design: Design, problems: tuple[Problem, ...]) -> None:
        """List another design."""
        if design.layers == self._design.layers and problems == self._problems and self.topLevelItemCount():
            self._design = design
            return
        self._design, self._problems = design, problems
        self._rebuild()

    def show_network(self, network: Network, dataset: Dataset) -> None:
        """Set the network and the data of the next snapshots."""
        self._network, self._dataset, self._snapshot, self._findings = network, dataset, None, ()
        self._rebuild()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the numbers of a moment."""
        self._snapshot = snapshot
        self._write_numbers()

    def show_findings(self, findings: tuple[Finding, ...]) -> None:
        """Show at layers and neurons what is wrong with them."""
        if findings != self._findings:
            self._findings = findings
            self._write_findings()

    def show_veil(self, veiled: bool, told: frozenset[ComputedNumber] = frozenset()) -> None:
        """Write a question mark for all that a pass computes, but for ``told``; weights and biases stay."""
        if (veiled, told) != (self._veiled, self._told):
            self._veiled, self._told = veiled, told
            self._write_numbers()
            self._write_findings()

    def show_selection(self, selection: Selection) -> None:
        """Select the row of what is selected elsewhere."""
        other_sample, self._selection = selection.sample != self._selection.sample, selection
        item = self._item_of(selection)
        with QSignalBlocker(self):
            if item is None:
                self.clearSelection()
            else:
                self.setCurrentItem(item)
                self.scrollToItem(item)
        if other_sample and self._snapshot is not None:
            self._write_numbers()

    # -- the tree ---------------------------------------------------------------------------------

    def _rebuild(self) -> None:
        opened = [item.isExpanded() for item in _rows(self.invisibleRootItem())]
        with QSignalBlocker(self):
            self.clear()
            features = self._dataset.features if self._dataset is not None else 2
            self._add(tr("Input: {n} features").format(n=features), Selection(0), features)
            l, last = 0, len(self._design.dense)
            for place, layer in enumerate(self._design.layers):
                if isinstance(layer, Dense):
                    l += 1
                    text = tr("{title}: {activation}, neurons: {n}").format(
                        title=layer_title(l, last), activation=activation_title(layer), n=layer.neurons
                    )
                    self._add(text, Selection(l), layer.neurons)
                else:
                    text = tr("Dropout: rate {rate}").format(rate=exact_text(layer.rate))
                    self._add(text, Selection(place=place), 0)
            for problem in self._problems:
                QTreeWidgetItem(self, [problem.why]).setFirstColumnSpanned(True)
        for item, was_open in zip(_rows(self.invisibleRootItem()), opened, strict=False):
            item.setExpanded(was_open)
        self.show_selection(self._selection)
        self._write_numbers()
        self._write_findings()

    def _add(self, title: str, selection: Selection, neurons: int) -> None:
        """Add a layer; its neurons are listed when it is opened."""
        item = QTreeWidgetItem(self, [title])
        item.setFirstColumnSpanned(True)
        item.setData(0, SELECTION, selection)
        if neurons:
            item.setChildIndicatorPolicy(_OPENS)
        item.setData(1, SELECTION, neurons)

    def _expand(self, item: QTreeWidgetItem) -> None:
        """List the neurons of a layer, or the numbers of a neuron, when it is opened the first time."""
        chosen = item.data(0, SELECTION)
        if item.childCount() or not isinstance(chosen, Selection) or chosen.layer is None:
            self._write_numbers()
            return
        l = chosen.layer
        if chosen.neuron is None:
            for j in range(item.data(1, SELECTION)):
                child = QTreeWidgetItem(item, [self._neuron_title(l, j), NOT_COMPUTED])
                child.setData(0, SELECTION, Selection(l, j))
                if l:
                    child.setChildIndicatorPolicy(_OPENS)
            self._write_findings()
        else:
            weights = [(tr("W from {i}").format(i=i + 1), i) for i in range(self._before(l))]
            for title, source in (("z", None), ("b", None), *weights):
                child = QTreeWidgetItem(item, [title, NOT_COMPUTED])
                child.setData(0, SELECTION, Selection(l, chosen.neuron, source))
        self._write_numbers()

    def _before(self, l: int) -> int:
        if l == 1:
            return self._dataset.features if self._dataset is not None else 2
        return self._design.dense[l - 2].neurons

    def _neuron_title(self, l: int, j: int) -> str:
        if not l and self._dataset is not None:
            return input_name(self._dataset.feature_names[j])
        return tr("Neuron {j}").format(j=j + 1)

    def _item_of(self, selection: Selection) -> QTreeWidgetItem | None:
        """Return the row of a selection, opening its parent rows."""
        item = None
        for wanted in _way_to(selection):
            if item is not None:
                item.setExpanded(True)
            rows = _rows(item or self.invisibleRootItem())
            found = next((row for row in rows if row.data(0, SELECTION) == wanted), None)
            if found is None:
                return item
            item = found
        return item

    def _request(self, item: QTreeWidgetItem | None) -> None:
        chosen = item.data(0, SELECTION) if item is not None else None
        if isinstance(chosen, Selection):
            sample = self._selection.sample
            self.select_requested.emit(
                Selection(chosen.layer, chosen.neuron, chosen.source, sample, chosen.place)
            )

    # -- findings ---------------------------------------------------------------------------------

    def _write_findings(self) -> None:
        """Append what is wrong to the names of layers and neurons, with the whole sentence as a tooltip."""
        for layer in _rows(self.invisibleRootItem()):
            for row in (layer, *_rows(layer)):
                self._write_finding(row)

    def _write_finding(self, row: QTreeWidgetItem) -> None:
        chosen = row.data(0, SELECTION)
        if not isinstance(chosen, Selection) or chosen.layer is None:
            return
        title = row.data(0, TITLE)
        if title is None:
            title = row.text(0)
            row.setData(0, TITLE, title)
        alike = self._network is not None and self._network.design.layers == self._design.layers
        found = self._findings if alike and not self._veiled else ()
        own = [f for f in found if (f.layer, f.neuron) == (chosen.layer, chosen.neuron)]
        kinds = ", ".join(kind_name(finding.kind) for finding in own)
        text = tr("{title} ({findings})").format(title=title, findings=kinds) if own else title
        said = "\n".join(f"{finding.sentence} {finding.remedy}" for finding in own)
        if row.text(0) != text:
            row.setText(0, text)
        row.setToolTip(0, said)
        row.setData(0, Qt.ItemDataRole.AccessibleDescriptionRole, said)

    # -- numbers ----------------------------------------------------------------------------------

    def _write_numbers(self) -> None:
        """Show the numbers of all open branches."""
        now = self._moment()
        for layer in _rows(self.invisibleRootItem()):
            for neuron in _rows(layer) if layer.isExpanded() else []:
                _write_row(neuron, now, self._hides)
                for item in _rows(neuron) if neuron.isExpanded() else []:
                    _write_row(item, now, self._hides)

    def _hides(self, number: ComputedNumber) -> bool:
        return self._veiled and number not in self._told

    def _moment(self) -> DisplayedPass | None:
        if self._network is None or self._dataset is None or self._snapshot is None:
            return None
        if self._network.design.layers != self._design.layers:
            return None
        return moment(self._network, self._dataset, self._snapshot, self._selection.sample)


def _rows(item: QTreeWidgetItem) -> list[QTreeWidgetItem]:
    return [row for k in range(item.childCount()) if (row := item.child(k)) is not None]


def _way_to(selection: Selection) -> list[Selection]:
    """Return the selections of the rows on the path to this selection: layer, neuron, edge."""
    way = [Selection(selection.layer, place=selection.place)]
    if selection.layer is not None and selection.neuron is not None:
        way.append(Selection(selection.layer, selection.neuron))
        if selection.source is not None:
            way.append(Selection(selection.layer, selection.neuron, selection.source))
    return way


def _write_row(
    row: QTreeWidgetItem, now: DisplayedPass | None, hides: Callable[[ComputedNumber], bool]
) -> None:
    """Write the number and the gradient of a neuron, of its z, its bias or a weight."""
    own = row.data(0, SELECTION)
    l, j = own.layer or 0, own.neuron or 0
    value, slope = ComputedNumber("z", l, j), ComputedNumber("gradient", l, j, own.source)
    values: Layers = None
    slopes: Layers = None
    given, at = not l, tuple[int, ...]((j,))
    if own.source is not None or (l and row.text(0) == "b"):
        given, at = True, (j,) if own.source is None else (own.source, j)
        name = "b" if own.source is None else "W"
        if now is not None:
            values, slopes = getattr(now.theta, name), getattr(now.gradient, name, None)
    elif now is not None:
        of_neuron = row.childIndicatorPolicy() == _OPENS or not l
        values, slopes = (now.a, now.delta if l else None) if of_neuron else (now.z, None)
        if of_neuron:
            value, slope = ComputedNumber("a", l, j), ComputedNumber("delta", l, j)
    row.setText(1, HIDDEN if not given and hides(value) else _text(values, l, at))
    row.setText(2, HIDDEN if l and hides(slope) else _text(slopes, l, at))


def _text(arrays: Layers, l: int, at: tuple[int, ...]) -> str:
    """Return a number of a layer as text."""
    return NOT_COMPUTED if arrays is None else known_text(float(arrays[l][at]))
