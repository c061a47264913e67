"""Forms are built from annotations, make one change per gesture, and show messages at the fields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import pytest
from msgspec import Meta, Struct
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QSlider
from pytestqt.qtbot import QtBot

from core.nn.design import Data, Dense, Problem, Training, fields_of
from core.nn.losses import LOSSES, BinaryCrossEntropy, Huber
from core.nn.optimizers import OPTIMIZERS, Adam, GradientDescent, Momentum
from gui.widgets.form import ChoiceRow, Form, KindRow, NumberFormRow, Segments, problems_under
from gui.widgets.slider import Scale, scale_of

LEFT = Qt.MouseButton.LeftButton


class Heard(list[object]):
    """Records the signals of a form."""


@pytest.fixture
def training(qtbot: QtBot) -> Iterator[tuple[Form, Heard]]:
    yield _form(qtbot, Form(Training), Training())


def _form(qtbot: QtBot, form: Form, value: Struct) -> tuple[Form, Heard]:
    qtbot.addWidget(form)
    form.resize(260, 600)
    form.show_value(value)
    heard = Heard()
    form.changed.connect(heard.append)
    form.show()
    qtbot.waitExposed(form)
    return form, heard


def _type(qtbot: QtBot, row: NumberFormRow, text: str) -> None:
    row.edit.setFocus()
    row.edit.selectAll()
    qtbot.keyClicks(row.edit, text)
    qtbot.keyClick(row.edit, Qt.Key.Key_Return)


def test_draws_every_field_of_every_part(qtbot: QtBot) -> None:
    for part, value in ((Training, Training()), (Data, Data()), (Dense, Dense(3)), (Adam, Adam())):
        form, heard = _form(qtbot, Form(part), value)
        wanted = {name for name, (_kind, meta) in fields_of(part).items() if meta is not None}
        assert set(form.rows) == wanted - {"initial", "fixed", "table"}  # with their own editors
        assert not heard
        form.close()


def test_showing_a_value_tells_nobody(training: tuple[Form, Heard]) -> None:
    form, heard = training
    form.show_value(
        Training(loss=Huber(2.0), optimizer=Momentum(0.5), learning_rate=3, batch_size=77, l2=0.1)
    )
    assert not heard
    assert form.rows["learning_rate"].edit.text() == "3"


def test_a_typed_number_is_one_change(qtbot: QtBot, training: tuple[Form, Heard]) -> None:
    form, heard = training
    _type(qtbot, form.rows["learning_rate"], "0.25")
    assert heard == [Training(learning_rate=0.25)]
    qtbot.keyClick(form.rows["learning_rate"].edit, Qt.Key.Key_Tab)
    assert len(heard) == 1


@pytest.mark.parametrize("text", ["0", "-1", "1e9", "abc", "nan", "inf", "", "1e400"])
def test_a_wrong_number_gets_a_sentence_and_changes_nothing(
    qtbot: QtBot, training: tuple[Form, Heard], text: str
) -> None:
    form, heard = training
    row = form.rows["learning_rate"]
    _type(qtbot, row, text) if text else _clear(qtbot, row)
    assert not heard
    assert row.problem.isVisible() and row.problem.text().startswith("Learning rate η must be")
    assert row.edit.accessibleDescription() == row.problem.text()
    qtbot.keyClick(row.edit, Qt.Key.Key_A)
    qtbot.keyClick(row.edit, Qt.Key.Key_Escape)
    assert row.edit.text() == "0.1" and not row.problem.isVisible()


def _clear(qtbot: QtBot, row: NumberFormRow) -> None:
    row.edit.selectAll()
    qtbot.keyClick(row.edit, Qt.Key.Key_Delete)
    qtbot.keyClick(row.edit, Qt.Key.Key_Return)


def test_a_whole_number_takes_no_fraction(qtbot: QtBot, training: tuple[Form, Heard]) -> None:
    form, heard = training
    _type(qtbot, form.rows["batch_size"], "2.5")
    assert not heard and "whole number" in form.rows["batch_size"].problem.text()
    _type(qtbot, form.rows["batch_size"], "25")
    assert heard == [Training(batch_size=25)] and not form.rows["batch_size"].problem.isVisible()


def test_arrow_keys_step_a_number(qtbot: QtBot, training: tuple[Form, Heard]) -> None:
    form, heard = training
    edit = form.rows["seed"].edit
    qtbot.keyClick(edit, Qt.Key.Key_Up)
    assert heard == [Training(seed=2)]
    rate = form.rows["learning_rate"].edit
    qtbot.keyClick(rate, Qt.Key.Key_Down)
    assert heard[-1] == Training(learning_rate=0.09)
    form.show_value(Training(seed=0))
    qtbot.keyClick(edit, Qt.Key.Key_Down)
    assert len(heard) == 2, "no step out of the range"


def test_a_slider_drag_previews_and_is_one_change(qtbot: QtBot, training: tuple[Form, Heard]) -> None:
    form, heard = training
    row = form.rows["learning_rate"]
    previews = Heard()
    form.previewed.connect(previews.append)
    slider = row.findChild(QSlider)
    assert slider is not None
    start = _handle(slider)
    qtbot.mousePress(slider, LEFT, pos=start)
    for k in range(1, 6):
        qtbot.mouseMove(slider, start + QPoint(6 * k, 0))
    assert not heard and len(previews) > 1
    qtbot.mouseRelease(slider, LEFT, pos=start + QPoint(30, 0))
    assert len(heard) == 1 and heard[0] == previews[-1]
    assert heard[0].learning_rate > 0.1  # type: ignore[attr-defined]


def _handle(slider: QSlider) -> QPoint:
    share = (slider.value() - slider.minimum()) / (slider.maximum() - slider.minimum())
    return QPoint(round(7 + share * (slider.width() - 14)), slider.height() // 2)


def test_a_slider_key_is_one_change(qtbot: QtBot, training: tuple[Form, Heard]) -> None:
    form, heard = training
    slider = form.rows["l2"].findChild(QSlider)
    assert slider is not None
    qtbot.keyClick(slider, Qt.Key.Key_PageUp)
    assert len(heard) == 1 and heard[0].l2 > 0  # type: ignore[attr-defined]
    qtbot.keyClick(slider, Qt.Key.Key_Home)
    assert heard[-1] == Training(l2=0.0)


def test_choosing_a_kind_brings_its_fields(qtbot: QtBot, training: tuple[Form, Heard]) -> None:
    form, heard = training
    row = form.rows["optimizer"]
    assert isinstance(row, KindRow)
    assert [row.combo.itemText(k) for k in range(row.combo.count())] == [
        o.symbol for o in OPTIMIZERS.values()
    ]
    row.combo.setFocus()
    for _ in range(4):
        qtbot.keyClick(row.combo, Qt.Key.Key_Down)
    assert heard[-1] == Training(optimizer=Adam())
    form.show_value(heard[-1])
    sub = row.forms[4]
    assert sub is not None and sub.isVisible() and set(sub.rows) == {"beta1", "beta2", "epsilon"}
    assert sub.rows["beta1"].field.title.text() == "β₁"
    _type(qtbot, sub.rows["beta1"], "0.8")
    assert heard[-1] == Training(optimizer=Adam(beta1=0.8))
    _type(qtbot, sub.rows["beta1"], "1")
    assert sub.rows["beta1"].problem.isVisible()


def test_every_loss_and_optimizer_can_be_shown(training: tuple[Form, Heard]) -> None:
    form, heard = training
    for loss in LOSSES.values():
        for optimizer in OPTIMIZERS.values():
            form.show_value(Training(loss=loss(), optimizer=optimizer()))
    assert not heard


def test_a_few_names_are_chosen_by_keys(qtbot: QtBot, training: tuple[Form, Heard]) -> None:
    form, heard = training
    row = form.rows["gradient_descent"]
    assert isinstance(row, ChoiceRow) and row.combo.currentText() == "Mini-batch"
    qtbot.keyClick(row.combo, Qt.Key.Key_Up)
    assert heard == [Training(gradient_descent="stochastic")]
    qtbot.keyClick(row.combo, Qt.Key.Key_Home)
    assert heard[-1] == Training(gradient_descent="batch")


def test_segments_choose_by_mouse_and_arrows(qtbot: QtBot) -> None:
    choices = {"batch": "Batch", "stochastic": "Stochastic", "mini": "Mini-batch"}
    segments, heard = Segments(choices, "Batch", "How many samples an update is made from"), Heard()
    qtbot.addWidget(segments)
    segments.chosen.connect(heard.append)
    segments.show_choice("mini")
    segments.show()
    first = next(button for button in segments.findChildren(QAbstractButton) if button.text() == "Batch")
    qtbot.mouseClick(first, LEFT)
    qtbot.keyClick(segments, Qt.Key.Key_Right)
    assert heard == ["batch", "stochastic"]


def test_a_table_is_a_list_of_its_symbols(qtbot: QtBot) -> None:
    form, heard = _form(qtbot, Form(Dense), Dense(3))
    row = form.rows["initializer"]
    assert isinstance(row, ChoiceRow) and row.combo.currentText() == "Xavier"
    qtbot.keyClick(row.combo, Qt.Key.Key_Down)
    assert heard == [Dense(3, initializer="he")]


def test_an_optional_number_may_be_left_empty(qtbot: QtBot) -> None:
    form, heard = _form(qtbot, Form(Dense), Dense(3, "leaky_relu", alpha=0.2))
    _clear(qtbot, form.rows["alpha"])
    assert heard == [Dense(3, "leaky_relu")]


def test_problems_stand_under_their_fields(training: tuple[Form, Heard]) -> None:
    form, _heard = training
    found = (
        Problem("training.batch_size", "A batch is too large."),
        Problem("training.optimizer.beta1", "β₁ is too large."),
        Problem("data.samples", "Elsewhere."),
    )
    form.show_value(Training(optimizer=Adam()), problems_under(found, "training"))
    assert form.rows["batch_size"].problem.text() == "A batch is too large."
    row = form.rows["optimizer"]
    assert isinstance(row, KindRow) and row.forms[4] is not None
    assert not row.problem.isVisible() and row.forms[4].rows["beta1"].problem.isVisible()
    form.show_value(Training())
    assert not form.rows["batch_size"].problem.isVisible()


def test_problems_under_a_place() -> None:
    found = (Problem("layers[1]", "a"), Problem("layers[1].alpha", "b"), Problem("layers[10].alpha", "c"))
    assert problems_under(found, "layers[1]") == {"": "a", "alpha": "b"}


def test_only_some_fields(qtbot: QtBot) -> None:
    form, heard = _form(qtbot, Form(Training, ("loss", "seed")), Training())
    assert list(form.rows) == ["loss", "seed"]
    form.show_fields(["seed"])
    assert not form.rows["loss"].isVisible() and form.rows["seed"].isVisible()
    _type(qtbot, form.rows["seed"], "5")
    assert heard == [Training(seed=5)]


def test_the_wheel_passes_by_unfocused_fields(qtbot: QtBot, training: tuple[Form, Heard]) -> None:
    form, heard = training
    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QWheelEvent
    from PySide6.QtWidgets import QApplication

    form.rows["seed"].edit.setFocus()
    for widget in (form.rows["loss"].edit, form.rows["learning_rate"].findChild(QSlider)):
        assert widget is not None
        event = QWheelEvent(
            QPointF(5, 5), QPointF(5, 5), QPoint(0, 0), QPoint(0, 120), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(widget, event)
        assert not event.isAccepted()
    assert not heard


def test_every_field_has_a_name_and_the_tab_order_goes_down(training: tuple[Form, Heard]) -> None:
    form, _heard = training
    for name, row in form.rows.items():
        assert row.edit.accessibleName(), name
    first = form.rows["loss"].edit
    places, widget = [], first
    while (widget := widget.nextInFocusChain()) is not first:
        if (
            form.isAncestorOf(widget)
            and widget.isVisible()
            and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        ):
            places.append(widget.mapTo(form, widget.rect().center()).y() // 6)  # of one line
    assert places == sorted(places)


@pytest.mark.parametrize(
    "meta, whole, default",
    [
        (Meta(gt=0, le=100), False, 0.1),
        (Meta(ge=0, le=10), False, 0.0),
        (Meta(ge=0, le=1), False, 0.1),
        (Meta(ge=1, le=5000), True, 10),
        (Meta(ge=2, le=6), True, 3),
        (Meta(gt=0, le=1), False, 1e-8),
    ],
)
def test_every_place_of_a_slider_is_an_allowed_number_and_its_own(
    meta: Meta, whole: bool, default: float
) -> None:
    scale = scale_of(meta, whole, default)
    assert isinstance(scale, Scale)
    values = [scale.value(place) for place in range(scale.steps + 1)]
    assert values == sorted(values)
    assert all((meta.ge is None or v >= meta.ge) and (meta.gt is None or v > meta.gt) for v in values)
    assert values[-1] == meta.le and scale.place(meta.le) == scale.steps
    assert not whole or all(v == int(v) for v in values)
    assert abs(scale.value(scale.place(default)) - default) <= 0.06 * max(default, 1e-9)


def test_a_range_without_ends_has_no_slider() -> None:
    assert scale_of(Meta(ge=0, le=2**32 - 1), True, 1) is None
    assert scale_of(Meta(ge=0, lt=1), False, 0.9) is None


def test_a_field_of_a_new_part_needs_no_line(qtbot: QtBot) -> None:
    class Part(Struct, frozen=True):
        width: Annotated[float, Meta(ge=0, le=1, title="Width", description="Of the part")] = 0.5
        loss: Annotated[BinaryCrossEntropy | Huber, Meta(title="Loss", description="Of the part")] = (
            BinaryCrossEntropy()
        )

    globals()["Part"] = Part
    form, heard = _form(qtbot, Form(Part), Part())
    _type(qtbot, form.rows["width"], "0.75")
    assert heard == [Part(width=0.75)]


def test_gradient_descent_has_no_fields_of_its_own(training: tuple[Form, Heard]) -> None:
    form, _heard = training
    row = form.rows["optimizer"]
    assert isinstance(row, KindRow) and row.forms[0] is None
    assert fields_of(GradientDescent) == {}


def test_a_field_that_says_nothing_of_itself_is_refused(qtbot: QtBot) -> None:
    class Silent(Struct, frozen=True):
        width: Annotated[float, Meta(ge=0, le=1, title="Width")] = 0.5

    globals()["Silent"] = Silent
    with pytest.raises(ValueError, match="width: the annotation of a field needs a description"):
        Form(Silent)
