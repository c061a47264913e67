"""Films of a run: a stretch of the timeline, and a pass, which leave the window where it was."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from core.debugger.steps import LoopStage
from core.lecture.view_ids import ViewId
from core.nn.design import Dense, Design
from gui.app.export.films import RunFilmDialog, one_pass
from gui.widgets import dialogs
from tests.gui.app.export.test_exports import press
from tests.gui.app.test_saving import train

if TYPE_CHECKING:
    from gui.app.main_window import MainWindow


def test_a_stretch_of_the_run_is_filmed_in_a_view(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(window, 60)
    monkeypatch.setattr(dialogs, "file_to_save", lambda *_what, **_how: str(tmp_path / "a.gif"))
    press(window, "film", "")
    dialog = window.findChild(RunFilmDialog)
    dialog.view.setCurrentIndex(dialog.view.findData(ViewId.DECISION_BOUNDARY.value))
    for field, number in ((dialog.first, "10"), (dialog.last, "50"), (dialog.pictures, "4")):
        field.selectAll()
        QTest.keyClicks(field, number)
        field.editingFinished.emit()
    QTest.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    with Image.open(tmp_path / "a.gif") as image:
        assert image.n_frames == 4
        pictures = set()
        for k in range(4):
            image.seek(k)
            pictures.add(image.convert("RGB").tobytes())
    assert len(pictures) == 4
    where = window.player.where
    assert where.iteration == where.newest == 60 and not where.behind
    assert "a.gif" in window.status.happened.text()


def test_a_pass_is_filmed_from_its_sample_to_its_update(window: MainWindow) -> None:
    window.document.begin(Design(layers=(Dense(1), Dense(1, "sigmoid"))))
    train(window, 5)
    last = []
    footage = one_pass(window.player, window.time.seek, window.panels.canvas)
    for _moment in footage.moments():
        last.append(window.player.where.last)
    neurons = sum(window.player.snapshot.network.n[1:])
    assert len(last) > 3 * neurons
    stages = [step.stage for step in last]
    assert stages == sorted(stages) and set(stages) == set(LoopStage)
    assert window.player.where.iteration == 5
