"""A row of one's own table on the canvas: the line to its inputs, and the loss as a last column."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from core.analysis.sample_losses import sample_losses
from core.data.table import Cells, Column, Table
from core.nn.design import Data, Dense, Design, Training
from core.nn.losses import MSE, BinaryCrossEntropy
from core.number_style import NOT_COMPUTED, value_text
from gui.app.main_window import MainWindow
from gui.canvas.items.row_in_network import LossItem, RowItem
from gui.qt.later import draw_all
from gui.selection import Selection

Open = Callable[..., MainWindow]


def design(targets: int, *, classes: bool = False) -> Design:
    rng = np.random.default_rng(1)
    inputs = [Column(f"x{k + 1}", Cells(rng.normal(size=6))) for k in range(2)]
    values = np.arange(6.0) % 2 if classes else None
    ys = [
        Column(
            f"y{k + 1}",
            Cells(rng.normal(size=6) if values is None else values),
            role="target",
            entry="classes" if classes else "unscaled",
        )
        for k in range(targets)
    ]
    layers = (Dense(3), Dense(targets, "sigmoid" if classes else "linear"))
    loss = BinaryCrossEntropy() if classes else MSE()
    return Design(
        data=Data(source="table", table=Table((*inputs, *ys))),
        layers=layers,
        training=Training(batch_size=2, loss=loss),
    )


def item(window: MainWindow, kind: type[LossItem] | type[RowItem]) -> LossItem | RowItem:
    (found,) = (part for part in window.panels.canvas.network_scene.parts if isinstance(part, kind))
    return found


@pytest.mark.parametrize("targets", [1, 2, 3])
def test_the_shares_of_the_outputs_and_their_sum_are_those_of_the_sample(
    open_window: Open, targets: int
) -> None:
    window = open_window(design(targets), size=(1600, 1000))
    window.player.run(3)
    window.player.settle()
    for sample in (0, 4):
        window.session.select(Selection(sample=sample))
        draw_all(window)
        snapshot = window.player.snapshot
        assert snapshot is not None
        wanted = sample_losses(snapshot.network, snapshot.shown_theta, snapshot.dataset, np.array([sample]))
        loss = item(window, LossItem)
        assert isinstance(loss, LossItem)
        assert loss.shares() == pytest.approx([*wanted.terms[:, 0].tolist(), float(wanted.loss[0])], rel=1e-5)
        assert loss.texts[-1] == value_text(float(wanted.loss[0]))
        row = item(window, RowItem)
        assert isinstance(row, RowItem) and row.text == f"row {sample + 1}"


def test_nothing_is_told_of_the_loss_before_it_is_computed(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(design(1, classes=True), size=(1600, 1000))
    window.session.select(Selection(sample=0))
    window.actions_["grain_layer"].trigger()
    told = []
    for _ in range(6):
        qtbot.keyClick(window.panels.canvas, Qt.Key.Key_Right)
        window.player.settle()
        draw_all(window)
        loss = item(window, LossItem)
        assert isinstance(loss, LossItem)
        told.append(loss.texts[-1] != NOT_COMPUTED)
    assert not told[0] and told[-1] and told == sorted(told)


def test_only_a_table_has_a_line_and_only_a_chosen_row_is_told(open_window: Open) -> None:
    window = open_window(design(2), size=(1600, 1000))
    row = item(window, RowItem)
    assert isinstance(row, RowItem) and row.text == ""
    window.document.edit(replace(Design(), layers=(Dense(2), Dense(1, "sigmoid"))), "Other data")
    window.player.settle()
    assert not any(isinstance(part, RowItem | LossItem) for part in window.panels.canvas.network_scene.parts)


def test_in_a_narrow_canvas_the_headers_keep_their_room(open_window: Open) -> None:
    window = open_window(design(5), size=(1024, 600))
    layout = window.panels.canvas.state.layout
    assert layout.scene.width() <= window.panels.canvas.viewport().width() + 1
