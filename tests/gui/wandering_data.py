"""Random actions on data and conventions in the main window: tables, drawn points, padlocks, the pad."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from core.data.datasets import OWN_TABLE
from core.data.features import FEATURES
from core.data.ready_tables import READY_TABLES
from core.data.table import PARTS, ROLES, SplitKind, entries_of
from core.lecture.view_ids import ViewId
from core.nn.design import Dense, fitted
from core.nn.losses import LOSSES
from core.project.files import examples
from gui.actions.preference_table import PREFERENCES
from gui.selection import OutsideInput, Selection
from gui.session.document import dataset_of
from gui.views.decision_boundary.draw_bar import TOOLS
from tests.core.making import reductions

if TYPE_CHECKING:
    from tests.gui.wandering import Wanderer

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
TEXTS = ("1", "0", "-2.5", "1,5", "", "?", "a", "b", "1/3", "nan", "1e99", "∞", "0.5", "yes")
BLOCKS = ("1\t2\n3\t4", "a b\n1 2", "x;y\n1,5;2", "1", "", "\n\n", "0\t1\t0\t1\t1\t0", '"a\nb",2')
FORMULAS = ("x1^2 + x2^2", "x1/x2", "sqrt(x1)", "e^x1")
KINDS: tuple[SplitKind, ...] = ("hand", "share", "order")


def drag(widget: QWidget, button: Qt.MouseButton, *way: QPointF) -> None:
    """Press at the first place, move over the others, and release at the last one."""

    def send(kind: QEvent.Type, at: QPointF, pressed: Qt.MouseButton) -> None:
        none = Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(widget, QMouseEvent(kind, at, widget.mapToGlobal(at), button, pressed, none))

    send(QEvent.Type.MouseButtonPress, way[0], button)
    for at in way[1:]:
        send(QEvent.Type.MouseMove, at, button)
        QApplication.processEvents()
    send(QEvent.Type.MouseButtonRelease, way[-1], Qt.MouseButton.NoButton)


def places(wanderer: Wanderer, widget: QWidget) -> list[QPointF]:
    """Return a few places on a widget, some of them just outside."""
    pick = wanderer.random.uniform
    count = wanderer.random.randint(1, 5)
    return [
        QPointF(pick(-5, widget.width() + 5), pick(-5, widget.height() + 5)).toPoint().toPointF()
        for _ in range(count)
    ]


def ready_table(wanderer: Wanderer) -> None:
    window, design = wanderer.window, wanderer.window.document.design
    table = wanderer.random.choice(list(READY_TABLES.values()))
    data = replace(design.data, source=OWN_TABLE.name, table=table)
    changed = replace(design, data=data)
    if wanderer.random.random() < 0.7:
        changed = fitted(changed, dataset_of(data))
    window.document.edit(changed, "Truth table")


def table_cells(wanderer: Wanderer) -> None:
    editing, pick = wanderer.window.panels[ViewId.TABLE].editing, wanderer.random.choice
    table = editing.table
    if wanderer.window.document.design.data.source != OWN_TABLE.name:
        ready_table(wanderer)
        return
    row = wanderer.random.randrange(table.rows) if table.rows else None
    column = wanderer.random.randrange(max(1, len(table.columns)))
    if pick((True, False)) or not table.columns:
        QGuiApplication.clipboard().setText(pick(BLOCKS))
        editing.paste(pick((row, None)), column)
    else:
        editing.type_cell(pick((row, row, None)), column, pick(TEXTS))
        if row is not None and pick((True, False)):
            editing.clear([(row, column)])


def table_rows(wanderer: Wanderer) -> None:
    editing, pick = wanderer.window.panels[ViewId.TABLE].editing, wanderer.random.choice
    if wanderer.window.document.design.data.source != OWN_TABLE.name:
        return
    rows = sorted(
        {wanderer.random.randrange(editing.table.rows) for _ in range(3)} if editing.table.rows else ()
    )
    pick(
        (
            editing.add_row,
            lambda: editing.insert_row(pick(rows) if rows else 0),
            lambda: editing.delete_rows(rows),
            lambda: editing.duplicate_rows(rows),
            lambda: editing.set_part(rows, pick(PARTS)),
            lambda: editing._set_split(
                replace(editing.table.split, kind=pick(KINDS), share=pick((0.0, 0.3, 0.9)))
            ),
        )
    )()


def table_columns(wanderer: Wanderer) -> None:
    editing, pick = wanderer.window.panels[ViewId.TABLE].editing, wanderer.random.choice
    table = editing.table
    if wanderer.window.document.design.data.source != OWN_TABLE.name:
        return
    if not table.columns or (len(table.columns) < 6 and wanderer.random.random() < 0.2):
        editing.add_column()
        return
    k = wanderer.random.randrange(len(table.columns))
    column = table.columns[k]
    changes = pick(
        (
            {"role": pick(ROLES)},
            {"type": pick(("number", "text"))},
            {"entry": pick(entries_of(column.role, column.type))},
            {"missing": pick(("leave out", "mean", "most frequent"))},
            {"name": pick(("x1", "y", "z", "a b"))},
        )
    )
    editing.change_columns("Change a column", [k], **changes)


def draw_points(wanderer: Wanderer) -> None:
    """Draw strokes on the plane with any tool, where points can be drawn."""
    window, pick = wanderer.window, wanderer.random.choice
    window.actions_["draw_points"].trigger()
    view = window.panels[ViewId.DECISION_BOUNDARY]
    mode = view.draw_mode
    for _ in range(wanderer.random.randint(0, 3)):
        if not mode.active:
            return
        mode.bar.choose_tool(pick(list(TOOLS)))
        if mode.bar.chips:
            QTest.mouseClick(pick(mode.bar.chips), LEFT)
        else:
            mode.bar.choose_label(pick((-3.0, 0.7, 2.0)))
        drag(view.plane, pick((LEFT, LEFT, RIGHT)), *places(wanderer, view.plane))
        wanderer.let_go()


def draw_keys(wanderer: Wanderer) -> None:
    """Press keys and buttons of the mode in which points are drawn."""
    view, pick = wanderer.window.panels[ViewId.DECISION_BOUNDARY], wanderer.random.choice
    if not view.draw_mode.active:
        return
    keys = [*(tool.key for tool in TOOLS.values()), Qt.Key.Key_1, Qt.Key.Key_9, Qt.Key.Key_BracketLeft]
    QTest.keyClick(view.plane, pick([*keys, Qt.Key.Key_Space, Qt.Key.Key_Right, Qt.Key.Key_Escape]))
    if wanderer.random.random() < 0.3:
        foot = view.draw_mode.foot
        QTest.mouseClick(pick((foot.clear_class, foot.clear_all)), LEFT)


def features(wanderer: Wanderer) -> None:
    design, pick = wanderer.window.document.design, wanderer.random
    chosen = (*pick.sample(list(FEATURES), pick.randint(0, 3)), *pick.choice(((), (pick.choice(FORMULAS),))))
    wanderer.edit(replace(design, data=replace(design.data, features=chosen)), "Features")


def formula_data(wanderer: Wanderer) -> None:
    design, pick = wanderer.window.document.design, wanderer.random.choice
    text = pick(("x^2", "1/x", "sin(5x)", "x*y", "", "sqrt(x)", "x +"))
    data = replace(design.data, source=pick(("curve", "surface")), formula=text, scale=pick((1.0, 6.0)))
    wanderer.edit(replace(design, data=data), "Formula")


def conventions(wanderer: Wanderer) -> None:
    design, pick = wanderer.window.document.design, wanderer.random.choice
    changes = pick(
        (
            {"loss": pick(reductions(pick(list(LOSSES.values()))))},
            {"order": pick(("shuffled", "as in the table"))},
            {"first_sample": pick((1, 2, 7, 10**6))},
            {"rule": pick(("perceptron", "backpropagation"))},
        )
    )
    wanderer.edit(replace(design, training=replace(design.training, **changes)), "Convention")


def labels(wanderer: Wanderer) -> None:
    design, pick = wanderer.window.document.design, wanderer.random.choice
    changed = replace(design, data=replace(design.data, labels=pick(("0/1", "-1/1"))))
    wanderer.window.document.edit(changed, "Labels")


def perceptron(wanderer: Wanderer) -> None:
    design = wanderer.window.document.design
    output = Dense(1, "sign" if design.data.labels == "-1/1" else "step")
    rule = replace(design.training, rule="perceptron", loss=LOSSES["mse"](), l1=0.0, l2=0.0)
    wanderer.window.document.edit(replace(design, layers=(output,), training=rule), "Perceptron")


def padlock(wanderer: Wanderer) -> None:
    wanderer.do_select()
    canvas = wanderer.window.panels.canvas
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_L)


def first_weights(wanderer: Wanderer) -> None:
    wanderer.window.document.set_first_weights(wanderer.random.choice((0.0, 0.5)))


def update_on_sample(wanderer: Wanderer) -> None:
    wanderer.window.session.select(Selection(sample=wanderer.random.choice((0, 1, 3))))
    wanderer.window.actions_["update_on_sample"].trigger()


def digits_shown(wanderer: Wanderer) -> None:
    wanderer.window.actions_[wanderer.random.choice(PREFERENCES["digits"].entries).id].trigger()


def pad(wanderer: Wanderer) -> None:
    """Draw on the pad, with images as data or others, and add the drawing to the data."""
    window = wanderer.window
    if wanderer.random.random() < 0.3:
        window.files.open(examples()["digits"])
        wanderer.let_go()
    view = window.panels.bring(ViewId.DIGIT_PAD)
    QApplication.processEvents()
    paper = view.paper
    drag(paper, wanderer.random.choice((LEFT, LEFT, RIGHT)), *places(wanderer, paper))
    wanderer.let_go()
    QTest.mouseClick(wanderer.random.choice((view.clear, view.add, view.add)), LEFT)


def outside_input(wanderer: Wanderer) -> None:
    network = wanderer.window.player.network
    assert network is not None
    x = tuple(np.random.default_rng(wanderer.random.randrange(99)).normal(size=network.n[0]).tolist())
    wanderer.window.session.select(Selection(sample=OutsideInput(x)))


def metrics(wanderer: Wanderer) -> None:
    view = wanderer.window.panels.bring(ViewId.METRICS)
    QApplication.processEvents()
    buttons = [button for button in view.findChildren(QAbstractButton) if button.isVisible()]
    if buttons:
        QTest.mouseClick(wanderer.random.choice(buttons), LEFT)


def undo_to_the_ends(wanderer: Wanderer) -> None:
    """Take back everything and make it again: design, data and weights come back to the bit."""
    window = wanderer.window
    if window.player.running:
        window.player.pause()
    window.player.settle()
    QApplication.processEvents()
    stack, document = window.document.undo_stack, window.document
    before, data = document.design, document.dataset
    valid = not document.problems
    theta = window.player.newest.theta.tobytes()
    place = stack.index()
    for _ in range(place):
        stack.undo()
        if wanderer.random.random() < 0.2:
            wanderer.let_go()
    wanderer.check()
    while stack.index() < place:
        stack.redo()
        if wanderer.random.random() < 0.2:
            wanderer.let_go()
    window.player.settle()
    QApplication.processEvents()
    assert document.design == before, wanderer.trail[-12:]
    if valid:
        assert document.dataset.x.tobytes() == data.x.tobytes(), wanderer.trail[-12:]
        assert document.dataset.labels.tobytes() == data.labels.tobytes(), wanderer.trail[-12:]
    assert window.player.newest.theta.tobytes() == theta, (wanderer.trail[-30:], stack.undoText())


ACTS = {
    act.__name__: act
    for act in (
        ready_table,
        table_cells,
        table_rows,
        table_columns,
        draw_points,
        draw_keys,
        features,
        formula_data,
        conventions,
        labels,
        perceptron,
        padlock,
        first_weights,
        update_on_sample,
        digits_shown,
        pad,
        outside_input,
        metrics,
        undo_to_the_ends,
    )
}
"""All of them by name; each takes the wanderer."""
