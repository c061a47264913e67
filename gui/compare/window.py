"""The window of a comparison: two to four variants of a design, trained in lock-step from one start."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMainWindow, QScrollArea, QVBoxLayout, QWidget

from core.data.datasets import Dataset
from core.debugger.lockstep import LockstepPosition
from core.debugger.pinned_runs import PinnedRun
from core.lecture.view_ids import ViewId
from core.lecture.window_journals import ComparedWork, comparison_journal
from core.nn.design import Design, DesignError
from core.project.journal import JournalFile
from gui.actions.keys import Keys, begin_tabs_with
from gui.actions.registry import Actions, show_undo
from gui.actions.window_table import EVERYWHERE, UNDO
from gui.compare.change_form import ChangeForm
from gui.compare.lockstep_run import LockstepRun
from gui.compare.panel import ComparisonPanel, VariantView
from gui.compare.toolbar import ComparisonToolbar
from gui.compare.variants import same_but_for_rates, variants_of, with_training
from gui.layout.placement import place
from gui.qt.drawable import guarded_overrides
from gui.session.journal_writer import JournalWriter
from gui.text.topics import set_topic
from gui.theme.theme import LIGHT, Theme
from gui.widgets.edit_history import EditHistory
from gui.windows.shortcut_sheet import window_blocks
from gui.windows.window_actions import connect_window_actions

SIZE = (1600, 1000)
ZOOM = 1.25
FORM_WIDTH = 230
LEAST_SIZE, LEAST_COLUMN = (900, 600), 230  # of the window, and the width of each network
UPDATES_PER_SECOND = 500.0
SHOWN = (ViewId.CANVAS, ViewId.DECISION_BOUNDARY, ViewId.LOSS_PLOT)


@guarded_overrides
class ComparisonWindow(QMainWindow):
    """A, the present design, beside one to three variants of it; see `ChangeForm`.

    All are trained in one thread, always by the same number of iterations; one that diverges
    stops, and the others go on. The window ends the thread when it closes. Raises DesignError if the
    present design does not work on the data.
    """

    def __init__(
        self,
        design: Design,
        dataset: Dataset,
        pinned: Sequence[PinnedRun] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowFlag(Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        set_topic(self, "training", "Networks side by side")
        self.setObjectName("side_by_side")
        self.setWindowTitle(self.tr("Networks side by side — Glassnet"))
        self.setMinimumSize(*LEAST_SIZE)
        self.dataset = dataset
        self.form = ChangeForm(design, dataset, pinned)
        self.variants = variants_of(self.form.designs, dataset)
        self._refusal, self._theme = "", LIGHT
        self.run = LockstepRun(self)
        self.bar = ComparisonToolbar(by_epoch=False, transport=True)
        self.actions_ = Actions(self, (*UNDO, *EVERYWHERE))
        self.history = EditHistory(self._put_back, self)
        self.keys = Keys(self, self._home, self._panes)
        self.notice = QLabel()
        self.notice.setWordWrap(True)
        self.notice.setProperty("look", "error")
        self.notice.setAccessibleName(self.tr("What went wrong"))
        self.panel = self._made_panel()
        self._lay_out()
        self._connect()
        self.bar.show_speed(UPDATES_PER_SECOND)
        self._begin()
        self.history.begin(self.form.choices)
        self.journal: JournalWriter | None = None
        self._untouched = self.form.choices
        self._show_undo()
        self._home().setFocus()

    @property
    def views(self) -> list[VariantView]:
        """The views shown of each variant."""
        return self.panel.views

    def _home(self) -> QWidget:
        return self.panel.canvases[0]

    def _lay_out(self) -> None:
        form = QScrollArea()
        form.setAccessibleName(self.tr("What the networks differ in"))
        form.setWidget(self.form)
        form.setWidgetResizable(True)
        form.setFrameShape(QScrollArea.Shape.NoFrame)
        form.setFixedWidth(FORM_WIDTH)
        self.form.setContentsMargins(10, 6, 10, 6)
        self._across = QHBoxLayout()
        self._across.setSpacing(0)
        self._across.addWidget(form)
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.notice.setContentsMargins(12, 6, 12, 0)
        self.notice.hide()
        column.addWidget(self.bar)
        column.addWidget(self.notice)
        column.addLayout(self._across, 1)
        self.setCentralWidget(centre)
        self._take_in_panel()

    def _panes(self) -> list[QWidget]:
        panel = self.panel
        assert panel.plot is not None
        return [*panel.canvases, self.bar, self.form, *panel.boundaries, panel.plot]

    def _zoom(self, factor: float | None) -> None:
        for canvas in self.panel.canvases:
            canvas.fit() if factor is None else canvas.zoom_by(factor)

    def _connect(self) -> None:
        keys = (*self.bar.actions_, *self.actions_)
        slots: dict[str, Callable[[], object]] = {
            "undo": self.history.stack.undo,
            "redo": self.history.stack.redo,
            "zoom_in": lambda: self._zoom(ZOOM),
            "zoom_out": lambda: self._zoom(1 / ZOOM),
            "zoom_fit": lambda: self._zoom(None),
            "next_pane": lambda: self.keys.go_round(ahead=True),
            "previous_pane": lambda: self.keys.go_round(ahead=False),
        }
        connect_window_actions(self, self.actions_, lambda: window_blocks(self, keys))
        for name, slot in slots.items():
            self.actions_[name].triggered.connect(lambda _on=False, slot=slot: slot())
        self.history.stack.indexChanged.connect(self._show_undo)
        self.form.changed.connect(self._take)
        self.bar.actions_["run"].triggered.connect(self.run.toggle)
        self.bar.actions_["step"].triggered.connect(lambda: self.run.step(ahead=True))
        self.bar.actions_["back"].triggered.connect(lambda: self.run.step(ahead=False))
        self.bar.start_requested.connect(self._begin)
        self.bar.weights_requested.connect(self._redraw)
        self.bar.speed_requested.connect(lambda: self.run.set_speed(self.bar.per_second()))
        self.run.running_changed.connect(self.bar.show_running)
        self.run.shown.connect(self._show)
        application = QCoreApplication.instance()
        assert application is not None
        application.aboutToQuit.connect(self.run.close)

    # -- undo --------------------------------------------------------------------------------------

    def _show_undo(self) -> None:
        show_undo(self.actions_, self.history.stack)

    def _note(self, text: str) -> None:
        self.history.note(self.form.choices, text)

    def _put_back(self, choices: tuple[tuple[Design, ...], tuple[str | PinnedRun, ...]]) -> None:
        """Restore networks: from the next update on if only learning rates differ, else at their start."""
        before = self.form.designs
        self.form.put_back(choices)
        if same_but_for_rates(before, self.form.designs):
            for k, design in enumerate(self.form.designs):
                self._take_rate(k, design.training.learning_rate)
        else:
            self.load()

    # -- what is kept ------------------------------------------------------------------------------

    def keep_journal(self, folder: Path) -> None:
        """Keep the designs in a journal of a folder, until the window is closed."""
        self.journal = JournalWriter(folder, self.unsaved_work, comparison_journal, self)

    def unsaved_work(self) -> ComparedWork | None:
        """Return the designs as they are now; None if nothing was chosen yet."""
        designs, kinds = self.form.choices
        if (designs, kinds) == self._untouched:
            return None
        names = tuple(kind if isinstance(kind, str) else kind.name for kind in kinds)
        return ComparedWork(designs, names, time.time())

    def recover(self, journal: JournalFile, work: ComparedWork) -> None:
        """Show designs that were kept when the program ended, at their first weights; the journal goes on."""
        if self.journal is not None:
            self.journal.adopt(journal)
        self._put_back((work.designs, work.kinds))
        self.history.begin(self.form.choices)

    # -- training ----------------------------------------------------------------------------------

    def _take(self) -> None:
        """Apply the choices of the form."""
        self.load()
        self._note(self.tr("What is compared"))

    def load(self) -> None:
        """Begin with the designs of the form; an invalid one is rejected, and all stay as they are."""
        try:
            variants = variants_of(self.form.designs, self.dataset)
        except DesignError as error:
            self._refusal = str(error)
            self._say()
            return
        self._refusal, self.variants = "", variants
        if len(self.panel.views) != len(variants):
            self._across.removeWidget(self.panel)
            self.panel.hide()
            self.panel.deleteLater()
            self.panel = self._made_panel()
            self._take_in_panel()
        self._begin()

    def _made_panel(self) -> ComparisonPanel:
        """Return the views of as many variants as there are."""
        panel = ComparisonPanel(self.variants, SHOWN, by_epoch=False, detailed=True)
        panel.rate_changed.connect(self._set_rate)
        panel.design_requested.connect(lambda k, design, _removed: self._redesign(k, design))
        panel.refused.connect(self._refuse)
        panel.show_theme(self._theme, None)
        return panel

    def _take_in_panel(self) -> None:
        """Add the views beside the form."""
        self.setMinimumWidth(max(LEAST_SIZE[0], FORM_WIDTH + len(self.variants) * LEAST_COLUMN))
        self._across.addWidget(self.panel, 1)
        begin_tabs_with(self, (*self.panel.canvases, self.bar))

    def _begin(self) -> None:
        """Reset all to their initial weights."""
        self.run.begin(self.variants, "update")
        self.panel.show_variants(self.variants)
        self.run.set_speed(self.bar.per_second())
        self._say()

    def _redraw(self) -> None:
        """Draw other initial weights for all, each from the seed after its own."""
        for k, design in enumerate(self.form.designs):
            self.form.replace(k, with_training(design, seed=(design.training.seed + 1) % 2**32))
        self.load()
        self._note(self.tr("New weights"))

    def _redesign(self, k: int, design: Design) -> None:
        self.form.replace(k, design)
        self.load()
        self._note(self.tr("Change of a network"))

    def _set_rate(self, k: int, value: float) -> None:
        self._take_rate(k, value)
        self._note(self.tr("Learning rate η"))

    def _take_rate(self, k: int, value: float) -> None:
        """Change η of variant k, beginning with its next update."""
        self.form.replace(k, with_training(self.form.designs[k], learning_rate=value))
        self.variants = variants_of(self.form.designs, self.dataset)
        for view, variant in zip(self.views, self.variants, strict=True):
            view.card.show_variant(variant)
        self.run.set_learning_rate(k, value)

    # -- showing -----------------------------------------------------------------------------------

    def _show(self, standing: LockstepPosition) -> None:
        self.panel.show_standing(standing, resting=not self.run.running)
        self.bar.show_iteration(standing.tick)
        self._say()

    def _refuse(self, why: str) -> None:
        self._refusal = why
        self._say()

    def _say(self) -> None:
        """Show why a change is impossible, and which network diverged."""
        told = self.tr("Network {label}: {sentence}")
        faults = () if self.run.standing is None else self.run.standing.faults
        pairs = zip(self.variants, faults, strict=False)
        parts = [told.format(label=one.label, sentence=fault) for one, fault in pairs if fault]
        sentence = " ".join([self._refusal, *parts]).strip()
        self.notice.setText(sentence)
        self.notice.setVisible(bool(sentence))

    def show_theme(self, theme: Theme) -> None:
        """Apply the colours of a theme."""
        self._theme = theme
        self.bar.show_theme(theme)
        self.panel.show_theme(theme, self.run.standing)

    # -- events ------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Pause the training while the window is painted, so that painting is not delayed."""
        if event.type() == QEvent.Type.UpdateRequest:
            with self.run.exchange.parked():
                return super().event(event)
        return super().event(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.journal is not None:
            self.journal.close()
        self.run.close()
        event.accept()


def open_side_by_side(
    parent: QWidget | None,
    design: Design,
    dataset: Dataset,
    theme: Theme,
    pinned: Sequence[PinnedRun] = (),
) -> ComparisonWindow:
    """Open a comparison of a design with variants of it in a window; return it.

    Raises DesignError for a design that does not work on the data.
    """
    window = ComparisonWindow(design, dataset, pinned, parent)
    window.show_theme(theme)
    place(window, SIZE)
    window.show()
    return window
