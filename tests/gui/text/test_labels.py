"""Lines of text that change often: a number is never cut off."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from gui.text.labels import FastLabel


@pytest.mark.parametrize(("one", "other"), [("1.3e−4", "1.3e−9"), ("12345", "12349"), ("99.1 %", "99.2 %")])
@pytest.mark.parametrize("width", [40, 60])
def test_two_numbers_look_different_however_little_room_there_is(
    qtbot: QtBot, one: str, other: str, width: int
) -> None:
    label = FastLabel("number", "0")
    qtbot.addWidget(label)
    label.resize(width, label.sizeHint().height())
    pictures = []
    for text in (one, other):
        label.setText(text)
        pictures.append(label.grab().toImage())
    assert pictures[0] != pictures[1]
