"""The report of a fault in the program, and the handler of uncaught exceptions.

A report holds the versions, the last actions and the traceback, without personal paths. Nothing is sent: the
user copies or saves it.
"""

from __future__ import annotations

import re
import sys
import sysconfig
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QApplication, QWidget

from core.language import tr
from core.project.json_io import FileError, reason, replace_file
from gui.actions.registry import Actions
from gui.app.installation import facts, screens
from gui.layout.notification_bar import NotificationBar
from gui.widgets import dialogs

FAULT = "fault"
"""The id of the notification."""
MOST_ACTIONS = 30
MOST_FRAMES = 60  # of a traceback: an endless recursion has a thousand
ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (
    (str(ROOT), "glassnet"),
    (sysconfig.get_path("purelib"), "site-packages"),
    (sysconfig.get_path("stdlib"), "python"),
)
"""Folders of code, and the text that replaces each in a report."""
_QUOTED = re.compile(
    r"""(?P<open>['"“])(?:file://)?(?:~?/|[A-Za-z]:[\\/]|\\\\)[^'"”\n]*[^'"”\n/\\](?P<close>['"”])"""
)
_BARE = re.compile(r"""(?<![\w.<>~/\\])~?(?:/[^\s/'"”:,;()<>]+){2,}|\b[A-Za-z]:[\\/][^\s'"”,;()<>]+""")
_SUFFIX = re.compile(r"\.\w{1,12}$")


def report(last_actions: Iterable[str] = (), error: BaseException | None = None) -> str:
    """Return the report of a fault, in which files are named by their suffix only.

    ``last_actions`` are the actions of the user before it, see `ActionLog`. Without an ``error`` it is a
    report that the user completes.
    """
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    parts = [
        (tr("Versions"), facts(screens(app))),
        (tr("Last actions, the newest at the end"), "\n".join(last_actions) or "–"),
    ]
    if error is not None:
        lines = traceback.format_exception(type(error), error, error.__traceback__, limit=-MOST_FRAMES)
        parts.append((tr("Traceback"), "".join(lines).rstrip()))
    return without_paths("\n\n".join(f"{title}\n{'-' * len(title)}\n{text}" for title, text in parts)) + "\n"


def without_paths(text: str) -> str:
    """Return a text in which folders of code are relative, and other paths are only named by their suffix."""
    for folder, short in FOLDERS:
        text = text.replace(folder, short)

    def hidden(found: re.Match[str]) -> str:
        opening, closing = (found["open"], found["close"]) if found.re is _QUOTED else ("", "")
        path = found[0].removeprefix(opening).removesuffix(closing)
        suffix = _SUFFIX.search(path)
        return f"{opening}<path>{suffix[0] if suffix else ''}{closing}"

    return _BARE.sub(hidden, _QUOTED.sub(hidden, text))


class ActionLog(QObject):
    """Remembers the last actions that were triggered and the last edits, for the report of a fault."""

    def __init__(self, actions: Actions, stack: QUndoStack, parent: QObject) -> None:
        super().__init__(parent)
        self._stack, self._index = stack, stack.index()
        self._names: deque[str] = deque(maxlen=MOST_ACTIONS)
        for action in actions:
            action.triggered.connect(partial(self._note, action.objectName()))
        stack.indexChanged.connect(self._note_edit)

    def names(self) -> list[str]:
        """Return the last actions and edits, the newest at the end."""
        return list(self._names)

    def _note(self, name: str, _checked: bool = False) -> None:
        self._names.append(name)

    def _note_edit(self, index: int) -> None:
        ahead, self._index = index > self._index, index
        if index > 0 and ahead:
            self._names.append(tr("edit: {text}").format(text=self._stack.text(index - 1)))


class FaultHandler(QObject):
    """Replaces `sys.excepthook`: reports each fault once in ``window``, and offers its report.

    ``keep_work`` saves the work of the user, and returns why that fails, "" if it does not. A fault that
    repeats is only counted. ``interrupted`` is emitted at Ctrl+C in the terminal. Once the window is closed,
    the handler of the window before it handles faults.
    """

    interrupted = Signal()
    _raised_elsewhere = Signal(object)

    def __init__(
        self, window: QWidget, notice: NotificationBar, log: ActionLog, keep_work: Callable[[], str]
    ) -> None:
        super().__init__(window)
        self._window, self._notice, self._log, self._keep_work = window, notice, log, keep_work
        self.counts: dict[object, int] = {}
        self._before: FaultHandler | None = None
        self._raised_elsewhere.connect(self._handle, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Handle the exceptions of all threads from now on."""
        self._before = sys.excepthook if isinstance(sys.excepthook, FaultHandler) else None
        sys.excepthook = self
        threading.excepthook = lambda raised: self._raised_elsewhere.emit(raised.exc_value)

    @staticmethod
    def uninstall() -> None:
        """Let Python print the exceptions of all threads again."""
        sys.excepthook, threading.excepthook = sys.__excepthook__, threading.__excepthook__

    def __call__(self, kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self.interrupted.emit()
        elif threading.current_thread() is threading.main_thread():
            self._handle(error)
        else:
            self._raised_elsewhere.emit(error)

    def _handle(self, error: BaseException) -> None:
        if self._before is not None and not self._window.isVisible():
            self._before._handle(error)
            return
        place = _place(error)
        self.counts[place] = self.counts.get(place, 0) + 1
        if self.counts[place] > 1:
            return
        traceback.print_exception(error, limit=-MOST_FRAMES)
        try:
            self._tell(error)
        except Exception as failed:  # an exception here would call the handler itself
            traceback.print_exception(failed, limit=-MOST_FRAMES)

    def _tell(self, error: BaseException) -> None:
        text, why = report(self._log.names(), error), self._keep_work()
        work = self.tr("Your work is safe, and you can go on.")
        if why:
            work = self.tr("Your work could not be kept ({why}): save it now.").format(why=why)
        said = self.tr("Something went wrong inside Glassnet. {work}")
        self._notice.tell(
            "error",
            said.format(work=work),
            FAULT,
            button=self.tr("Copy report"),
            act=lambda: QApplication.clipboard().setText(text),
            second=self.tr("Save report…"),
            act_second=lambda: self._save(text),
        )

    def _save(self, text: str) -> None:
        names = self.tr("Text (*.txt)")
        start = str(Path.home() / "glassnet-report.txt")
        name = dialogs.file_to_save(self._window, self.tr("Save the report"), start, names)
        if name:
            try:
                write_report(Path(name), text)
            except FileError as failed:
                self._notice.tell("error", str(failed), "file")


def write_report(path: Path, text: str) -> None:
    """Write a report to a file. Raises FileError."""
    try:
        replace_file(path, text.encode())
    except (OSError, ValueError) as error:
        why = tr("“{name}” was not saved: {reason}; choose another place.")
        raise FileError(why.format(name=path.name, reason=reason(error))) from None


def _place(error: BaseException) -> object:
    """Return what identifies a fault: its type, and the line where it was raised."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return type(error), trace and (trace.tb_frame.f_code, trace.tb_lineno)
