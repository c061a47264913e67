"""Losses of all samples: told at once where that is quick, else slice by slice between which Qt draws."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from core import slices
from core.analysis.sample_losses import SampleLosses
from core.nn.trainer import Snapshot
from gui.passes.losses_in_slices import LossesInSlices
from gui.qt import in_slices
from tests.gui.scenes import scene

Told = list[tuple[Snapshot, SampleLosses]]


@pytest.fixture
def told(qtbot: QtBot) -> Iterator[tuple[LossesInSlices, Told]]:
    parent = QWidget()
    qtbot.addWidget(parent)
    losses, heard = LossesInSlices(parent), Told()
    losses.known.connect(lambda snapshot, found: heard.append((snapshot, found)))
    yield losses, heard


def slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make slices as small as can be, and only one between two events."""
    monkeypatch.setattr(in_slices, "SLICE_SECONDS", -1.0)
    monkeypatch.setattr(slices, "NUMBERS", 1)


def test_few_samples_are_told_at_once_and_once(told: tuple[LossesInSlices, Told]) -> None:
    losses, heard = told
    snapshot = scene("iris").snapshot
    losses.want(snapshot)
    losses.want(snapshot)
    assert [one for one, _found in heard] == [snapshot]
    losses.tell_again()
    assert len(heard) == 2 and heard[0][1] is heard[1][1]


def test_many_samples_are_told_when_all_slices_are_done_and_then_the_newest_moment(
    told: tuple[LossesInSlices, Told], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    losses, heard = told
    run = scene("iris")
    moments = []
    for _ in range(3):
        run.trainer.run(1)
        moments.append(run.snapshot)
    slowly(monkeypatch)
    for moment in moments:
        losses.want(moment)
        assert not heard
    qtbot.waitUntil(lambda: len(heard) == 2)
    assert [one for one, _found in heard] == [moments[0], moments[2]]
    assert heard[1][1].o.shape == (3, 150)


def test_moments_of_a_former_network_are_not_told(
    told: tuple[LossesInSlices, Told], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    losses, heard = told
    slowly(monkeypatch)
    losses.want(scene("iris").snapshot)
    losses.forget()
    other = scene("moons").snapshot
    losses.want(other)
    qtbot.waitUntil(lambda: len(heard) > 0)
    assert [one for one, _found in heard] == [other]
    losses.forget()
    losses.tell_again()
    assert len(heard) == 1
