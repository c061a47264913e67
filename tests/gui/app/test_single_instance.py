"""A second start hands its file to the program that runs; a file opened by the desktop is opened here."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QTimer, QUrl
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtNetwork import QLocalSocket
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from core.lecture.scene import find_scene, read_scene
from core.project.files import find, read
from gui.app.application import FileOpener, serve
from gui.app.main_window import MainWindow
from gui.app.single_instance import InstanceServer, OpenRequest, server_name
from gui.widgets import dialogs

ROOT = Path(__file__).parents[3]
OTHER_START = """
import sys
from gui.app import application
application.MainWindow = None  # it must not open a window of its own
from gui.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture(autouse=True)
def own_socket(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The socket is another for other settings: these are of this test alone."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("DISPLAY", str(tmp_path))


@pytest.fixture
def server(window: MainWindow) -> Iterator[InstanceServer]:
    made = InstanceServer(window)
    made.requested.connect(serve)
    assert made.listen()
    yield made
    made.close()


def started(*arguments: object) -> subprocess.Popen[str]:
    """Start the program once more, in the same surroundings as this process."""
    code = OTHER_START.replace("import sys\n", f"import sys; sys.argv[0] = {sys.argv[0]!r}\n", 1)
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)], cwd=ROOT, stderr=subprocess.PIPE, text=True
    )


def ended(qtbot: QtBot, process: subprocess.Popen[str]) -> int:
    qtbot.waitUntil(lambda: process.poll() is not None)
    assert process.stderr is not None
    assert "Traceback" not in process.stderr.read()
    process.stderr.close()
    return process.returncode


def test_a_second_start_opens_its_file_in_the_running_program(
    server: InstanceServer, window: MainWindow, qtbot: QtBot
) -> None:
    process = started("spiral")
    qtbot.waitUntil(lambda: window.document.design == read(find("spiral")).design)
    assert ended(qtbot, process) == 0


def test_each_start_waits_for_the_question_about_unsaved_changes(
    server: InstanceServer, window: MainWindow, qtbot: QtBot
) -> None:
    """The starts have ended, and their connections are closed, before the questions are answered."""
    window.actions_["add_layer"].trigger()
    edited, answered = window.document.design, list[int]()
    starts = [started(name) for name in ("spiral", "moons")]

    def answer() -> None:
        if all(start.poll() is not None for start in starts):
            asked = [one for one in QApplication.topLevelWidgets() if isinstance(one, QMessageBox)]
            seen = [box for box in asked if box.isVisible()]
            for box in seen[:1]:
                answered.append(len(seen))
                box.button(QMessageBox.StandardButton.Cancel).click()

    timer = QTimer(interval=20)
    timer.timeout.connect(answer)
    timer.start()
    qtbot.waitUntil(lambda: len(answered) == 2)
    timer.stop()
    assert answered == [1, 1] and window.document.design == edited
    assert [ended(qtbot, start) for start in starts] == [0, 0]


def test_what_another_start_wants_waits_until_a_question_is_answered(
    server: InstanceServer, window: MainWindow, qtbot: QtBot
) -> None:
    """A file opened under the question whether to save would be another than the one it asks about."""
    before, wanted = window.document.design, read(find("spiral")).design
    process, seen = started("spiral"), list[bool]()

    def answer() -> None:
        if process.poll() is not None:
            for _ in range(3):
                QApplication.processEvents()
            seen.append(window.document.design is before)
            timer.stop()
            QApplication.activeModalWidget().reject()

    timer = QTimer(interval=20)
    timer.timeout.connect(answer)
    timer.start()
    dialogs.question(window, "Save", "Save it?")
    assert seen == [True]
    qtbot.waitUntil(lambda: window.document.design == wanted)
    assert ended(qtbot, process) == 0


def test_a_scene_is_opened_in_the_lecture_of_the_running_program(
    server: InstanceServer, window: MainWindow, qtbot: QtBot
) -> None:
    scene = find_scene("one-weight")
    socket = QLocalSocket()
    socket.connectToServer(server_name())
    assert socket.waitForConnected()
    socket.write(json.dumps(asdict(OpenRequest(str(scene), lecture=True))).encode() + b"\n")
    qtbot.waitUntil(lambda: socket.bytesAvailable() > 0)
    lecture = window.lecture_launcher.lecture
    assert lecture is not None and lecture.scene == read_scene(scene)


def test_what_another_start_wants_is_opened_in_a_window_that_is_open(
    open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    """The first window may be closed while another one, with work brought back, goes on."""
    first, second = open_window(), open_window()
    first.activateWindow()
    qtbot.waitUntil(first.isActiveWindow)
    serve(OpenRequest(file=str(find("moons"))))
    assert first.document.design == read(find("moons")).design != second.document.design
    first.close()
    serve(OpenRequest(file=str(find("spiral"))))
    assert second.document.design == read(find("spiral")).design and not first.isVisible()


NO_REQUESTS = (
    b"\n",
    b"[1]\n",
    b'{"file": 5}\n',
    b"\xff\xfe\n",
    b'{"file": "/etc", "more": 1}\n',
    b"x" * 70000,
)


def test_what_is_no_request_is_refused(server: InstanceServer, window: MainWindow, qtbot: QtBot) -> None:
    before, closed = window.document.design, QLocalSocket.LocalSocketState.UnconnectedState
    for line in NO_REQUESTS:
        socket = QLocalSocket()
        socket.connectToServer(server_name())
        assert socket.waitForConnected()
        socket.write(line)
        qtbot.waitUntil(lambda socket=socket: socket.state() == closed)
        assert socket.readAll().isEmpty() and window.document.design is before, line


def test_the_socket_of_a_program_that_was_killed_is_taken_over(
    server: InstanceServer, window: MainWindow
) -> None:
    other = InstanceServer(window)  # as a start does that gets no answer
    assert other.listen()
    other.close()


def test_a_file_that_the_desktop_opens_in_the_running_program(
    server: InstanceServer, window: MainWindow
) -> None:
    application, file = QApplication.instance(), find("moons")
    opener = FileOpener(server)
    application.installEventFilter(opener)
    QCoreApplication.sendEvent(application, QFileOpenEvent(QUrl.fromLocalFile(str(file))))
    application.removeEventFilter(opener)
    assert window.document.design != read(file).design, "a question would be asked within the event"
    QApplication.processEvents()
    assert window.document.design == read(file).design
