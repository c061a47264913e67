"""The program ends with exit code 0 and without a word, whatever is open and whatever was copied."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
DRIVER = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from gui.app import application as app
from gui.figures.figure import copy_figure

def act():
    window = app.present_window()
    for name in sys.argv[1:]:
        if name == "copy":
            copy_figure(window.panels.canvas)
        else:
            window.actions_[name].trigger()
        QApplication.processEvents()
    QTimer.singleShot(0, window.actions_["quit"].trigger)

app.application()
QTimer.singleShot(0, act)
sys.exit(app.run(new_instance=True))
"""


@pytest.mark.parametrize(
    "acts", [["copy"], ["run", "lab", "lecture", "side_by_side", "new_lecture", "preferences"]]
)
def test_the_program_ends_without_a_word(tmp_path: Path, acts: list[str]) -> None:
    places = {name: str(tmp_path) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME")}
    ended = subprocess.run(
        [sys.executable, "-c", DRIVER, *acts],
        cwd=ROOT,
        env=os.environ | places | {"PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )
    said = [line for line in ended.stderr.splitlines() if "This plugin does not support" not in line]
    assert (ended.returncode, said) == (0, [])
