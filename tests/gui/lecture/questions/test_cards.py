"""Texts, questions and numbers of a scene, with real keys and clicks; all numbers agree with the engine."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from core.lecture.builds import BuildState, builds_of, state_at, still_hidden
from core.lecture.expected import found
from core.lecture.scene import Scene, find_scene, read_scene, scene_files
from gui.cli.look import hall
from gui.lecture.large_type import marked
from gui.lecture.questions.answer import number_text
from gui.lecture.questions.guess import ChoiceList, TypedGuess
from gui.lecture.text_panel import TextPanel, formula_fault, parts, top_level
from gui.theme import theme
from tests.gui.waiting import wait_for_the_late

KEY = Qt.Key


def scene(number: int) -> Scene:
    """Return a scene whose questions are asked one after the other, as without builds of its own."""
    return replace(read_scene(find_scene(f"{number:02d}")), builds=())


@pytest.fixture
def app(qapp: QApplication) -> Iterator[QApplication]:
    theme.apply(qapp, theme.LIGHT)
    yield qapp
    theme.apply(qapp, theme.LIGHT)


@pytest.fixture
def shown(app: QApplication, qtbot: QtBot) -> Callable[..., TextPanel]:
    def make(scene: Scene, width: int = 420, height: int = 700) -> TextPanel:
        words = TextPanel()
        qtbot.addWidget(words)
        words.resize(width, height)
        words.show()
        words.activateWindow()
        qtbot.waitUntil(words.isActiveWindow)
        words.show_theme(theme.LIGHT)
        put_on(words, scene)
        wait_for_the_late(qtbot, words)
        return words

    return make


def put_on(words: TextPanel, scene: Scene, number: int = 1) -> None:
    """Show a scene, its questions one after the other, at a build: 1 asks the first, 2 answers it."""
    words.show_scene(scene)
    words.show_build(state_at(scene, min(number, len(builds_of(scene)) - 1)))


def reveal(words: TextPanel, number: int = 2) -> None:
    """Show the answer, as the window does when it is asked for."""
    words.show_build(state_at(words._scene, number))


def known(qtbot: QtBot, words: TextPanel, name: str) -> float:
    qtbot.waitUntil(lambda: words.numbers.found(name) is not None)
    expected = next(one for one in words._scene.expected if one.name == name)
    computed = found(words._scene.subject, (expected,))[0].computed
    assert words.numbers.found(name).computed == computed
    return computed


def replace_last(state: BuildState) -> BuildState:
    """Return the state of a build as if it were the last one, after which the numbers are offered."""
    return dataclasses.replace(state, count=state.number + 1)


# -- texts --------------------------------------------------------------------------------------------


def test_all_words_are_there_and_never_wider_than_the_panel(shown, qtbot: QtBot) -> None:
    words = shown(scene(1))
    for file in scene_files():
        one = read_scene(file)
        put_on(words, one, len(builds_of(one)) - 1)
        assert [item.text.accessibleName() for item in words.tries] == list(one.to_try)
    for scale in (1.0, 1.8):
        theme.apply(QApplication.instance(), theme.DARK, scale)
        words.show_theme(theme.DARK)
        for number in (1, 4, 13, 30):
            put_on(words, scene(number))
            QApplication.processEvents()
            assert words.widget().width() <= words.viewport().width()
            assert words.widget().minimumSizeHint().width() <= words.viewport().width()


def test_a_change_is_requested_by_its_name(shown, qtbot: QtBot) -> None:
    words = shown(scene(1))
    button = words.changes["hidden"]
    assert button.text() == "Add a hidden layer"
    with qtbot.waitSignal(words.change_requested) as told:
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert told.args == ["hidden"]
    button.setFocus()
    with qtbot.waitSignal(words.change_requested):
        QTest.keyClick(button, KEY.Key_Space)
    put_on(words, scene(15))
    assert words.changes == {}


def test_a_long_formula_is_broken_and_one_that_cannot_be_set_is_shown_as_typed(shown, qtbot: QtBot) -> None:
    words = shown(scene(30))
    assert len(words.formula.lines) == 0 or formula_fault("x") == ""
    formula_fault("x")
    put_on(words, scene(30))
    assert len(words.formula.lines) == 3
    put_on(words, replace(scene(30), formula=r"\frac{1} & {"))
    assert words.formula.as_typed.text() == r"\frac{1} & {"
    assert not words.formula.as_typed.isHidden()
    assert words.formula.lines == []
    put_on(words, scene(15))
    assert words.formula.as_typed.isHidden()
    assert parts(r"a\qquad b") == ["a", "b"]
    assert parts(r"\frac{a\quad b}{c}") == [r"\frac{a\quad b}{c}"]
    assert top_level("a=b=c", "=") == 3
    assert top_level("(a=b)", "=") is None


def test_symbols_have_their_indices_above_and_below() -> None:
    assert marked("W[l]_ij is") == "<i>W</i><sup>[l]</sup><sub>ij</sub> is"
    assert marked("z[1]₁₂ < 2") == "<i>z</i><sup>[1]</sup><sub>12</sub> &lt; 2"
    assert marked("e^z, e^(−0.5), e^100.") == "e<sup>z</sup>, e<sup>−0.5</sup>, e<sup>100</sup>."
    assert marked("no symbol (0, 1)") == "no symbol (0, 1)"


# -- questions ----------------------------------------------------------------------------------------


def test_choose_reveal_and_go_on(shown, qtbot: QtBot) -> None:
    words = shown(scene(1))
    cards = words.cards
    asked = []
    cards.reveal_requested.connect(lambda: asked.append(cards.card))
    QTest.mouseClick(cards.guess.buttons[1], Qt.MouseButton.LeftButton)
    assert isinstance(cards.guess, ChoiceList)
    assert cards.guess.chosen == 1
    assert not cards.box.answer.isVisible()
    QTest.keyClick(cards, KEY.Key_Return)
    assert asked == [scene(1).cards[0]]
    reveal(words)
    assert [button.state for button in cards.guess.buttons] == ["past", "right", "past"]
    assert cards.box.answer.verdict.text() == "You said “3 of 4”: right."
    value = known(qtbot, words, "highest accuracy of one neuron")
    assert value == 0.75
    assert cards.box.answer.number.text() == "highest accuracy of one neuron: 0.75"
    assert cards.box.answer.because.text() == scene(1).cards[0].because
    words.show_build(state_at(scene(1), 3))
    assert cards.box.question.text() == scene(1).cards[1].question
    QTest.mouseClick(cards.guess.buttons[0], Qt.MouseButton.LeftButton)
    QTest.keyClick(cards, KEY.Key_Return)
    assert asked == [*scene(1).cards]
    reveal(words, 4)
    assert cards.box.answer.verdict.text() == (
        "You said “It needs more training”. It is “Its boundary is a straight line”."
    )
    QTest.keyClick(cards, KEY.Key_3)
    assert cards.guess.chosen == 0


def test_a_typed_guess_is_compared_with_the_engine(shown, qtbot: QtBot) -> None:
    words = shown(scene(14))
    cards = words.cards
    assert isinstance(cards.guess, TypedGuess)
    assert "99667" not in "".join(label.text() for label in cards.findChildren(QLabel))
    cards.guess.field.setFocus()
    QTest.keyClicks(cards.guess.field, "R2")
    QTest.keyClick(cards.guess.field, KEY.Key_Return)
    assert cards.guess.problem.isVisible()
    assert not cards.box.answer.isVisible()
    cards.guess.field.clear()
    QTest.keyClicks(cards.guess.field, "0,9")
    with qtbot.waitSignal(cards.reveal_requested):
        QTest.keyClick(cards.guess.field, KEY.Key_Return)
    reveal(words)
    value = known(qtbot, words, "sigmoid(5.7)")
    assert cards.box.answer.number.text() == f"{value:.5f}"
    off = 100 * (value - 0.9) / value
    assert cards.box.answer.verdict.text() == f"You said 0.9, it is {value:.5f}: off by {off:.1f} %."
    assert "for the scene as it begins" in cards.box.answer.source.text()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("-24", "right"),
        ("24", "only the sign"),
        ("-20", "off by 16.7 %"),
        ("-2400", "times as much"),
        ("", ""),
    ],
)
def test_what_is_said_of_a_guess(typed: str, said: str, shown, qtbot: QtBot) -> None:
    words = shown(scene(23))
    known(qtbot, words, "gradient at w = 2")
    QTest.keyClicks(words.cards.guess.field, typed)
    QTest.keyClick(words.cards.guess.field, KEY.Key_Return)
    reveal(words)
    assert words.cards.box.answer.number.text() == "−24"
    assert said in words.cards.box.answer.verdict.text()


def test_votes_of_the_hall(shown, qtbot: QtBot) -> None:
    words = shown(scene(1))
    cards = words.cards
    QTest.mouseClick(cards.box.votes, Qt.MouseButton.LeftButton)
    for box, count in zip(cards.guess.boxes, ("4", "12", "0"), strict=True):
        assert box.isVisible()
        QTest.keyClicks(box, count)
    assert cards.guess.votes == [4, 12, 0]
    assert cards.guess.chosen is None  # the digits were typed into the fields
    assert [button.share for button in cards.guess.buttons] == [0.25, 0.75, 0.0]
    reveal(words)
    assert cards.box.answer.hall.text() == "12 of 16 in the hall were right: 75 %."


def test_the_speaker_is_told_the_answer(shown, qtbot: QtBot) -> None:
    words = shown(scene(14))
    told = []
    words.cards.answer_changed.connect(lambda question, answer: told.append((question, answer)))
    put_on(words, scene(14))
    value = known(qtbot, words, "sigmoid(5.7)")
    qtbot.waitUntil(lambda: told[-1] == ("Guess sigmoid(5.7).", f"{value:.5f}"))


def test_a_number_the_engine_cannot_give_is_said_so(shown, qtbot: QtBot) -> None:
    one = scene(24)
    lost = replace(
        next(expected for expected in one.expected if expected.name.startswith("loss at η = 0.3")),
        name="lost",
    )
    lost = replace(lost, quantity=replace(lost.quantity, network="high", iterations=400))
    card = replace(one.cards[0], choices=(), right=None, reveals="lost")
    words = shown(replace(one, expected=(lost,), cards=(card,)))
    qtbot.waitUntil(lambda: words.numbers.found("lost") is not None)
    reveal(words)
    assert "The engine cannot tell" in words.cards.box.answer.source.text()


# -- numbers ------------------------------------------------------------------------------------------


def test_numbers_are_hidden_until_asked_for_and_until_guessed(shown, qtbot: QtBot) -> None:
    one = scene(15)
    words = shown(one)
    assert not words.numbers_button.isVisible()
    words.show_build(replace_last(state_at(one, 1)))
    assert not words.table.isVisible()
    assert words.numbers.found("exp 1.5") is None
    QTest.mouseClick(words.numbers_button, Qt.MouseButton.LeftButton)
    assert words.table.isVisible()
    for expected in one.expected:
        value = known(qtbot, words, expected.name)
        by_hand, slide, engine = (cell.text() for cell in words.table.cells[expected.name])
        if expected.name in still_hidden(one, state_at(one, 1)):
            assert (by_hand, slide, engine) == ("?", "?", "?")
        else:
            assert float(engine) == pytest.approx(value, rel=1e-5)
            assert float(by_hand) == pytest.approx(value, rel=1e-5)
            assert slide == ("–" if expected.slide is None else str(expected.slide))
    words.show_build(replace_last(state_at(one, 2)))
    assert words.table.cells["the class decided for"][2].text() == "benign"
    assert words.table.cells["P(benign)"][2].text() == "?"
    words.show_build(state_at(one, len(builds_of(one)) - 1))
    assert number_text(words.numbers.found("P(benign)")) == "0.6128"
    assert words.table.cells["P(benign)"][2].text() == "0.6127749"


def test_numbers_of_a_scene_left_are_not_waited_for(shown, qtbot: QtBot) -> None:
    words = shown(scene(12))
    words.numbers_button.click()
    put_on(words, scene(15))
    assert not words.table.isVisible()
    known(qtbot, words, "the class decided for")
    assert words.numbers.found("dead neurons") is None


def test_every_widget_has_a_name(shown) -> None:
    words = shown(scene(1))
    words.numbers_button.click()
    for kind in (QAbstractButton, QLineEdit):
        for widget in words.findChildren(kind):
            assert widget.accessibleName(), widget
            assert widget.toolTip(), widget


def test_questions_are_counted_in_the_order_in_which_they_are_asked(qtbot: QtBot) -> None:
    with hall((1366, 768)) as window:
        window.open_scene(find_scene("binary-cross-entropy"))
        counted = []
        for number in range(window.theatre.builds):
            window.theatre.go_build(number)
            state = window.theatre.state
            assert state is not None
            if state.asking:
                counted.append(window.theatre.words.cards.box.count.text())
        assert [text[-6:] for text in counted] == ["1 of 2", "2 of 2"]
