"""The table of the metrics: a row for each, with its value on the training and on the test samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QSizePolicy

from core.analysis.metrics import ALL, MACRO, WEIGHTED, Metric, NamedMetric
from core.language import tr, translatable
from core.number_style import value_text
from gui.qt.drawable import guarded_overrides
from gui.views.metrics.plots import PARTS, TRAIN
from gui.widgets.ruled_table import RuledTable

NAMES = {
    "accuracy": translatable("accuracy"),
    "precision": translatable("precision"),
    "recall": translatable("recall"),
    "f1": translatable("F1"),
    "roc_area": translatable("ROC area"),
    "calibration_error": translatable("ECE"),
    "r2": translatable("R²"),
    "rmse": translatable("RMSE"),
    "mae": translatable("MAE"),
}
MEANS = {MACRO: translatable("mean: {name}"), WEIGHTED: translatable("weighted: {name}")}
TIPS = {
    "precision": translatable("of the samples decided as the class, the share that is of it"),
    "recall": translatable("of the samples of the class, the share that is decided as it"),
    "f1": translatable("the harmonic mean of precision and recall"),
    "roc_area": translatable("the area under the ROC curve"),
    "calibration_error": translatable("expected calibration error: how far probabilities are from the truth"),
    "r2": translatable("the share of the targets' variance that the outputs explain"),
    "rmse": translatable("root of the mean square error, in the unit of the target"),
    "mae": translatable("mean absolute error, in the unit of the target"),
}
NONE = "–"


@dataclass(frozen=True)
class MetricRow:
    """A row: the kind and the name of a metric, and the metric on each part that has samples."""

    kind: str
    name: str
    metrics: Mapping[str, Metric]


def name_of(one: NamedMetric, names: tuple[str, ...]) -> str:
    """Return the name of a metric; ``names`` are those of the classes or targets."""
    name = tr(NAMES[one.kind])
    if one.of == ALL or (len(names) < 2 and isinstance(one.of, int)):
        return name
    if isinstance(one.of, str):
        return tr(MEANS[one.of]).format(name=name)
    return tr("{of}: {name}").format(of=names[one.of], name=name)


@guarded_overrides
class MetricTable(RuledTable):
    """Metrics with their values on the training and test samples; each value's tooltip is its formula."""

    room, shares = 16, (1.0, 0.9, 0.8, 0.7)

    def __init__(self) -> None:
        super().__init__(tr("Metrics"))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.rows: tuple[MetricRow, ...] = ()

    def show_metrics(self, rows: tuple[MetricRow, ...]) -> None:
        """Show the metrics; those of a part without samples are omitted."""
        self.rows = rows
        parts = [part for part in PARTS if any(part in row.metrics for row in rows)]
        heads = ["", *(tr("train") if part == TRAIN else tr("test") for part in parts)]
        texts = [(row.name, *(self._text(row, part) for part in parts)) for row in rows]
        chosen = self.selectedIndexes()
        self.show_rows(tuple(heads), texts, chosen[0].row() if chosen else None)
        for number, row in enumerate(rows):
            self.cell(number, 0).setToolTip(tr(TIPS[row.kind]) if row.kind in TIPS else "")
            for column, part in enumerate(parts, 1):
                self.cell(number, column).setToolTip(self._tip(row, part))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.fit()  # a table that was never shown does not have its font yet

    def share_width(self) -> None:
        """Give the numbers the width they need, and the names the rest."""
        needs, room = self.present_needs(), self.viewport().width()
        for column, need in enumerate(needs):
            self.setColumnWidth(column, need if column else max(20, room - sum(needs[1:])))

    def _text(self, row: MetricRow, part: str) -> str:
        metric = row.metrics.get(part)
        return NONE if metric is None or metric.value is None else value_text(metric.value)

    def _tip(self, row: MetricRow, part: str) -> str:
        if part not in row.metrics:
            return ""
        text = tr("{name}, training samples:\n{worked}")
        if part != TRAIN:
            text = tr("{name}, test samples:\n{worked}")
        return text.format(name=row.name, worked=row.metrics[part].text)
