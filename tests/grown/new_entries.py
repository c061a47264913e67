"""Tests of the grown program (see `tests.test_one_entry`): all that one entry more has to do."""

from __future__ import annotations

import re
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
from core.derivation.expressions import Leaf, Symbol
from core.derivation.formulas import Curve
from core.derivation.latex import as_latex
from core.derivation.solution import solution
from core.derivation.text import as_text
from core.exercises.formulas import of_activations
from core.exercises.question import NumberDraw
from core.exercises.softmax_and_losses import of_losses
from core.graph.parser import parse
from core.lecture.demos import loss_tables
from core.lecture.subjects import ActivationBench, LossBench
from core.nn.activations import ACTIVATIONS
from core.nn.design import Data, Dense, Design, Training
from core.nn.design_problems import problems
from core.nn.initializers import INITIALIZERS
from core.nn.losses import LOSSES
from core.nn.network import Network
from core.nn.optimizers import OPTIMIZERS
from core.nn.trainer import Trainer
from core.project.files import DesignFile, read, write
from gui.canvas.context_menus import activation_menu, layer_menu
from gui.graph_lab.formulas import local_derivatives, value_formula, written
from gui.lecture.stages.activations.curves import ActivationCurves, colour_of
from gui.lecture.stages.losses.text import full_name, short_name, term_heading, working_row
from gui.selection import Selection
from gui.theme.theme import DARK, LIGHT, Theme
from gui.views.activation_plot import ActivationPlot
from tests.gui.conftest import _garbage_between_tests, _garbage_of_modules, open_window, settings  # noqa: F401
from tests.gui.scenes import scene_of, tell

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
    text, latex = as_text(worked, 1000), as_latex(worked)
    assert re.search(r"a\[2\]₁ = σ\[2\]₁\(z\[2\]₁\) = sin\([\d.−]+\) = ", text)
    assert "σ′[2]₁(z[2]₁) = cos(z[2]₁) = cos(" in text
    assert "J = ln((e^(o₁ − y₁) + e^(y₁ − o₁))/2) = " in text and "∂J/∂a[2]₁ = tanh(o₁ − y₁) = " in text
    assert "← s[2]₁₁ + (∂J/∂W[2]₁₁)² = " in text and "/(√(s[2]₁₁) + ε) = " in text
    for formula in (r"\sin(", r"\cos(z_{1}^{[2]})", r"\tanh(o_{1} - y_{1})", r"\sqrt{s_{11}^{[2]}}"):
        assert formula in latex
    for name in ("sine", "Adagrad", "Log-cosh"):
        assert name in text and name in latex


def test_an_exercise_and_the_graph_lab_have_its_formula() -> None:
    bench = ActivationBench(activations=(SINE,))
    found = of_activations(bench, NumberDraw(1))
    assert found is not None
    assert [str(question.hints[0]) for question in found.questions] == ["g(z) = sin(z)", "g′(z) = cos(z)"]
    losses = LossBench(losses=(LOSSES["log_cosh"](),), outputs=((1.0,), (3.0,)), targets=((2.0,), (3.0,)))
    found, y_hat = of_losses(losses, NumberDraw(1)), "y\u0302"
    assert found is not None
    assert str(found.questions[0].hints[0]) == f"L₁ = ln((e^({y_hat}₁ − y₁) + e^(y₁ − {y_hat}₁))/2)"
    assert str(found.questions[-1].hints[0]) == f"∂J/∂ŷ = 1/N tanh({y_hat}₁ − y₁)"
    module = parse("sine(x * y)").nodes[-1].module
    assert module is not None
    q, f = Leaf(0.5, Symbol("q")), Leaf(float(np.sin(0.5)), Symbol("f"))
    assert written(value_formula(module, [q], f.value)) == "sin(<i>q</i>)"
    (slope,) = local_derivatives(module, [q], f, [float(np.cos(0.5))])
    assert slope.formula is not None and written(slope.formula.expression) == "cos(<i>q</i>)"


def test_its_curve_is_drawn_and_its_formula_stands_beside_it(qtbot: QtBot) -> None:
    plot, told = ActivationPlot(), scene_of(DESIGN)
    qtbot.addWidget(plot)
    plot.resize(420, 200)
    plot.show()
    tell(plot, told, Selection(layer=1))
    assert (plot.formula.latex, plot.slope_formula.latex) == (r"g=\sin(z)", r"g'=\cos(z)")
    z, g = plot._g.getData()
    assert np.allclose(g, np.sin(z), atol=1e-12)
    assert np.allclose(plot._slope.getData()[1], np.cos(z), atol=1e-12)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_the_bench_draws_it_in_its_own_colour(qtbot: QtBot, theme: Theme) -> None:
    curves = ActivationCurves(of_slope=False)
    qtbot.addWidget(curves)
    curves.resize(500, 300)
    curves.show_theme(theme)
    curves.show_curves([Curve(SINE)], -5.0, 5.0)
    curves.show_z(-3.0, SINE, frozenset({(SINE, "value"), (SINE, "slope")}))
    curves.show()
    image, top = curves.grab().toImage(), curves.place(np.pi / 2, 1.0).toPoint()
    assert image.pixelColor(top).name() == colour_of(SINE, theme).name()
    others = {colour_of(name, theme).name() for name in ACTIVATIONS if name not in (SINE, "softmax")}
    assert colour_of(SINE, theme).name() not in others


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
    assert training.loss_formula.latex.startswith(r"L=\ln\left(\frac{e^{\hat y - y}")
    assert training.optimizer_formula.latex.startswith(r"s\leftarrow s + g^{2};\ \theta\leftarrow ")
    assert data.picker.names == tuple(DATASETS) and data.picker.currentRow() == list(DATASETS).index(STRIPES)
    assert list(panels.bring("palette").activations) == list(ACTIVATIONS)
    menu = activation_menu(window, DESIGN, 0, lambda *_: None)
    assert {entry.symbol for entry in ACTIVATIONS.values()} <= set(titles(menu))
    menu = layer_menu(window, DESIGN, 0, 2, lambda *_: None)
    assert {entry.symbol for entry in INITIALIZERS.values()} <= set(titles(menu))
    window.actions_["run"].trigger()
    qtbot.waitUntil(lambda: player.newest is not None and player.newest.iteration > 300, timeout=60_000)
    window.actions_["run"].trigger()
    qtbot.waitUntil(lambda: not player.running, timeout=60_000)
    assert window.document.design == DESIGN


def test_the_words_of_the_bench_of_losses_are_derived() -> None:
    loss = LOSSES["log_cosh"]()
    bench = LossBench(losses=(loss,), outputs=((1.0,), (3.0,)), targets=((2.0,), (3.0,)))
    assert short_name(loss) == full_name(loss) == "Log-cosh" and term_heading(loss)
    (table,) = loss_tables(bench)
    row = working_row(bench, table)
    assert "ln((e^(1 − 2) + e^(2 − 1))/2) + ln((e^(3 − 3) + e^(3 − 3))/2)" in str(row)
