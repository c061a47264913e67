"""Facts about the installation: the versions of all that Glassnet is made of, the screen and the cores."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PySide6.QtGui import QGuiApplication


ROOT = Path(__file__).resolve().parents[2]


def version() -> str:
    """Return the version of the installed package, or of the checkout that is running."""
    project = ROOT / "pyproject.toml"
    if project.exists():
        import tomllib  # noqa: PLC0415 - needed in a checkout alone

        return str(tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"])
    from importlib import metadata  # noqa: PLC0415 - not for a checkout, where it would be the slowest part

    return metadata.version("glassnet")


def facts(screen: str) -> str:
    """Return a table of facts, one per line; ``screen`` describes the screen (see `screens`)."""
    import platform  # noqa: PLC0415 - the version alone is told without these

    import numpy as np  # noqa: PLC0415

    rows = {
        "glassnet": version(),
        "Python": f"{platform.python_version()} ({platform.python_implementation()})",
        "NumPy": np.__version__,
        "BLAS": _blas(),
        "BLAS threads": os.environ.get("OPENBLAS_NUM_THREADS", "its own choice"),
        "Qt": _qt(),
        **{name: _installed(name) for name in ("PySide6_Essentials", "pyqtgraph", "msgspec", "ziamath")},
        "platform": platform.platform(),
        "screen": screen,
        "cores": str(os.cpu_count()),
    }
    return "\n".join(f"{name:<20}{value}" for name, value in rows.items())


def screens(application: QGuiApplication) -> str:
    """Return the sizes of all screens in pixels, with their device pixel ratios, and the window system."""
    found = [
        f"{screen.size().width()}x{screen.size().height()} at {screen.devicePixelRatio():g}"
        for screen in application.screens()
    ]
    return f"{', '.join(found)} ({application.platformName()})"


def _blas() -> str:
    import numpy as np  # noqa: PLC0415 - as above

    config: Any = np.show_config(mode="dicts")
    blas = config.get("Build Dependencies", {}).get("blas", {})
    return f"{blas.get('name', 'unknown')} {blas.get('version', '')}".strip()


def _installed(name: str) -> str:
    from importlib import metadata  # noqa: PLC0415 - as above

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
