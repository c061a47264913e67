"""What a fault report needs to know about the machine: versions, BLAS, screen, cores."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from typing import Any

import numpy as np

from gui.display import obstacle


def diagnostics(version: str) -> str:
    """Return the table, one line a fact."""
    rows = {
        "glassnet": version,
        "Python": f"{platform.python_version()} ({platform.python_implementation()})",
        "NumPy": np.__version__,
        "BLAS": _blas(),
        "BLAS threads": os.environ.get("OPENBLAS_NUM_THREADS", "its own choice"),
        "Qt": _qt(),
        **{name: _installed(name) for name in ("PySide6_Essentials", "pyqtgraph", "msgspec", "ziamath")},
        "platform": platform.platform(),
        "screen": _screen(),
        "cores": str(os.cpu_count()),
    }
    return "\n".join(f"{name:<20}{value}" for name, value in rows.items())


def _blas() -> str:
    config: Any = np.show_config(mode="dicts")
    blas = config.get("Build Dependencies", {}).get("blas", {})
    return f"{blas.get('name', 'unknown')} {blas.get('version', '')}".strip()


def _installed(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"


def _qt() -> str:
    try:
        from PySide6.QtCore import qVersion  # noqa: PLC0415 - it may be what is broken
    except ImportError as error:
        return f"cannot be loaded: {error}"
    return qVersion()


def _screen() -> str:
    if sentence := obstacle(os.environ.get("QT_QPA_PLATFORM", "")):
        return sentence
    from PySide6.QtGui import QGuiApplication  # noqa: PLC0415

    application = QGuiApplication.instance() or QGuiApplication(["glassnet"])
    assert isinstance(application, QGuiApplication)
    screens = [
        f"{screen.size().width()}x{screen.size().height()} at {screen.devicePixelRatio():g}"
        for screen in application.screens()
    ]
    return f"{', '.join(screens)} ({application.platformName()})"
