"""The training panel makes one edit per gesture, and shows each problem at its field."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QSlider
from pytestqt.qtbot import QtBot

from core.nn.design import Design, Training, fields_of
from core.nn.design_problems import problems
from core.nn.losses import MSE, Hinge
from core.nn.optimizers import Adam
from gui.views.training_panel import FIELDS, MORE, TrainingPanel
from tests.gui.scenes import scene, tell

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(qtbot: QtBot) -> TrainingPanel:
    made = TrainingPanel()
    qtbot.addWidget(made)
    made.resize(230, 600)
    made.show()
    qtbot.waitExposed(made)
    return made


def _asked(panel: TrainingPanel) -> list[tuple[Design, str]]:
    asked: list[tuple[Design, str]] = []
    panel.edit_requested.connect(lambda design, text: asked.append((design, text)))
    return asked


def test_all_fields_of_training_are_there() -> None:
    assert set(FIELDS + MORE) == set(fields_of(Training))


def test_an_edit_names_its_field(qtbot: QtBot, panel: TrainingPanel) -> None:
    told = scene()
    tell(panel, told)
    asked = _asked(panel)
    row = panel.form.rows["optimizer"]
    qtbot.keyClick(row.edit, Qt.Key.Key_Home)
    design, text = asked[0]
    assert text == "Change Optimizer" and design.training.optimizer != Adam()
    assert replace(design, training=told.design.training) == told.design
    qtbot.keyClick(panel.form.rows["batch_size"].edit, Qt.Key.Key_Up)
    assert asked[1][0].training.batch_size == 11 and asked[1][1] == "Change Batch size |B|"


@pytest.mark.parametrize("text", ["0", "-1", "1e9", "abc"])
def test_a_wrong_learning_rate_gets_a_sentence(qtbot: QtBot, panel: TrainingPanel, text: str) -> None:
    tell(panel, scene())
    asked = _asked(panel)
    row = panel.form.rows["learning_rate"]
    row.edit.selectAll()  # type: ignore[attr-defined]
    qtbot.keyClicks(row.edit, text)
    qtbot.keyClick(row.edit, Qt.Key.Key_Return)
    assert not asked and row.problem.isVisible() and "Learning rate" in row.problem.text()


def test_the_learning_rate_is_previewed_while_dragged(qtbot: QtBot, panel: TrainingPanel) -> None:
    tell(panel, scene())
    asked = _asked(panel)
    rates: list[float] = []
    panel.learning_rate_previewed.connect(rates.append)
    slider = panel.form.rows["learning_rate"].findChild(QSlider)
    assert slider is not None
    share = slider.value() / slider.maximum()
    start = QPoint(round(7 + share * (slider.width() - 14)), slider.height() // 2)
    qtbot.mousePress(slider, LEFT, pos=start)
    for k in range(1, 8):
        qtbot.mouseMove(slider, start - QPoint(5 * k, 0))
    assert rates and rates[-1] < 0.03 and not asked
    qtbot.mouseRelease(slider, LEFT, pos=start - QPoint(35, 0))
    assert len(asked) == 1 and asked[0][0].training.learning_rate == rates[-1]


def test_batch_size_is_for_mini_batches(panel: TrainingPanel) -> None:
    design = scene().design
    for kind in ("batch", "stochastic", "mini-batch"):
        panel.show_design(replace(design, training=Training(gradient_descent=kind)), ())  # type: ignore[arg-type]
        assert panel.form.rows["batch_size"].isVisible() == (kind == "mini-batch")


def test_problems_stand_at_their_fields(panel: TrainingPanel) -> None:
    told = scene()
    broken = replace(told.design, training=replace(told.design.training, batch_size=999))
    found = problems(broken, told.dataset)
    panel.show_design(broken, found)
    assert panel.form.rows["batch_size"].problem.text() == found[0].why
    blobs = scene("blobs")
    wrong = replace(blobs.design, training=replace(blobs.design.training, loss=Hinge()))
    found = problems(wrong, blobs.dataset)
    panel.show_design(wrong, found)
    assert panel.form.rows["loss"].problem.text() == found[0].why
    assert not panel.form.rows["batch_size"].problem.isVisible()


def test_more_is_closed_and_opens_by_mouse_or_problem(qtbot: QtBot, panel: TrainingPanel) -> None:
    told = scene()
    tell(panel, told)
    assert not panel.more_form.isVisible()
    qtbot.mouseClick(panel.more, LEFT)
    assert panel.more_form.isVisible()
    qtbot.mouseClick(panel.more, LEFT)
    broken = replace(told.design, training=replace(told.design.training, seed=-1))
    panel.show_design(broken, problems(broken, told.dataset))
    assert panel.more_form.rows["seed"].problem.isVisible()


def test_an_edit_under_more_keeps_the_rest(qtbot: QtBot, panel: TrainingPanel) -> None:
    told = scene()
    tell(panel, told)
    asked = _asked(panel)
    qtbot.mouseClick(panel.more, LEFT)
    qtbot.keyClick(panel.more_form.rows["seed"].edit, Qt.Key.Key_Up)
    assert asked[0][0].training == replace(told.design.training, seed=2)


def test_formulas_are_those_of_the_tables(panel: TrainingPanel) -> None:
    design = scene().design
    panel.show_design(replace(design, training=Training(loss=MSE(), optimizer=Adam())), ())
    assert panel.loss_formula.latex == r"L=(y - \hat y)^{2};\ J=\frac{1}{K|B|}\sum_{B}\sum_{k}L"
    assert panel.optimizer_formula.latex == (
        r"m\leftarrow \beta_{1}\,m + (1 - \beta_{1})\,g;\ "
        r"v\leftarrow \beta_{2}\,v + (1 - \beta_{2})\,g^{2};\ "
        r"\theta\leftarrow \theta - \eta\,\frac{\hat m}{\sqrt{\hat v} + \epsilon}"
    )


@pytest.mark.parametrize(
    ("over_outputs", "over_samples", "formula"),
    [
        ("sum", "mean", r"J=\frac{1}{|B|}\sum_{B}\sum_{k}L"),
        ("half sum", "mean", r"J=\frac{1}{2|B|}\sum_{B}\sum_{k}L"),
        ("half sum", "sum", r"J=\frac{1}{2}\sum_{B}\sum_{k}L"),
        ("sum", "sum", r"J=\sum_{B}\sum_{k}L"),
    ],
)
def test_the_formula_says_what_is_a_mean_and_what_a_sum(
    panel: TrainingPanel, over_outputs: str, over_samples: str, formula: str
) -> None:
    loss = MSE(over_outputs=over_outputs, over_samples=over_samples)
    panel.show_design(replace(scene().design, training=Training(loss=loss)), ())
    assert panel.loss_formula.latex.endswith(formula)


def test_it_fits_a_narrow_panel(panel: TrainingPanel) -> None:
    tell(panel, scene())
    assert panel.minimumSizeHint().width() <= 240
