"""Findings: what is wrong with the network and its training, and what helps."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QLabel, QListWidgetItem, QSizePolicy, QVBoxLayout, QWidget

from core.datasets import Dataset
from core.diagnostics import Finding, Kind
from core.network import Network
from gui.finding_list import FINDING, FindingList
from gui.selection import Selection
from gui.theme import Theme


class FindingsView(QWidget):
    """Runs that lead nowhere, and what keeps them: the learning rate, symmetry, dead neurons, …

    A finding that is clicked selects its neuron or layer. ``mend_requested(remedy, text)`` asks for what
    helps: a change of the design.
    """

    select_requested = Signal(object)
    mend_requested = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Findings"))
        self.findings: tuple[Finding, ...] | None = None
        self._sample: int | None = None
        self.line, self.list = QLabel(), FindingList()
        self.line.setTextFormat(Qt.TextFormat.PlainText)
        self.line.setWordWrap(True)
        self.line.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.list.setAccessibleName(self.tr("What is wrong, and what helps"))
        self.list.itemClicked.connect(self._pick)
        self.list.itemActivated.connect(self._pick)
        self.list.mend_requested.connect(self.mend_requested)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 4)
        column.setSpacing(4)
        column.addWidget(self.line)
        column.addWidget(self.list, 1)
        self._say()

    def sizeHint(self) -> QSize:
        return QSize(320, 220)

    def show_network(self, network: Network, dataset: Dataset) -> None:
        """Forget what was found in another network."""
        self.findings = None
        self.list.show_findings(())
        self._say()

    def show_findings(self, findings: tuple[Finding, ...]) -> None:
        """List what was found, unless it is listed."""
        if findings != self.findings:
            self.findings = findings
            self.list.show_findings(findings)
            self._say()

    def show_selection(self, selection: Selection) -> None:
        """Keep the selected sample with what is clicked here; mark the finding of the selected neuron."""
        self._sample = selection.sample
        wanted = selection.layer, selection.neuron
        for k, finding in enumerate(self.findings or ()):
            if finding.layer and (finding.layer, finding.neuron) == wanted and selection.source is None:
                self.list.setCurrentRow(k)
                return
        self.list.setCurrentRow(-1)

    def show_theme(self, theme: Theme) -> None:
        """Paint in a theme's colours and the present fonts."""
        self.list.show_theme(theme)

    def _say(self) -> None:
        """Say how much is wrong."""
        if self.findings is None:
            text = self.tr("What is wrong is looked for when training rests.")
        elif not self.findings:
            text = self.tr(
                "Nothing is wrong so far: the loss does not rise or stand still, no neuron is dead or "
                "saturated, no gradient vanishes or explodes."
            )
        else:
            text = self.tr("{count} found, of these {dead} dead neurons; the likeliest cause first:")
            dead = sum(finding.kind is Kind.DEAD for finding in self.findings)
            text = text.format(count=len(self.findings), dead=dead)
        self.line.setText(text)
        self.setAccessibleDescription(text)

    def _pick(self, item: QListWidgetItem) -> None:
        finding = item.data(FINDING)
        self.select_requested.emit(Selection(finding.layer, finding.neuron, sample=self._sample))
