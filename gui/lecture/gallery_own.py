"""The user's own scenes: the files opened or saved last, kept in the settings."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings

KEY = "lecture/own_scenes"
MOST = 12


def own_scenes(settings: QSettings | None) -> list[Path]:
    """Return the files of the user's scenes that are still there, the latest first."""
    stored = settings.value(KEY, []) if settings is not None else []
    names = stored if isinstance(stored, list) else [stored] if stored else []
    return [path for name in names if (path := Path(str(name))).is_file()]


def remember(settings: QSettings | None, path: Path) -> None:
    """Put a file at the head of the user's scenes."""
    if settings is None:
        return
    path = path.absolute()
    others = [other for other in own_scenes(settings) if other != path]
    settings.setValue(KEY, [str(one) for one in (path, *others)][:MOST])
