"""Checks before Qt is started whether a window can be opened, as Qt aborts the process if not."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import sys
from pathlib import Path

from gui.app.installation import facts, screens

LIBRARIES = "libglib2.0-0 libgl1 libegl1 libdbus-1-3 libfontconfig1 libxkbcommon0"
SCREEN_LIBRARIES = (
    f"{LIBRARIES} libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxcb-xkb1 "
    "libxkbcommon-x11-0 libwayland-cursor0"
)


def obstacle(platform: str) -> str:
    """Return a sentence on why Qt cannot open a window and how to fix that; empty if it can.

    ``platform`` is Qt's name of the window system, as in $QT_QPA_PLATFORM; empty: that of the desktop.
    """
    if importlib.util.find_spec("PySide6") is None:
        return "Qt is not installed; install it with “python -m pip install -e .” in the folder of Glassnet."
    if not sys.platform.startswith("linux"):
        return ""
    platforms = [name.partition(":")[0] for name in platform.split(";")] if platform else _desktops()
    if not platforms:
        return (
            "there is no display for the window; open it on a virtual one with "
            f"“sudo apt install xvfb {SCREEN_LIBRARIES} && xvfb-run -a glassnet”, "
            "or train without a window with “glassnet train xor”."
        )
    missing = [_missing(name) for name in platforms]
    if all(missing):
        packages = LIBRARIES if platforms == ["offscreen"] else SCREEN_LIBRARIES
        return f"a system library is missing ({missing[0]}); install it with “sudo apt install {packages}”."
    if platforms == ["xcb"] and not _x_answers():
        return (
            f"the display {os.environ.get('DISPLAY', '')} does not answer; log in to a desktop, or open "
            "the window on a virtual screen with “sudo apt install xvfb && xvfb-run -a glassnet”."
        )
    return ""


def _desktops() -> list[str]:
    found = (("wayland", "WAYLAND_DISPLAY"), ("xcb", "DISPLAY"))
    return [name for name, variable in found if os.environ.get(variable)]


def _missing(platform: str) -> str:
    """Load Qt's plugin for a window system; return the name of the library it lacks, or "".

    Qt would load the same file a moment later, so this takes no extra time. A Qt that does not come from PyPI
    keeps its plugins elsewhere, and the system supplies its libraries.
    """
    spec = importlib.util.find_spec("PySide6")
    folders = spec.submodule_search_locations if spec else None
    for folder in folders or ():
        plugin = Path(folder, "Qt", "plugins", "platforms", f"libq{platform}.so")
        if plugin.exists():
            try:
                ctypes.CDLL(str(plugin))
            except OSError as error:
                return str(error.__cause__ or error).partition(":")[0]  # a bundle words it otherwise
    return ""


def _x_answers() -> bool:
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = (ctypes.c_void_p,)
    connection = xcb.xcb_connect(None, None)
    answers = bool(xcb.xcb_connection_has_error(connection) == 0)
    xcb.xcb_disconnect(connection)
    return answers


# -- versions, BLAS, screen, cores -----------------------------------------------------------------------


def diagnostics() -> str:
    """Return a table of facts about the installation, one per line."""
    return facts(_screen())


def _screen() -> str:
    if sentence := obstacle(os.environ.get("QT_QPA_PLATFORM", "")):
        return sentence
    from PySide6.QtGui import QGuiApplication  # noqa: PLC0415 - it may be what is broken

    application = QGuiApplication.instance() or QGuiApplication(["glassnet"])
    assert isinstance(application, QGuiApplication)
    return screens(application)
