"""Opening and saving files: dialogs, recent files, examples, and the question before closing."""

from __future__ import annotations

import time
from dataclasses import replace as with_changes
from pathlib import Path

import numpy as np
from msgspec.structs import replace
from PySide6.QtCore import QDateTime, QLocale, QObject, QSettings, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMenu, QMessageBox, QWidget

from core.nn.curves import Curves
from core.nn.design import Dense, Design
from core.nn.run_outline import RunOutline
from core.outside_text import one_line, what_is_at
from core.project import files
from core.project.journal import WorkState
from core.project.links import is_link, read_link
from gui.actions.registry import Actions
from gui.session.document import Document
from gui.session.file_in_use import FileInUse
from gui.session.player import Player
from gui.text.plain_text import file_name, plain
from gui.widgets import dialogs
from gui.widgets.files import start_folder

MOST_RECENT = 8
AUTOSAVE_MILLISECONDS = 3000
FILTER = "Glassnet (*.glassnet)"
OPENED = f"{FILTER};;ONNX, NumPy (*.onnx *.npz)"


class FileMenu(QObject):
    """The actions of the File menu.

    Signals: ``message`` carries a sentence for the status bar, ``failed`` one on what could not be read or
    written, ``told`` one on what was read differently, ``changed_outside`` one on the open file;
    ``opened`` is emitted when another design was opened. ``use`` informs other windows of the open file.
    """

    failed = Signal(str)
    told = Signal(str)
    changed_outside = Signal(str)
    message = Signal(str)
    opened = Signal()

    def __init__(
        self, window: QWidget, actions: Actions, document: Document, player: Player, settings: QSettings
    ) -> None:
        super().__init__(window)
        self._window, self._document, self._player, self._settings = window, document, player, settings
        self._in_file: files.DesignFile | None = None
        self._last_known: tuple[files.DesignFile, Curves | None, RunOutline | None] | None = None
        document.opened.connect(self._forget)
        self.use = FileInUse(self)
        self.use.told.connect(self.told)
        self._seen: tuple[int, ...] = ()
        self._said = ""
        self._actions = actions
        self._with_weights = actions["with_weights"]
        self._autosave = QTimer(self, interval=AUTOSAVE_MILLISECONDS)
        self._autosave.timeout.connect(self.save_by_itself)
        actions["autosave"].toggled.connect(self._set_autosave)
        self._set_autosave(actions["autosave"].isChecked())
        self.recent_menu = QMenu(self.tr("Open &recent"), window)
        self.recent_menu.aboutToShow.connect(self._list_recent)
        self.examples_menu = QMenu(self.tr("&Examples"), window)
        self.examples_menu.aboutToShow.connect(self._list_examples)
        for name, slot in (
            ("new", self.new),
            ("open", self.ask_and_open),
            ("open_link", self.ask_and_open_link),
            ("save", self.save),
            ("save_as", self.save_as),
        ):
            actions[name].triggered.connect(slot)

    # -- opening ----------------------------------------------------------------------------------

    def new(self) -> None:
        """Start a new network with one hidden layer on the present data."""
        if self.may_leave():
            fresh = Design(layers=(Dense(4), self._document.network.design.dense[-1]))
            data, training = self._document.network.design.data, self._document.network.design.training
            self._player.pause()
            self._in_file = None
            self._document.begin(replace(fresh, data=data, training=training, title=self.tr("Untitled")))
            self.opened.emit()
            self.use.of(None)

    def ask_and_open(self) -> None:
        """Ask for a file and open it."""
        if not self.may_leave():
            return
        name = dialogs.file_to_open(self._window, self.tr("Open a design"), self._folder(), OPENED)
        if name:
            self.open(Path(name))

    def open(self, path: Path) -> bool:
        """Open a file in place of the present design; return whether it could be read.

        Saving writes to the same file, except for the bundled examples.
        """
        work = self._read(path)
        if work is None:
            return False
        own = not files.comes_with_program(path) and not files.is_model(path)
        self.take(work, path if own else None)
        if own:
            self._note_recent(path)
        message = self.tr("Opened {name}.")
        if work.record is not None:
            message = self.tr("Opened {name}: the run of {t} iterations can be stepped through.")
        elif work.theta is not None and work.iteration:
            message = self.tr(
                "Opened {name}: training stands at iteration {t}; the curve of losses begins there."
            )
        self.message.emit(message.format(name=work.design.title or path.stem, t=f"{work.iteration:,}"))
        if work.remark:
            self.told.emit(work.remark)
        return True

    def _read(
        self, path: Path, linked: Path | None = None, *, accept_changed: bool = False
    ) -> files.DesignFile | None:
        """Return the contents of a file; if its table is missing or has changed, ask the user about it.

        None: the file could not be read, or the question was cancelled.
        """
        try:
            return files.read(path, linked, accept_changed=accept_changed)
        except files.LinkedTableError as error:
            return self._read_with_table(path, error)
        except files.FileError as error:
            self.failed.emit(str(error))
            return None

    def _read_with_table(self, path: Path, error: files.LinkedTableError) -> files.DesignFile | None:
        """Ask where the table of a design is, or whether to use its present contents, and read it."""
        role = QMessageBox.ButtonRole
        box = dialogs.MessageBox(self._window, self.tr("Where is the table?"), plain(str(error)))
        box.setIcon(QMessageBox.Icon.Question)
        use = box.addButton(self.tr("Take it as it is now"), role.AcceptRole) if error.changed else None
        choose = box.addButton(self.tr("Choose the file…"), role.ActionRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(use or choose)
        box.exec()
        chosen = box.clickedButton()
        box.deleteLater()
        if use is not None and chosen is use:
            return self._read(path, error.path, accept_changed=True)
        if chosen is not choose:
            return None
        names = self.tr("Tables ({suffixes})").format(suffixes="*.csv *.tsv *.txt *.data")
        title, start = self.tr("Where is “{name}”?").format(name=error.path.name), str(path.parent)
        name = dialogs.file_to_open(self._window, title, start, f"{names};;{self.tr('All files (*)')}")
        return self._read(path, Path(name)) if name else None

    def take(self, work: files.DesignFile, path: Path | None = None, *, modified: bool = False) -> None:
        """Replace the present design by that of ``work``, and its weights if ``work`` has any.

        ``modified``: it differs from the file ``path``.
        """
        self._player.pause()
        self._document.begin(work.design, path, modified=modified)
        self._in_file = work
        if work.theta is not None and not self._document.problems:
            self._last_known = work, None, None
            at = work.theta, work.memory, work.iteration, work.origin, work.record
            self._player.load(self._document.network, self._document.dataset, *at)
        self.opened.emit()
        self.use.of(path)

    def open_if_may(self, path: Path) -> None:
        """Open a file, after asking about unsaved changes."""
        if self.may_leave():
            self.open(path)

    # -- work that is not saved -------------------------------------------------------------------

    def unsaved_work(self) -> WorkState | None:
        """Return the present design and run; None if no edit and no training would be lost."""
        document, newest, held = self._document, self._player.newest, self._in_file
        begun = held.iteration if held is not None and held.theta is not None else 0
        if not document.modified and (newest is None or newest.iteration == begun):
            return None
        stamp, known = b"" if held is None else held.stamp, newest is not None and not document.problems
        if known and newest is not None and self._player.network is document.network:
            at = newest.theta, newest.memory, newest.iteration, self._player.origin
            work = files.DesignFile(document.design, *at, stamp)
            self._last_known = work, self._player.curves, self._player.past
        untrained = files.DesignFile(document.network.design, stamp=stamp)
        last, curves, past = self._last_known or (untrained, None, None)
        edited = None if last.design is document.design else document.design
        return WorkState(last, edited, document.path, self.title(), time.time(), curves, past)

    def _forget(self) -> None:
        """Forget the run of the previous design."""
        self._last_known = None

    def recover(self, state: WorkState) -> None:
        """Show work recovered after a crash; the file it came from is not changed."""
        self.take(state.work, state.path, modified=True)
        if state.edited is not None:
            self._document.edit(state.edited, self.tr("Last edit before the end"))
        work, said = state.work, self.tr("Brought back {name}.")
        moments = () if work.record is None else work.record.past.moments
        if moments:
            said = self.tr("Brought back {name}: the timeline goes back to iteration {first} of {t}.")
        elif work.iteration:
            said = self.tr("Brought back {name}: the timeline begins at iteration {t}, where it ended.")
        first = moments[0].iteration if moments else 0
        counts = {"first": f"{first:,}", "t": f"{work.iteration:,}"}
        self.message.emit(said.format(name=plain(state.title), **counts))

    # -- links ------------------------------------------------------------------------------------

    def ask_and_open_link(self) -> None:
        """Ask for a link, suggesting that of the clipboard, and open it."""
        copied = QApplication.clipboard().text()
        label = self.tr(
            "Link of a design, or address of TensorFlow Playground with all that stands behind the #:"
        )
        offered = copied.strip() if is_link(copied) else ""
        text = dialogs.line_of_text(self._window, self.tr("Open a link"), label, offered)
        if text:
            self.open_link(text)

    def open_link(self, text: str) -> bool:
        """Open a link in place of the present design; return whether that worked."""
        try:
            setup = read_link(text)
        except files.FileError as error:
            self.failed.emit(str(error))
            return False
        if not self.may_leave():
            return False
        self.take(files.DesignFile(setup.design))
        self._actions["show_test"].setChecked(setup.shows_test)
        self._actions["discretize"].setChecked(setup.discretized)
        if setup.differs:
            self.told.emit(setup.differs)
        else:
            self.message.emit(self.tr("Opened the link of {title}.").format(title=setup.design.title))
        return True

    # -- saving -----------------------------------------------------------------------------------

    def save(self) -> bool:
        """Save to the file of the design, asking for one if there is none; return whether it was saved."""
        path, held = self._document.path, self._in_file
        return self.save_as() if path is None else self.write(path, held.stamp if held is not None else b"")

    def _save_over_another(self, path: Path, found: bytes) -> bool:
        """Ask what to do if another program has changed the file; return whether it was saved.

        ``found`` is the fingerprint of the file at this question: another change is asked about again.
        """
        role = QMessageBox.ButtonRole
        text = self.tr(
            "“{name}” was changed outside this window since it was opened{now}. Overwrite it with what is "
            "here, save this under another name, or reload the file and drop the changes made here?"
        )
        title = self.tr("The file has changed")
        said = text.format(name=path.name, now=self._in_words(path))
        box = dialogs.MessageBox(self._window, title, plain(said))
        box.setIcon(QMessageBox.Icon.Warning)
        overwrite = box.addButton(self.tr("Overwrite"), role.DestructiveRole)
        save_as = box.addButton(self.tr("Save as…"), role.AcceptRole)
        reload = box.addButton(self.tr("Reload"), role.DestructiveRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(save_as)
        box.exec()
        chosen = box.clickedButton()
        box.deleteLater()
        if chosen is reload:
            self.open(path)
        return self.write(path, found) if chosen is overwrite else chosen is save_as and self.save_as()

    def look_outside(self) -> None:
        """Report a change of the open file by another program, once for each change."""
        path, held = self._document.path, self._in_file
        if path is None or held is None or not held.stamp:
            return
        try:
            status = path.stat()
        except OSError:
            return
        seen = status.st_mtime_ns, status.st_size, status.st_ino
        if seen != self._seen and files.changed(path, held.stamp):
            text = self.tr(
                "“{name}” was changed outside this window{now}. Saving asks before it is written over."
            )
            self.changed_outside.emit(text.format(name=one_line(path.name), now=self._in_words(path)))
        self._seen = seen

    def reload(self) -> None:
        """Read the open file again, after asking about unsaved changes."""
        if self._document.path is not None:
            self.open_if_may(self._document.path)

    def _in_words(self, path: Path) -> str:
        """Return what a file holds now, in words, as a part of a sentence; empty if it cannot be read."""
        try:
            work, seconds = files.read(path), path.stat().st_mtime
        except (files.FileError, OSError):
            return ""
        when = QLocale().toString(QDateTime.fromSecsSinceEpoch(int(seconds)), "HH:mm")
        neurons = "-".join(str(layer.neurons) for layer in work.design.dense)
        held = {"title": one_line(work.design.title), "neurons": neurons, "time": when}
        return self.tr(" (it now holds “{title}”, {neurons} neurons, saved at {time})").format(**held)

    def save_as(self) -> bool:
        """Ask for a file and save to it; return whether it was saved."""
        start = self._folder(self._document.design.title)
        name = dialogs.file_to_save(self._window, self.tr("Save the design"), start, FILTER)
        if not name:
            return False
        path = Path(name)
        if not path.suffix:
            path = path.with_suffix(files.SUFFIX)
            if what_is_at(path) and not self._may_replace(path):  # the dialog asked about the shorter name
                return False
        return self.write(path)

    def _may_replace(self, path: Path) -> bool:
        text = self.tr("“{name}” is there already. Replace it?").format(name=path.name)
        answer = dialogs.question(self._window, self.tr("Replace the file?"), plain(text))
        return answer == QMessageBox.StandardButton.Yes

    def write(self, path: Path, expected: bytes = b"") -> bool:
        """Write the design to a file, and the weights if the user wants it; return whether that worked.

        Asks what to do if the file there does not have the fingerprint ``expected``, if given.
        """
        work = self.work()
        try:
            stamp = files.write(path, work, expected)
        except files.ChangedFileError as error:
            return self._save_over_another(path, error.found)
        except files.FileError as error:
            self.failed.emit(str(error))
            return False
        self._in_file = with_changes(work, stamp=stamp)
        self._document.saved(path)
        self.use.of(path)
        self._note_recent(path)
        self.message.emit(self.tr("Saved {name}.").format(name=path.name))
        return True

    def _set_autosave(self, on: bool) -> None:
        if on:
            self._autosave.start()
        else:
            self._autosave.stop()

    def save_by_itself(self) -> None:
        """Save changes automatically to the file of the design, if there is one; not during a run."""
        path, held, state = self._document.path, self._in_file, self.unsaved_work()
        changed = self._document.modified or self._trained_since()
        if path is None or state is None or state.edited is not None or self._player.running or not changed:
            return
        work = state.work if self._with_weights.isChecked() else files.DesignFile(state.work.design)
        try:
            stamp = files.write(path, work, b"" if held is None else held.stamp)
        except files.ChangedFileError:
            self.look_outside()
        except files.FileError as error:
            if str(error) != self._said:
                self._said = str(error)
                self.failed.emit(self._said)
        else:
            self._said = ""
            self._in_file = with_changes(work, stamp=stamp)
            self._document.saved(path)

    def work(self) -> files.DesignFile:
        """Return what would be saved now."""
        self._player.requests.cancel()
        self._player.settle()
        design, newest = self._document.design, self._player.newest
        if newest is None or self._document.problems or not self._with_weights.isChecked():
            return files.DesignFile(design)
        return files.DesignFile(design, newest.theta, newest.memory, newest.iteration, self._player.origin)

    def may_leave(self) -> bool:
        """Ask what to do with unsaved changes, if there are any; return whether to continue."""
        unsaved = self._unsaved()
        if unsaved is None:
            return True
        button = QMessageBox.StandardButton
        title, text = unsaved
        answer = dialogs.question(
            self._window,
            title,
            plain(text.format(title=self.title())),
            button.Save | button.Discard | button.Cancel,
            button.Save,
        )
        if answer == button.Save:
            return self.save()
        return answer == button.Discard

    def _unsaved(self) -> tuple[str, str] | None:
        """Return the title and the text of the question about unsaved changes; None if there are none."""
        if self._document.modified:
            text = self.tr("Save the changes to “{title}” before going on?")
            return self.tr("Unsaved changes"), text
        if self._trained_since():
            text = self.tr("The weights are no longer those in “{title}”. Save them before going on?")
            return self.tr("Unsaved weights"), text
        return None

    def _trained_since(self) -> bool:
        """Whether the weights differ from those in the user's file, if it was saved with weights."""
        held, newest = self._in_file, self._player.newest
        if self._document.path is None or held is None or held.theta is None or newest is None:
            return False
        same = held.iteration == newest.iteration and np.array_equal(held.theta, newest.theta)
        return self._with_weights.isChecked() and not same

    def title(self) -> str:
        """Return the name of the open design: that of its file, or else its title."""
        path = self._document.path
        return path.name if path else self._document.design.title

    # -- recent files and examples ----------------------------------------------------------------

    def _folder(self, title: str = "") -> str:
        folder = Path(start_folder(self._settings, "files/folder"))
        return str(folder / f"{file_name(title)}{files.SUFFIX}" if title else folder)

    def recent(self) -> list[Path]:
        """Return the recently used files that still exist, the most recent first."""
        names = self._settings.value("files/recent", [])
        listed = names if isinstance(names, list) else [names] if names else []
        return [path for name in listed if what_is_at(path := Path(str(name))) == "file"]

    def _note_recent(self, path: Path) -> None:
        path = path.absolute()
        self._settings.sync()  # other windows write to the same list
        others = [other for other in self.recent() if other != path]
        self._settings.setValue("files/recent", [str(p) for p in [path, *others][:MOST_RECENT]])
        self._settings.setValue("files/folder", str(path.parent))

    def _list_recent(self) -> None:
        self.recent_menu.clear()
        for path in self.recent():
            self._add(self.recent_menu, path.name, path)
        if self.recent_menu.isEmpty():
            self.recent_menu.addAction(self.tr("No file yet")).setEnabled(False)

    def _list_examples(self) -> None:
        if not self.examples_menu.isEmpty():
            return
        for path in files.examples().values():
            self._add(self.examples_menu, files.read(path).design.title, path)

    def _add(self, menu: QMenu, text: str, path: Path) -> QAction:
        action = menu.addAction(one_line(text).replace("&", "&&"))
        action.setToolTip(plain(str(path)))
        action.triggered.connect(lambda: self.open_if_may(path))
        return action
