"""Exporting from the window: numbers of the present run, the run as a script, and views as figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QWidget

from core.debugger.queries import parameter_path
from core.export.run_start import start_of_run
from core.export.table import EXPORTS, Export, ExportedRun, export_for, files_of, write_files
from core.lecture.view_ids import ViewId
from core.project.json_io import FileError, check_output
from gui.actions.export_table import FIGURES
from gui.actions.registry import Actions
from gui.canvas.editor_view import CanvasView
from gui.figures.figure import AS_SHOWN, drawing, figure_of
from gui.figures.figure_menu import figure_menu_of
from gui.figures.paper import pdf_of_page
from gui.qt.later import LOOKS_IN_A_RUN, MOST_LOOKS, draw_all
from gui.session.session import Session
from gui.session.training_thread import TrainingThread
from gui.text.plain_text import file_name
from gui.views.registry import VIEWS
from gui.widgets import dialogs
from gui.widgets.files import start_folder

PIXELS, LEAST_APART = 96 / 2.54, 1.0
"""Pixels per centimetre, and the least distance of neurons in a LaTeX drawing, in centimetres."""
UNTRAINED = 100
"""Number of updates in the script of a run that has made none yet."""


def neuron_places(canvas: CanvasView) -> dict[tuple[int, int], tuple[float, float]]:
    """Return the positions of the neurons of a canvas in centimetres, y upwards, spaced for their names."""
    found = canvas.state.layout.centres()
    rows = [sorted(y for (layer, _j), (_x, y) in found.items() if layer == l) for l in {l for l, _j in found}]
    nearest = min((below - above for row in rows for above, below in pairwise(row)), default=PIXELS)
    scale = max(1 / PIXELS, LEAST_APART / max(nearest, 1e-6))
    return {place: (x * scale, -y * scale) for place, (x, y) in found.items()}


class RunExports(QObject):
    """The actions of the menu Export, for the run of a window's ``session``.

    ``seek`` shows an iteration of the run, ``bring`` brings a view to the front and returns it.

    Signals: ``message`` carries a sentence for the status bar, ``failed`` one on a file that was not written.
    """

    failed = Signal(str)
    message = Signal(str)

    def __init__(
        self,
        window: QWidget,
        actions: Actions,
        session: Session,
        seek: Callable[[int], None],
        bring: Callable[[ViewId], QWidget],
        settings: QSettings,
    ) -> None:
        super().__init__(window)
        self._window, self._session = window, session
        self._document, self._player = session.document, session.player
        self._seek, self._bring, self._settings = seek, bring, settings
        for name, entry in EXPORTS.items():
            actions[f"export_{name}"].triggered.connect(partial(self.ask_and_write, entry))
        actions["print"].triggered.connect(self.print)
        actions["film"].triggered.connect(self.ask_and_film)
        for view in FIGURES:
            actions[f"figure_{view}"].triggered.connect(partial(self.ask_and_draw, view))

    def ask_and_write(self, entry: Export) -> None:
        """Ask for a file, and write an export of the present run to it."""
        suffixes = list(entry.makes)
        names = ";;".join(f"{suffix} (*{suffix})" for suffix in suffixes)
        path = self._ask(self.tr("Export: {what}").format(what=entry.name), entry.name, suffixes[0], names)
        if path is None:
            return
        try:
            self._write(export_for(entry.name, path), path)
        except FileError as error:
            self.failed.emit(str(error))

    def ask_and_draw(self, view: ViewId) -> None:
        """Bring a view to the front, ask for the format and the file of its figure, and write it."""
        from gui.figures.figure_dialog import ask_for_figure  # noqa: PLC0415  (late: the window opens sooner)

        shown = figure_of(self._bring(view))
        draw_all(self._window, LOOKS_IN_A_RUN if self._player.running else MOST_LOOKS)
        title = self._document.design.title
        dialog = ask_for_figure(shown, VIEWS[view].name, title, f"{title}-{view.value}")
        dialog.finished.connect(lambda _how: self._told((dialog.saved,)) if dialog.saved else None)

    def print(self) -> None:
        """Open a print preview of the view with the focus, or else of the network."""
        from gui.figures.figure_dialog import preview  # noqa: PLC0415  (late: the window opens sooner)

        focused = figure_menu_of(self._window.focusWidget())
        shown = focused.shown if focused is not None else figure_of(self._bring(ViewId.CANVAS))
        preview(self._window, drawing(shown), self._document.design.title, AS_SHOWN)

    def ask_and_film(self) -> None:
        """Ask which part of the run is filmed, and film it."""
        from gui.app.export.films import RunFilmDialog  # noqa: PLC0415  (late: the window opens sooner)
        from gui.figures.film_dialog import ask_for_film  # noqa: PLC0415

        self._player.pause()
        self._player.settle()
        dialog = ask_for_film(
            RunFilmDialog(self._window, self._player, self._seek, self._bring, self._document.design.title)
        )
        dialog.finished.connect(lambda _how: self._told((dialog.saved,)) if dialog.saved else None)

    def _ask(self, title: str, name: str, suffix: str, names: str) -> Path | None:
        """Ask for a file, suggesting one named after the design; None: cancelled."""
        folder = Path(start_folder(self._settings, "files/export_folder"))
        stem = "-".join(filter(None, (file_name(self._document.design.title), name)))
        start = str(folder / f"{stem}{suffix}")
        chosen = dialogs.file_to_save(self._window, title, start, names, confirm=False)
        if not chosen:
            return None
        return Path(chosen) if Path(chosen).suffix else Path(f"{chosen}{suffix}")

    def _write(self, entry: Export, path: Path) -> None:
        """Write the files of an export, after asking before existing ones are replaced. Raises FileError."""
        check_output(path)
        files = files_of(entry, self._run(), path)
        if not all(dialogs.may_replace(self._window, file) for file in files):
            return
        write_files(files)
        self._told(files)

    def _told(self, files: Iterable[Path]) -> None:
        """Report the files written, and suggest their folder the next time."""
        names = list[str]()
        for file in files:
            names.append(file.name)
            self._settings.setValue("files/export_folder", str(file.absolute().parent))
        self.message.emit(self.tr("Exported {names}.").format(names=", ".join(names)))

    def _run(self) -> ExportedRun:
        """Return the present run: the moment that is shown, the curves, and where its script begins.

        Raises FileError if the network cannot be trained.
        """
        if self._document.problems:
            why = self._document.problems[0].why
            raise FileError(self.tr("There is no run to export: {why}").format(why=why))
        made: list[ExportedRun] = []
        sample = self._session.selection.column or 0
        canvas = self._bring(ViewId.CANVAS)
        places = neuron_places(canvas) if isinstance(canvas, CanvasView) else None
        shown = self._player.snapshot

        def take(worker: TrainingThread) -> None:
            run = worker.training_run
            trainer, start = run.trainer, start_of_run(run)
            seen = shown if shown is not None and shown.network is trainer.network else trainer.snapshot()
            length = trainer.iteration - start.iteration
            path = parameter_path(run)
            made.append(
                ExportedRun(
                    seen, trainer.curves(), start, length or UNTRAINED, path, places, sample, pdf_of_page
                )
            )

        self._player.requests.cancel()
        self._player.ask(take)
        self._player.settle()
        return made[0]
