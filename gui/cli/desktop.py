"""The commands `desktop` and `completion`: Glassnet in the menu of a desktop, and in a shell.

The files are installed below $XDG_DATA_HOME, or ~/.local/share: a menu entry, icons, file types,
metadata for software centres, and the manual page.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from core.language import tr
from core.project.json_io import ASSETS, FileError, reason
from gui.cli.manual_page import manual_page
from gui.cli.printing import say

DESKTOP, ICON = ASSETS / "desktop", ASSETS / "icons" / "glassnet.svg"
UPDATES = (
    ("update-desktop-database", "applications"),
    ("update-mime-database", "mime"),
    ("gtk-update-icon-cache", "icons/hicolor"),
)
"""Programs that update the desktop's databases, with the folder each is given; they may be missing."""


def data_home() -> Path:
    """Return the folder of the user's data, according to the XDG base directory specification."""
    told = os.environ.get("XDG_DATA_HOME", "")
    return Path(told) if Path(told).is_absolute() else Path.home() / ".local" / "share"


def installed_files(command: str, parser: argparse.ArgumentParser, version: str) -> dict[str, bytes]:
    """Return the contents of the installed files, by their path below the folder of the user's data."""
    icon = ICON.read_bytes()
    entry = (DESKTOP / "glassnet.desktop").read_text(encoding="utf-8").replace("@COMMAND@", quoted(command))
    return {
        "applications/glassnet.desktop": entry.encode(),
        "mime/packages/glassnet.xml": (DESKTOP / "glassnet.xml").read_bytes(),
        "metainfo/glassnet.metainfo.xml": (DESKTOP / "glassnet.metainfo.xml").read_bytes(),
        "icons/hicolor/scalable/apps/glassnet.svg": icon,
        "icons/hicolor/scalable/mimetypes/application-x-glassnet.svg": icon,
        "man/man1/glassnet.1": manual_page(parser, version).encode(),
    }


def quoted(command: str) -> str:
    """Return a path as an argument of a menu entry's command (Desktop Entry Specification, "Exec key")."""
    for special in ("\\", '"', "`", "$"):
        command = command.replace(special, f"\\{special}")
    return f'"{command}"'.replace("\\", "\\\\").replace("%", "%%")


def desktop(task: str, parser: argparse.ArgumentParser, version: str) -> int:
    """Install Glassnet in the menu of the desktop, or remove it; return the exit code. Raises FileError."""
    if not sys.platform.startswith("linux"):
        raise FileError(tr("Only a desktop of Linux has this menu; make a shortcut to glassnet instead."))
    home, places = data_home(), installed_files(_command(), parser, version)
    for place, contents in places.items():
        path = home / place
        try:
            if task == "install":
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(contents)
            else:
                path.unlink(missing_ok=True)
        except OSError as error:
            raise FileError(
                tr("“{name}” cannot be changed: {reason}.", name=str(path), reason=reason(error))
            ) from None
        say(str(path))
    for program, folder in UPDATES:
        found = shutil.which(program)
        if found and (home / folder).is_dir():
            with suppress(OSError):
                subprocess.run([found, str(home / folder)], capture_output=True, check=False)
    said = tr("Installed for {home}; the menu shows it when it is opened next.")
    say((said if task == "install" else tr("Removed from {home}.")).format(home=home))
    return 0


def _command() -> str:
    """Return the path of the running command `glassnet`. Raises FileError if there is none."""
    beside = Path(sys.executable).with_name("glassnet")
    started = Path(sys.argv[0]).absolute()
    if started.name == "glassnet" and os.access(started, os.X_OK):
        return str(started)
    if os.access(beside, os.X_OK):
        return str(beside)
    if found := shutil.which("glassnet"):
        return found
    raise FileError(tr("There is no command “glassnet” for the menu: install Glassnet with pip or pipx."))


def completion(shell: str, parser: argparse.ArgumentParser) -> int:
    """Print the script that completes commands and options in a shell; return the exit code."""
    import shtab  # noqa: PLC0415 - needed by this command alone

    say(shtab.complete(parser, shell=shell))
    return 0
