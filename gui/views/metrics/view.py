"""A view of the metrics besides the accuracy: a table, and the curves or residuals behind them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from core.analysis.metrics import (
    CALIBRATION_ERROR,
    ROC_AREA,
    Calibration,
    NamedMetric,
    RocCurve,
    calibration,
    confusion_counts,
    decision_metrics,
    in_units,
    names_of,
    roc_curve,
    scores_of_class,
    usual_threshold,
    value_metrics,
)
from core.analysis.sample_losses import SampleLosses
from core.arrays import Array
from core.data.datasets import Dataset
from core.nn.network import Network
from core.nn.trainer import Snapshot
from core.number_style import value_text
from core.slices import Sliced
from gui.layout.lazy_view import LazyView
from gui.passes.losses_in_slices import LossesInSlices
from gui.qt.drawable import guarded_overrides
from gui.qt.in_slices import InSlices
from gui.qt.typed_signal import TypedSignal
from gui.selection import Selection
from gui.theme.theme import Theme
from gui.views.metrics.plots import TEST, TRAIN, CalibrationPlot, ResidualPlot, RocPlot
from gui.views.metrics.table import MetricRow, MetricTable, name_of
from gui.widgets.form import FocusedComboBox, Segments

TABLE, ROC, CALIBRATION, RESIDUALS = "table", "roc", "calibration", "residuals"
WIDE = 1.5  # times the height: the plot stands beside the table
QUICK = 10_000  # samples are judged at once
HIGH = 26  # lines of text: table and plot have room above one another


@dataclass(frozen=True)
class _Outcome:
    """A cell of the confusion matrix at the threshold: true class or not, predicted or not."""

    name: str
    is_class: bool
    called: bool


OUTCOMES = (
    _Outcome("TP", True, True),
    _Outcome("FP", False, True),
    _Outcome("FN", True, False),
    _Outcome("TN", False, False),
)


@guarded_overrides
class MetricsView(LazyView):
    """The metrics on the training and the test samples, and the plots behind them.

    If there is no room for both, the table is one more tab of the plots.
    For classes: precision, recall and F1, and of one class the ROC curve, whose point is the threshold, and
    the calibration curve. For values: R², RMSE and MAE, and the residuals. A click on a residual, or on a
    count at the threshold, requests to select a sample in all views.
    """

    select_requested = TypedSignal[Selection]()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Metrics"))
        self._dataset: Dataset | None = None
        self._snapshot: Snapshot | None = None
        self._selection = Selection()
        self._losses = LossesInSlices(self)
        self._work = InSlices(self)
        self._losses.known.connect(lambda of, found: self._work.want(self._shown(of, found)))
        self._scores: dict[str, tuple[Array, Array]] = {}
        self.part = TEST
        self.threshold: float | None = None
        self.tab, self.plot_name = TABLE, ROC
        self._make_widgets()
        self._arrange()
        self._show_tab()

    # -- widgets -----------------------------------------------------------------------------------

    def _make_widgets(self) -> None:
        self.table = MetricTable()
        self.roc, self.calibration, self.residuals = RocPlot(), CalibrationPlot(), ResidualPlot()
        self.roc.threshold_chosen.connect(self._set_threshold)
        self.residuals.picked.connect(self._send)
        self.of = FocusedComboBox(
            self.tr("Class or target of the curves"),
            self.tr("The class or the target whose curves are drawn"),
        )
        self.of.activated.connect(lambda _k: self._choose_of())
        names = {
            TABLE: self.tr("table"),
            ROC: self.tr("ROC"),
            CALIBRATION: self.tr("calibration"),
            RESIDUALS: self.tr("residuals"),
        }
        self.tabs = {
            choices: Segments(
                {choice: names[choice] for choice in choices},
                self.tr("What is shown"),
                self.tr("The metrics as a table, or a curve of what they are computed from"),
            )
            for choices in ((ROC, CALIBRATION), (TABLE, ROC, CALIBRATION), (TABLE, RESIDUALS))
        }
        for tabs in self.tabs.values():
            tabs.chosen.connect(self._choose_tab)
        self.parts = Segments(
            {TRAIN: self.tr("train"), TEST: self.tr("test")},
            self.tr("Samples of the plot"),
            self.tr("Look at the samples the network learns from, or at those held back"),
        )
        self.parts.chosen.connect(self._choose_part)
        self.outcomes = {outcome.name: QToolButton() for outcome in OUTCOMES}
        for outcome in OUTCOMES:
            button = self.outcomes[outcome.name]
            button.setAccessibleName(outcome.name)
            button.setToolTip(self.tr("The samples of this kind; each click sends the next one"))
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            button.setProperty("look", "chip")
            button.setProperty("small", True)
            button.clicked.connect(lambda _on=False, outcome=outcome: self._send_next(outcome))
        self.line = QLabel()
        self.line.setTextFormat(Qt.TextFormat.PlainText)
        self.line.setProperty("look", "small")
        self.line.setWordWrap(True)
        self.line.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def _arrange(self) -> None:
        """Put table and plots one above the other; `_show_tab` changes that according to the room."""
        head = QHBoxLayout()
        for tabs in self.tabs.values():
            head.addWidget(tabs, 1)
        of_what = QHBoxLayout()
        of_what.addWidget(self.of, 3)
        of_what.addWidget(self.parts, 2)
        self._at_threshold = QWidget()
        counts = QHBoxLayout(self._at_threshold)
        counts.setContentsMargins(0, 0, 0, 0)
        counts.setSpacing(2)
        for button in self.outcomes.values():
            counts.addWidget(button, 1)
        self._plots = QWidget()
        column = QVBoxLayout(self._plots)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addLayout(head)
        column.addLayout(of_what)
        for plot in (self.roc, self.calibration, self.residuals):
            column.addWidget(plot, 1)
        column.addWidget(self._at_threshold)
        column.addWidget(self.line)
        self._body = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._body.setContentsMargins(8, 4, 8, 4)
        self._body.setSpacing(6)
        self._body.addWidget(self.table, 2)
        self._body.addWidget(self._plots, 3)

    def sizeHint(self) -> QSize:
        return QSize(300, 380)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_tab()

    # -- contents ----------------------------------------------------------------------------------

    def show_network(self, _network: Network, dataset: Dataset) -> None:
        """Evaluate another network, or other data; if there are no test samples, on the training samples."""
        new_data = dataset is not self._dataset
        self._dataset, self._snapshot = dataset, None
        self._losses.forget()
        self._work.forget()
        if not new_data:
            return
        classes = dataset.task == "classes"
        self.threshold = None
        self.of.clear()
        self.of.addItems([*names_of(dataset)])
        self.of.setCurrentIndex(1 if classes and self.of.count() == 2 else 0)
        self.of.setVisible(self.of.count() > 1)
        name = self.tr("Class that is judged against all others") if classes else self.tr("Target")
        self.of.setAccessibleName(name)
        self.of.setToolTip(name)
        self.part = self.part if dataset.test.size else TRAIN
        self.parts.show_choice(self.part)
        self._show_tab()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Evaluate the network with the present parameters, unless that is done already."""
        before, self._snapshot = self._snapshot, snapshot
        if before is None or not np.array_equal(before.shown_theta, snapshot.shown_theta):
            self.draw_if_seen()

    def draw(self) -> None:
        """Evaluate the network with the present parameters."""
        if self._snapshot is not None:
            self._losses.want(self._snapshot)

    def show_theme(self, theme: Theme) -> None:
        """Apply the colours of a theme and the present font sizes."""
        for part in (self.table, self.roc, self.calibration, self.residuals):
            part.show_theme(theme)
        self._losses.tell_again()

    def show_selection(self, selection: Selection) -> None:
        """Mark the selected sample among the residuals."""
        self._selection = selection
        self.residuals.show_selected(selection.column)

    # -- metrics -----------------------------------------------------------------------------------

    def _shown(self, snapshot: Snapshot, found: SampleLosses) -> Sliced[None]:
        """Judge the outputs of all samples and show what comes out."""
        dataset, of = snapshot.dataset, max(0, self.of.currentIndex())
        sets = {TRAIN: dataset.train, TEST: dataset.test}
        sets = {part: samples for part, samples in sets.items() if samples.size}
        if found.decided is None:
            self._show_values(dataset, found.o, sets, of)
        else:
            yield from self._show_classes(dataset, found.o, found.decided, sets, of)

    def _show_values(self, dataset: Dataset, o: Array, sets: dict[str, Array], of: int) -> None:
        y, o = in_units(dataset, dataset.targets(len(o))), in_units(dataset, o)
        metrics = {part: [*value_metrics(y[:, s], o[:, s])] for part, s in sets.items()}
        self._show_rows(dataset, metrics, of)
        self.residuals.show_residuals(o[of], y[of] - o[of], sets)
        self.line.setText(self.tr("filled: training samples, hollow: test samples"))

    def _show_classes(
        self, dataset: Dataset, o: Array, decided: Array, sets: dict[str, Array], of: int
    ) -> Sliced[None]:
        labels, classes = dataset.labels, len(dataset.class_names)
        scores, metrics = scores_of_class(dataset, o, of), dict[str, list[NamedMetric]]()
        self._scores = {part: (s, scores[s]) for part, s in sets.items()}
        positive = labels == of
        rocs, reliable = dict[str, RocCurve](), dict[str, Calibration]()
        for part, s in sets.items():
            rocs[part] = roc_curve(scores[s], positive[s])
            if s.size > QUICK:
                yield
            reliable[part] = calibration(scores[s], positive[s])
            if s.size > QUICK:
                yield
            metrics[part] = [
                *decision_metrics(confusion_counts(labels[s], decided[s], classes)),
                NamedMetric(ROC_AREA, of, rocs[part].area),
                NamedMetric(CALIBRATION_ERROR, of, reliable[part].error),
            ]
        self._show_rows(dataset, metrics, of)
        if self.threshold is None:
            self.threshold = usual_threshold(dataset, len(o), of)
        self.roc.show_curves(rocs, self.threshold)
        self.calibration.show_curves(reliable)
        self._show_threshold()

    def _show_rows(self, dataset: Dataset, metrics: dict[str, list[NamedMetric]], of: int) -> None:
        """Write the table: first metrics of all samples and of the chosen class, then means and others."""
        names = names_of(dataset)
        kept = next(iter(metrics.values()))

        def rank(k: int) -> tuple[int, int]:
            what = kept[k].of
            return (0 if what == "all" else 1 if what == of else 2 if isinstance(what, str) else 3), k

        order = sorted(range(len(kept)), key=rank)
        rows = []
        for k in order:
            of_parts = {part: these[k].metric for part, these in metrics.items()}
            rows.append(MetricRow(kept[k].kind, name_of(kept[k], names), of_parts))
        self.table.show_metrics(tuple(rows))

    # -- the plot ----------------------------------------------------------------------------------

    def _choose_of(self) -> None:
        self.threshold = None
        self._losses.tell_again()

    def _choose_tab(self, name: str) -> None:
        self.tab = name
        if name in (ROC, CALIBRATION):
            self.plot_name = name
        self._show_tab()

    def _choose_part(self, part: str) -> None:
        self.part = part
        self._show_tab()

    def _show_tab(self) -> None:
        """Show table and plot side by side or one above the other; without room for both, the chosen one."""
        classes = self._dataset is not None and self._dataset.task == "classes"
        wide = self.width() > WIDE * self.height()
        roomy = wide or self.height() >= HIGH * self.fontMetrics().height()
        directions = QBoxLayout.Direction
        above = directions.TopToBottom if roomy else directions.BottomToTop  # the tabs are above the table
        self._body.setDirection(directions.LeftToRight if wide else above)
        table_alone = not roomy and self.tab == TABLE
        plot = "" if table_alone else self.plot_name if classes else RESIDUALS
        choices = (ROC, CALIBRATION) if roomy else (TABLE, ROC, CALIBRATION)
        choices = choices if classes else (TABLE, RESIDUALS)
        for offered, tabs in self.tabs.items():
            if offered != choices:
                tabs.hide()  # before others appear, which would otherwise make the dock wider
        self.tabs[choices].setVisible(classes or not roomy)
        self.tabs[choices].show_choice(TABLE if table_alone else plot)
        self.table.setVisible(roomy or table_alone)
        self.parts.setVisible(bool(plot) and self._dataset is not None and self._dataset.test.size > 0)
        for name, widget in ((ROC, self.roc), (CALIBRATION, self.calibration), (RESIDUALS, self.residuals)):
            widget.show_part(self.part)
            widget.setVisible(plot == name)
        self._at_threshold.setVisible(plot == ROC)
        self.line.setVisible(bool(plot))
        self._plots.setSizePolicy(
            QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred if plot else QSizePolicy.Policy.Maximum
        )
        self._body.setStretch(self._body.indexOf(self._plots), 3 if plot else 0)
        self._show_threshold()

    def _set_threshold(self, threshold: float) -> None:
        self.threshold = self.roc.threshold = threshold
        self.roc.update()
        self._show_threshold()

    def _show_threshold(self) -> None:
        """Write the counts of the part in focus, at the present threshold."""
        dataset, point = self._dataset, self.roc.point
        if dataset is None or dataset.task != "classes" or point is None or self.threshold is None:
            return
        curve, name = self.roc.curves[self.part], names_of(dataset)[max(0, self.of.currentIndex())]
        counts = curve.counts(point)
        for outcome in OUTCOMES:
            count, button = (
                int(counts[int(outcome.is_class), int(outcome.called)]),
                self.outcomes[outcome.name],
            )
            button.setText(f"{outcome.name} {count}")
            button.setEnabled(count > 0)
            button.setToolTip(self._outcome_tip(outcome, count, name))
            button.setAccessibleName(button.text())
        fpr, tpr = (float(rate[point]) for rate in curve.rates)
        if self.plot_name == CALIBRATION:
            self.line.setText(self.tr("grey bars: how many samples there are of each probability"))
            return
        text = self.tr("“{name}” from an output of {t} on: TPR {tpr}, FPR {fpr}")
        values = {"name": name, "tpr": value_text(tpr), "fpr": value_text(fpr)}
        self.line.setText(text.format(t=value_text(self.threshold), **values))

    def _outcome_tip(self, outcome: _Outcome, count: int, name: str) -> str:
        text = {
            (True, True): self.tr("true positives: {count} samples are “{name}” and called so"),
            (False, True): self.tr("false positives: {count} samples are called “{name}” and are not"),
            (True, False): self.tr("false negatives: {count} samples are “{name}” and not called so"),
            (False, False): self.tr("true negatives: {count} samples are not “{name}” and not called so"),
        }[outcome.is_class, outcome.called]
        return "\n".join(
            (text.format(count=count, name=name), self.tr("Click: one after another, the surest first"))
        )

    # -- samples -----------------------------------------------------------------------------------

    def _send(self, sample: int) -> None:
        self.select_requested.emit(replace(self._selection, sample=sample))

    def _send_next(self, outcome: _Outcome) -> None:
        """Request the next sample of a count after the selected one; farthest from the threshold first."""
        if self._dataset is None or self.part not in self._scores or self.threshold is None:
            return
        samples, scores = self._scores[self.part]
        is_class = self._dataset.labels[samples] == self.of.currentIndex()
        own = (is_class == outcome.is_class) & ((scores >= self.threshold) == outcome.called)
        order = samples[own][np.argsort(-np.abs(scores[own] - self.threshold), kind="stable")]
        if order.size:
            here = np.flatnonzero(order == self._selection.column)
            self._send(int(order[(here[0] + 1) % order.size if here.size else 0]))
