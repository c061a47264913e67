"""The inspector: formulas and numbers of the selected neuron, edge, layer or sample.

It shows formulas in symbols and in numbers, whose terms highlight their edges on the canvas; a curve; the
settings of the selected item; and what the next step of the pass will compute.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from core.arrays import Array
from core.data.datasets import Dataset
from core.debugger.steps import PassStep
from core.derivation.sample_pass import parameter_symbol
from core.derivation.text import SCRIPT
from core.nn.design import Design, Problem
from core.nn.network import Network
from core.nn.neuron_ids import RemovedNeuron
from core.nn.trainer import Phase, Snapshot
from gui.layout.lazy_view import LazyView
from gui.passes.copy_solution import CopyRow
from gui.passes.inspected_sample import InspectedSample, moment_of
from gui.plots.neuron_curve import NeuronCurve
from gui.qt.drawable import guarded_overrides
from gui.qt.typed_signal import TypedSignal
from gui.selection import Selection
from gui.text.formula_browser import FormulaText
from gui.text.rich_text import without
from gui.theme.theme import LIGHT, Theme, icon, in_hall
from gui.views.inspector.layer_and_sample import of_layer, of_network, of_sample
from gui.views.inspector.layer_settings import LayerSettings
from gui.views.inspector.neuron_and_edge import exact_numbers, forward_of_neuron, of_edge, of_neuron
from gui.views.inspector.next_step import NextStep
from gui.views.inspector.parameter import ParameterPanel

MARGINS = (10, 4, 10, 4)
ROOM_FOR_NEXT = 400  # pixels of height


@guarded_overrides
class Inspector(LazyView):
    """Selectable text above a curve and the settings of the selected item.

    The window title names the selected item. Nothing is updated while the inspector is hidden.
    ``weight_history_requested`` requests `show_history` for the selected weight, or the neuron's bias.
    """

    edit_requested = TypedSignal[Design, str, RemovedNeuron | None]()
    select_requested = TypedSignal[Selection]()
    hover_requested = TypedSignal[Selection]()
    theta_previewed = TypedSignal[Array]()
    theta_edit_requested = TypedSignal[Array, str]()
    weight_history_requested = TypedSignal[Selection]()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Inspector"))
        self._network: Network | None = None
        self._dataset: Dataset | None = None
        self._snapshot: Snapshot | None = None
        self._coming: PassStep | None = None
        self._moment: InspectedSample | None = None
        self._selection = Selection()
        self._make()
        self._arrange()
        self._connect()
        self.show_theme(LIGHT)
        self.draw()

    def _make(self) -> None:
        self.text = FormulaText(self.tr("Formulas and numbers of the selection"))
        self.parameter = ParameterPanel()
        self.neuron_curve = NeuronCurve(self.tr("Activation and its slope over z"))
        self.settings = LayerSettings()
        self.next, self.copy = NextStep(), CopyRow()

    def _arrange(self) -> None:
        page = QWidget()
        column = self._column = QVBoxLayout(page)
        column.setContentsMargins(*MARGINS)
        column.setSpacing(6)
        for widget in (self.text, self.parameter, self.neuron_curve, self.settings, self.next):
            column.addWidget(widget)
        column.addStretch(1)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(page)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 6)
        whole.setSpacing(0)
        whole.addWidget(self.area, 1)
        line = QFrame()
        line.setStyleSheet("background: palette(mid); border: 0;")
        line.setFixedHeight(1)
        whole.addWidget(line)
        foot = self._foot = QVBoxLayout()
        foot.setContentsMargins(*MARGINS)
        foot.setSpacing(6)
        foot.addWidget(self.copy)
        whole.addLayout(foot)

    def _connect(self) -> None:
        for text in (self.text, self.next.text):
            text.hovered.connect(self.hover_requested)
            text.chosen.connect(self._choose)
        self.text.went_to.connect(lambda y: self.area.ensureVisible(0, self.text.y() + y))
        self.settings.edit_requested.connect(self.edit_requested)
        self.parameter.theta_previewed.connect(self.theta_previewed)
        self.parameter.theta_edit_requested.connect(self.theta_edit_requested)
        self.parameter.history_requested.connect(self.weight_history_requested)
        self.parameter.fixing_requested.connect(self._fix)
        self.copy.requested.connect(self._copy)

    # -- contents ----------------------------------------------------------------------------------

    def show_design(self, design: Design, problems: Sequence[Problem]) -> None:
        """Show the settings of the selected layer or neuron in a design."""
        self.settings.show_design(design, problems)

    def show_network(self, network: Network, dataset: Dataset) -> None:
        """Explain another network."""
        self.parameter.editor.drop()
        self._network, self._dataset, self._snapshot, self._coming = network, dataset, None, None
        self.draw_if_seen()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Write the numbers of the present pass."""
        self._snapshot = snapshot
        self.draw_if_seen()

    def show_step(self, _last: PassStep | None, coming: PassStep | None) -> None:
        """Record the next step of the pass, whose snapshot follows; None: it is not known."""
        self._coming = coming
        if coming is None:
            self.next.hide()

    def show_selection(self, selection: Selection) -> None:
        """Explain what is selected."""
        self.parameter.editor.finish()
        self._selection = selection
        self.settings.show_selection(selection)
        self.draw_if_seen()
        self.area.verticalScrollBar().setValue(0)

    def show_hover(self, selection: Selection) -> None:
        """Highlight the terms of what the mouse points at in any view."""
        self.text.show_hover(selection)
        self.next.show_hover(selection)

    def show_history(self, iterations: Array, values: Array) -> None:
        """Show values of the selected weight, and the iterations after which they applied, both (n,)."""
        self.parameter.show_history(iterations, values)

    def show_theme(self, theme: Theme) -> None:
        """Write in a theme's colours."""
        for widget in (self.text, self.next, self.neuron_curve, self.parameter):
            widget.show_theme(theme)
        self._sign = icon("sign_selected", theme, theme.accent)
        self.draw_if_seen()

    # -- contents of the page ----------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the next step visible below the scrolling part, if there is room."""
        super().resizeEvent(event)
        pinned = self.height() >= ROOM_FOR_NEXT
        if pinned != (self._foot.indexOf(self.next) >= 0):
            place, k = (self._foot, 0) if pinned else (self._column, self._column.count() - 1)
            place.insertWidget(k, self.next)
            self.next.text.be_firm(not pinned)

    def draw(self) -> None:
        network, dataset, snapshot = self._network, self._dataset, self._snapshot
        self._moment = None
        if network is not None and dataset is not None and snapshot is not None:
            self._moment = moment_of(network, dataset, snapshot, self._selection.sample, self._coming)
        l, j, i = self._within()
        title, html = self._page(l, j, i)
        self.setWindowTitle(title)
        self._show_sign()
        self.text.write(without(html, Selection(l, j, i)))
        exactly = (
            "" if self._moment is None or l is None or j is None else exact_numbers(self._moment, l, j, i)
        )
        self.text.setToolTip(exactly)
        self.parameter.show_parameter(self._moment, l, i, j)
        self.neuron_curve.show_moment(self._moment, l, j, i)
        self.next.show_step(self._moment, self._coming)
        for part in (self.parameter, self.neuron_curve, self.settings, self.next) if in_hall() else ():
            part.hide()  # an audience only reads
        self.copy.setVisible(not in_hall())
        self.copy.button.setEnabled(self._moment is not None)

    def _show_sign(self) -> None:
        """Mark the title in the same way as the selected item is marked on the canvas."""
        sign = self._sign if self._selection != Selection() else QIcon()
        if sign.cacheKey() != self.windowIcon().cacheKey():
            self.setWindowIcon(sign)

    def _page(self, l: int | None, j: int | None, i: int | None) -> tuple[str, str]:
        """Return title and text for the selected item."""
        moment = self._moment
        if moment is not None and l is not None and j is not None and i is not None:
            title = self.tr("Weight {i} → {j}, layer {l}")
            return title.format(i=i + 1, j=j + 1, l=l), of_edge(moment, l, i, j)
        if moment is not None and l is not None and j is not None:
            forward_alone = in_hall() and l > 0 and not self._went_back  # an audience cannot scroll
            html = forward_of_neuron(moment, l, j) if forward_alone else of_neuron(moment, l, j)
            return self.tr("Neuron {j}, layer {l}").format(j=j + 1, l=l), html
        if moment is not None and l is not None:
            return self.tr("Layer {}").format(l), of_layer(moment, l)
        if moment is not None and moment.alone:
            if not moment.of_data:
                return self.tr("Your own input"), of_sample(moment)
            return self.tr("Sample {}").format(moment.dataset.number_of(moment.case.sample)), of_sample(
                moment
            )
        return self.tr("Inspector"), of_network(self._snapshot, self._network)

    @property
    def _went_back(self) -> bool:
        """Whether the pass shown is a backward pass."""
        return self._snapshot is not None and self._snapshot.phase is Phase.BACKWARD

    def _within(self) -> tuple[int | None, int | None, int | None]:
        """Return layer, neuron and source of the selection, or None where the network has no such item."""
        network, l, j, i = (
            self._network,
            self._selection.layer,
            self._selection.neuron,
            self._selection.source,
        )
        if network is None or l is None or not 0 <= l < len(network.n):
            return None, None, None
        j = j if j is not None and j < network.n[l] else None
        i = i if i is not None and j is not None and l > 0 and i < network.n[l - 1] else None
        return l, j, i

    # -- requests ----------------------------------------------------------------------------------

    def _choose(self, selection: Selection) -> None:
        """Select the term that was clicked, keeping the selected sample."""
        self.select_requested.emit(replace(selection, sample=self._selection.sample))

    def _fix(self, fixed: bool) -> None:
        """Request that training leaves the selected weight, or the bias of the neuron, unchanged, or not."""
        (l, j, i), network = self._within(), self._network
        if network is None or l is None or j is None:
            return
        symbol = SCRIPT.symbol(parameter_symbol(l, i, j))
        text = (self.tr("Fix {name}") if fixed else self.tr("Release {name}")).format(name=symbol)
        self.settings.fix(l, network.n[l - 1], (i, j), fixed, text)

    def _copy(self, form: str) -> None:
        if self._moment is not None:
            self.copy.copy(self._moment, form)
