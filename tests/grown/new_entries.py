"""Tests of the grown program (see `tests.test_one_entry`): all that one entry more has to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from core.analysis.activation_map import check_gradient
from core.analysis.run_health import run_findings
from core.data.datasets import DATASETS, make_dataset
from core.derivation.latex import as_latex
from core.derivation.solution import solution
from core.derivation.text import as_text
from core.lecture.demos import loss_tables
from core.lecture.subjects import LossBench
from core.nn.activations import ACTIVATIONS
from core.nn.design import Data, Dense, Design, Training, problems
from core.nn.initializers import INITIALIZERS
from core.nn.losses import LOSSES
from core.nn.network import Network
from core.nn.optimizers import OPTIMIZERS
from core.nn.trainer import Trainer
from core.project.files import DesignFile, read, write
from gui.canvas.context_menus import activation_menu, layer_menu
from gui.lecture.stages.activations.curves import colour_of
from gui.lecture.stages.losses.text import full_name, short_name, term_heading, working_row
from gui.theme.theme import DARK, LIGHT
from tests.gui.conftest import _garbage_between_tests, _lasting_objects, open_window, settings  # noqa: F401

SINE, SMALL, STRIPES = "sine", "small", "stripes"
DESIGN = Design(
    title="Grown",
    data=Data(source=STRIPES),
    layers=(Dense(6, SINE, initializer=SMALL), Dense(1, SINE, initializer=SMALL)),
    training=Training(loss=LOSSES["log_cosh"](), optimizer=OPTIMIZERS["adagrad"](), learning_rate=0.3),
)


def made() -> tuple[Network, Trainer]:
    dataset = make_dataset(DESIGN.data)
    network = Network(DESIGN, dataset)
    return network, Trainer(network, dataset)


def test_a_design_of_new_entries_learns_and_its_gradient_is_right() -> None:
    network, trainer = made()
    dataset = trainer.dataset
    assert not problems(DESIGN, dataset)
    x, y = dataset.x[:, dataset.train], dataset.targets(1)[:, dataset.train]
    assert check_gradient(network, trainer.snapshot().theta, x, y).error < 1e-6
    trainer.run(1500)
    assert trainer.snapshot().train.accuracy > 0.9
    assert check_gradient(network, trainer.snapshot().theta, x, y).error < 1e-6
    run_findings(network, dataset, trainer.snapshot(), trainer.curves())


def test_a_file_of_it_comes_back_as_it_was(tmp_path: Path) -> None:
    _network, trainer = made()
    trainer.run(50)
    moment = trainer.moment()
    work = DesignFile(DESIGN, moment.theta, moment.memory, moment.iteration)
    write(tmp_path / "grown.glassnet", work)
    back = read(tmp_path / "grown.glassnet")
    assert back.design == DESIGN
    assert np.array_equal(back.theta, moment.theta) and np.array_equal(back.memory, moment.memory)


def test_a_pass_of_it_is_explained() -> None:
    network, trainer = made()
    trainer.run(5)
    moment = trainer.moment()
    worked = solution(network, moment.theta, trainer.dataset, 0, memory=moment.memory, iteration=5)
    text, latex = as_text(worked), as_latex(worked)
    assert "sine" in text and "Adagrad" in text
    assert "sine" in latex and "Adagrad" in latex


@pytest.fixture
def window(open_window: Callable[..., object]) -> object:  # noqa: F811
    return open_window(DESIGN)


def titles(menu: QMenu) -> Iterator[str]:
    for action in menu.findChildren(QAction):
        yield action.text()


def test_it_is_in_every_picker_of_the_window_and_runs_there(window: object, qtbot: QtBot) -> None:
    panels, player = window.panels, window.player
    training, data = panels.bring("training_panel"), panels.bring("data_panel")
    for row, table in (("loss", LOSSES), ("optimizer", OPTIMIZERS)):
        combo = training.form.rows[row].combo
        assert [combo.itemText(k) for k in range(combo.count())] == [entry.symbol for entry in table.values()]
        assert combo.currentText() in ("Log-cosh", "Adagrad")
    assert training.loss_formula.latex.endswith(LOSSES["log_cosh"].formula)
    assert data.picker.names == tuple(DATASETS) and data.picker.currentRow() == list(DATASETS).index(STRIPES)
    assert list(panels.bring("palette").activations) == list(ACTIVATIONS)
    menu = activation_menu(window, DESIGN, 0, lambda *_: None)
    assert {entry.symbol for entry in ACTIVATIONS.values()} <= set(titles(menu))
    menu = layer_menu(window, DESIGN, 0, lambda *_: None)
    assert {entry.symbol for entry in INITIALIZERS.values()} <= set(titles(menu))
    window.actions_["run"].trigger()
    qtbot.waitUntil(lambda: player.newest is not None and player.newest.iteration > 300, timeout=60_000)
    window.actions_["run"].trigger()
    qtbot.waitUntil(lambda: not player.running, timeout=60_000)
    assert window.document.design == DESIGN


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_colours_and_words_are_derived(theme: object) -> None:
    others = {colour_of(name, theme).name() for name in ACTIVATIONS if name not in (SINE, "softmax")}
    assert colour_of(SINE, theme).name() not in others
    loss = LOSSES["log_cosh"]()
    bench = LossBench(losses=(loss,), outputs=((1.0,), (3.0,)), targets=((2.0,), (3.0,)))
    assert short_name(loss) == full_name(loss) == "Log-cosh" and term_heading(loss)
    (table,) = loss_tables(bench)
    row = working_row(bench, table)
    assert "L(1, 2)" in str(row)
