"""The exercise panel, tested with real keys: answers, messages on mistakes, hints, sheets, hiding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QUndoCommand
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from core.exercises.question import working_text
from core.exercises.registry import exercise
from core.lecture.scene import Scene, find_scene, read_scene
from core.lecture.subjects import SoftmaxBench
from core.number_style import HIDDEN, value_text
from gui.figures.drawn_text import drawn_texts
from gui.lecture.exercise_panel import ExercisePanel, QuestionRow
from gui.lecture.exercise_sheet import sheet_blocks, translated
from gui.lecture.scene_player import ScenePlayer
from gui.qt.later import draw_all
from gui.text.formula_label import FormulaLabel
from gui.theme import theme
from gui.widgets import dialogs
from tests.gui.waiting import wait_for_the_late

KEY = Qt.Key


def scene(number: int) -> Scene:
    return read_scene(find_scene(f"{number:02d}"))


@pytest.fixture
def shown(qapp: QApplication, qtbot: QtBot) -> Callable[[int], ExercisePanel]:
    theme.apply(qapp, theme.LIGHT)

    def make(number: int) -> ExercisePanel:
        panel = ExercisePanel()
        qtbot.addWidget(panel)
        panel.resize(440, 700)
        panel.show()
        panel.activateWindow()
        qtbot.waitUntil(panel.isActiveWindow)
        panel.show_scene(scene(number))
        wait_for_the_late(qtbot, panel)
        return panel

    return make


def typed(row: QuestionRow, text: str) -> None:
    row.field.setFocus()
    row.field.clear()
    QTest.keyClicks(row.field, text.replace("−", "-"))  # keyClicks knows ASCII only
    QTest.keyClick(row.field, KEY.Key_Return)


def test_the_subject_has_fresh_numbers_and_is_veiled_until_all_is_answered(shown, qtbot: QtBot) -> None:
    panel = shown(25)
    subjects, asked = [], []
    panel.subject_requested.connect(subjects.append)
    panel.ask_requested.connect(asked.append)
    assert panel.show_scene(scene(25))
    made = exercise(scene(25), 1)
    assert subjects == [made.subject]
    assert subjects[0] != scene(25).subject
    assert panel.scene_now.subject == made.subject
    assert panel.scene_now.cards == ()
    assert asked == [made.questions]
    assert [label.accessibleName() for label in panel.given] == [str(one) for one in made.given]
    for k, row in enumerate(panel.rows):
        assert not panel.finished
        assert QApplication.focusWidget() is row.field
        typed(row, working_text(row.question.answer))
        assert row.right
        assert panel.score.text().startswith("All" if k + 1 == len(panel.rows) else f"{k + 1} of")
    assert panel.finished
    assert asked == [made.questions[k:] for k in range(len(made.questions) + 1)]


def test_wrong_answers_get_a_sentence_that_helps(shown) -> None:
    panel = shown(23)
    row = next(row for row in panel.rows if row.question.symbol == "∂L/∂w")
    answer = row.question.answer
    typed(row, f"{-answer}")
    assert row.said.text() == "The size is right, the sign is wrong."
    typed(row, f"{answer * 1.03}")
    assert row.said.text() == "Very near: keep more digits on the way."
    slip = next(slip for slip in row.question.slips if "factor 2" in str(slip.sentence))
    typed(row, f"{slip.value}")
    assert "missing" in row.said.text()
    typed(row, "two")
    assert row.said.text().startswith("The answer must be a number: “two”")
    assert not row.right
    typed(row, f"{answer:.3g}")
    assert row.right
    assert row.field.isReadOnly()
    assert row.said.text().startswith("Right")


def test_hints_come_one_by_one_and_then_the_answer_which_does_not_count(shown, qtbot: QtBot) -> None:
    panel = shown(30)
    row = panel.rows[0]
    row.field.setFocus()
    for k, hint in enumerate(row.question.hints, 1):
        QTest.keyClick(row.field, KEY.Key_H, Qt.KeyboardModifier.ControlModifier)
        lines = row.hints.accessibleName().split("\n")
        assert lines == [translated(one) for one in row.question.hints[:k]]
        assert lines[-1] == str(hint)
    assert row.hint_button.text() == "Show answer"
    wait_for_the_late(qtbot, panel)
    QTest.mouseClick(row.hint_button, Qt.MouseButton.LeftButton)
    assert row.done
    assert not row.right
    assert row.field.text() == working_text(row.question.answer)
    assert panel.score.text() == f"0 of {len(panel.rows)} right, {len(row.question.hints)} hints taken."


def test_a_sheet_gives_everybody_the_same_numbers(shown) -> None:
    panel = shown(17)
    first = panel.exercise
    QTest.keyClick(panel.rows[0].field, KEY.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert panel.sheet_field.text() == "2"
    assert panel.exercise != first
    panel.sheet_field.setFocus()
    panel.sheet_field.selectAll()
    QTest.keyClicks(panel.sheet_field, "1")
    QTest.keyClick(panel.sheet_field, KEY.Key_Return)
    assert panel.exercise == first
    panel.sheet_field.selectAll()
    QTest.keyClicks(panel.sheet_field, "0")
    QTest.keyClick(panel.sheet_field, KEY.Key_Return)
    assert panel.sheet_field.text() == "1"
    assert panel.exercise == first


def test_check_looks_at_all_that_is_filled_in(shown) -> None:
    panel = shown(15)
    panel.rows[0].field.setText(working_text(panel.rows[0].question.answer))
    panel.rows[1].field.setText("1")
    QTest.mouseClick(panel.check_button, Qt.MouseButton.LeftButton)
    assert panel.rows[0].right
    assert panel.rows[1].said.isVisible()
    assert not panel.rows[2].said.isVisible()


def test_a_scene_without_an_example_says_so_and_escape_leads_back(shown, qtbot: QtBot) -> None:
    panel = shown(15)
    many = replace(scene(15), subject=SoftmaxBench(z=tuple(0.1 * k for k in range(12))))
    assert not panel.show_scene(many) and panel.exercise is None
    assert panel.none.isVisible()
    assert not panel.check_button.isVisible()
    assert panel.scene_now is None
    panel.back_button.setFocus()
    with qtbot.waitSignal(panel.closed):
        QTest.keyClick(panel.back_button, KEY.Key_Escape)


def test_it_fits_its_room_at_both_sizes_and_everything_has_a_name(shown, qapp: QApplication) -> None:
    panel = shown(30)
    for scale, width in ((1.0, 400), (1.8, 560)):
        theme.apply(qapp, theme.DARK, scale)
        panel.resize(width, 800)
        panel.show_theme(theme.DARK)
        QApplication.processEvents()
        assert panel.widget().minimumSizeHint().width() <= panel.viewport().width()
    theme.apply(qapp, theme.LIGHT)
    for kind in (QAbstractButton, QLineEdit):
        for widget in panel.findChildren(kind):
            assert widget.accessibleName(), widget
            assert widget.toolTip(), widget


def test_a_class_is_answered_by_its_name_and_numbers_by_simple_expressions(shown) -> None:
    panel = shown(15)
    rows = {row.question.symbol: row for row in panel.rows}
    z = panel.exercise.subject.z
    typed(rows["e^z₁"], f"exp({z[0]})")
    typed(rows["Σ e^z"], " + ".join(f"exp({one})" for one in z))
    decided = rows["class"]
    wrong = next(name for name in decided.question.names if name != decided.question.answer_text)
    typed(decided, wrong)
    assert decided.said.isVisible() and not decided.done
    typed(decided, decided.question.answer_text.upper())
    assert rows["e^z₁"].right and rows["Σ e^z"].right and decided.right


def test_matrices_are_written_as_matrices(shown) -> None:
    panel = shown(30)
    (W1, *_more) = [label for label in panel.given if isinstance(label, FormulaLabel)]
    assert r"\begin{pmatrix}" in W1.latex and W1.accessibleName().startswith("W[1] = (")


@pytest.mark.parametrize("number", [15, 17, 25])
def test_a_right_answer_uncovers_what_it_asks_for_and_the_stage_keeps_the_numbers_of_the_sheet(
    qtbot: QtBot, number: int
) -> None:
    player = ScenePlayer()
    qtbot.addWidget(player)
    player.resize(1100, 700)
    player.show()
    qtbot.waitExposed(player)
    player.put_on(scene(number))
    player.show_exercise(True)
    panel, stage, asked = player.exercise, player.stage, list[int]()
    ask, open_before = stage.ask, len(panel.open_questions)
    stage.ask = lambda quantities: (asked.append(len(quantities)), ask(quantities))
    row = panel.rows[0]
    row.field.setText(working_text(row.question.answer))
    row.check()
    assert asked == [open_before - 1]
    told = list[str]()
    player.told.connect(told.append)
    stack = stage.undo_stack()
    edit = QUndoCommand("Edit")
    stack.push(edit)
    qtbot.waitUntil(lambda: any("sheet 1" in sentence for sentence in told))
    assert stack.index() == 0 and asked[-1] == open_before - 1
    player.close_stage()


def test_a_column_is_uncovered_once_its_question_is_answered(qtbot: QtBot) -> None:
    player = ScenePlayer()
    qtbot.addWidget(player)
    player.resize(1100, 700)
    player.show()
    qtbot.waitExposed(player)
    player.put_on(scene(15))
    player.show_exercise(True)
    rows = {row.question.symbol: row for row in player.exercise.rows}
    answer = f"{rows['e^z₁'].question.answer:.4f}"

    def told() -> bool:
        return any(answer in text.text for text in drawn_texts(player.stage))

    assert not told()
    typed(rows["e^z₁"], working_text(rows["e^z₁"].question.answer))
    assert not told()  # the sum could be worked out from it
    typed(rows["Σ e^z"], working_text(rows["Σ e^z"].question.answer))
    assert told()
    player.close_stage()


@pytest.fixture
def exercised(qtbot: QtBot) -> Iterator[Callable[[int], ScenePlayer]]:
    player = ScenePlayer()
    qtbot.addWidget(player)
    player.resize(1500, 900)
    player.show()
    qtbot.waitExposed(player)

    def play(number: int) -> ScenePlayer:
        player.put_on(scene(number))
        player.show_exercise(True)
        draw_all(player)
        return player

    yield play
    player.close_stage()


def numbers_on(player: ScenePlayer) -> list[str]:
    draw_all(player)
    return [text.text.strip() for text in drawn_texts(player.stage)]


@pytest.mark.parametrize("number", [25, 30])
def test_an_answer_uncovers_its_own_question_mark_and_no_other(exercised, number: int) -> None:
    player = exercised(number)
    row = next(row for row in player.exercise.rows if row.question.symbol in ("f", "a[1]₁"))
    if number == 25:
        player.stage.lab.go(player.stage.lab.stepper.end_of_forward)
    before = numbers_on(player)
    typed(row, working_text(row.question.answer))
    after = numbers_on(player)
    hidden = lambda texts: sum(text.endswith(HIDDEN) for text in texts)  # noqa: E731
    assert 0 < hidden(after) < hidden(before)
    shown = value_text(row.question.answer)
    told = Counter(after) - Counter(before)
    assert told and all(text.endswith(shown) for text in told)


def test_a_sheet_is_saved_as_pdf_with_and_without_answers(
    shown, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = shown(30)
    sizes = []
    for k, action in enumerate(panel.pdf_menu.actions()):
        path = tmp_path / f"sheet {k}.pdf"
        monkeypatch.setattr(dialogs, "file_to_save", lambda *_args, path=path: str(path.with_suffix("")))
        with qtbot.waitSignal(panel.told) as told:
            action.trigger()
        assert told.args == [f"Saved {path.name}."] and path.read_bytes().startswith(b"%PDF-")
        sizes.append(path.stat().st_size)
    assert sizes[0] != sizes[1]
    blank, answered = (
        [*sheet_blocks("Through a network", panel.exercise, 1, answers=answers)] for answers in (False, True)
    )
    count = len(panel.exercise.questions)
    assert [kind for kind, _text in blank].count("rule") == count
    assert sum(r"\begin{pmatrix}" in text for kind, text in blank if kind == "formula") >= 2
    for question in panel.exercise.questions:
        answer = f" = {working_text(question.answer)}</b>"
        assert any(text.endswith(answer) for _kind, text in answered)
        assert not any(text.endswith(answer) for _kind, text in blank)
    monkeypatch.setattr(dialogs, "file_to_save", lambda *_args: str(tmp_path / "no" / "such.pdf"))
    with qtbot.waitSignal(panel.told) as told:
        panel.ask_and_save(answers=True)
    assert "was not saved" in told.args[0]
