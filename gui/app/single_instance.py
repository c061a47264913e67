"""One running instance for all files: it opens what further starts of Glassnet are to open.

They communicate over a local socket of the user. A start that gets no answer opens a window of its own.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import deque
from dataclasses import asdict, dataclass

from PySide6.QtCore import QObject, QStandardPaths, QTimer, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from PySide6.QtWidgets import QApplication

WAIT = 2000
"""Milliseconds within which a running program must answer."""
AGAIN = 200
"""Milliseconds after which is looked again whether a question is answered."""
MOST_BYTES = 1 << 16
TAKEN = b"taken\n"


@dataclass(frozen=True)
class OpenRequest:
    """What is to be opened: a file, a link, the lecture, or (all empty) only the existing window."""

    file: str = ""
    link: str = ""
    lecture: bool = False
    hall: bool = False


def server_name() -> str:
    """Return the name of the user's socket; it differs for another display or other settings."""
    settings = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation)
    screen = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY", "")
    told = f"{settings}\n{screen}".encode()
    return f"glassnet-{hashlib.sha256(told).hexdigest()[:20]}"


def hand_over(request: OpenRequest) -> bool:
    """Pass a request to the running instance; return whether there is one that accepted it."""
    socket = QLocalSocket()
    socket.connectToServer(server_name())
    if not socket.waitForConnected(WAIT):
        return False
    socket.write(json.dumps(asdict(request)).encode() + b"\n")
    socket.flush()
    taken = socket.waitForReadyRead(WAIT) and socket.readAll().data() == TAKEN
    socket.disconnectFromServer()
    return bool(taken)


class InstanceServer(QObject):
    """Listens for the requests of other starts; ``requested`` carries an `OpenRequest`.

    A request that arrives while another one is being opened, or a question is open, waits.
    """

    requested = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._connect)
        self._waiting = deque[OpenRequest]()
        self._emitting = False
        self._retry = QTimer(self, singleShot=True, interval=AGAIN)
        self._retry.timeout.connect(self._emit_requests)

    def listen(self) -> bool:
        """Start listening; return False if that fails, or if another instance listens already."""
        name = server_name()
        if self._server.listen(name):
            return True
        QLocalServer.removeServer(name)  # a program that was killed leaves its socket behind
        return self._server.listen(name)

    def close(self) -> None:
        """Stop listening."""
        self._server.close()

    def _connect(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.readyRead.connect(lambda socket=socket: self._read(socket))
            socket.disconnected.connect(socket.deleteLater)

    def _read(self, socket: QLocalSocket) -> None:
        if not socket.canReadLine():
            if socket.bytesAvailable() > MOST_BYTES:
                socket.abort()
            return
        request = _request(bytes(socket.readLine(MOST_BYTES).data()))
        if request is None:
            socket.abort()
            return
        socket.write(TAKEN)
        socket.flush()
        self.take(request)

    def take(self, request: OpenRequest) -> None:
        """Let a request be opened after the present event, whose sender a question would let Qt delete."""
        self._waiting.append(request)
        QTimer.singleShot(0, self, self._emit_requests)

    def _emit_requests(self) -> None:
        if self._emitting or not self._waiting:
            return
        if (asking := QApplication.activeModalWidget()) is not None:
            asking.activateWindow()
            self._retry.start()
            return
        self._emitting = True
        self.requested.emit(self._waiting.popleft())
        self._emitting = False
        self._emit_requests()


def _request(line: bytes) -> OpenRequest | None:
    """Return the request in a line; None if it holds none."""
    try:
        told = json.loads(line)
    except ValueError:
        return None
    kinds = {name: type(value) for name, value in asdict(OpenRequest()).items()}
    if not isinstance(told, dict) or told.keys() != kinds.keys():
        return None
    if any(type(told[name]) is not kind for name, kind in kinds.items()):
        return None
    return OpenRequest(**told)
