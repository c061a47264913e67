"""The inspector inside a pass: values not computed yet, partial sums, and the next step."""

from __future__ import annotations

import numpy as np
import pytest

from core.debugger.run import RunPosition
from core.debugger.steps import PassStep, StepKind, Steps, da_terms, z_terms
from core.nn.optimizers import Adam
from core.nn.passes import evaluate
from core.nn.trainer import Phase
from gui.selection import Selection
from gui.views.inspector.view import Inspector
from tests.gui.inspecting import NOT_YET, step_to, text_of, walk_of
from tests.gui.scenes import scene, tell
from tests.gui.shown import assert_row, row_after, shows

# -- what is not computed yet --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "phase, forward, backward",
    [(None, False, False), (Phase.FORWARD, True, False), (Phase.BACKWARD, True, True)],
)
def test_what_is_not_computed_is_not_shown(
    inspector: Inspector, phase: Phase | None, forward: bool, backward: bool
) -> None:
    told = scene(iterations=0, phase=phase)
    tell(inspector, told, Selection(layer=1, neuron=0))
    text = text_of(inspector)
    before, after = text.split("Backward")
    assert before.count(NOT_YET) == 2 * (not forward)
    assert after.count(NOT_YET) == 4 * (not backward)
    inspector.show_selection(Selection(layer=1, neuron=0, source=1))
    chain, update = text_of(inspector).split("Update")
    assert (NOT_YET in chain) == (not backward)
    assert (NOT_YET in update) == (not backward)
    assert "nan" not in text_of(inspector).lower()


def test_a_sum_grows_term_by_term(inspector: Inspector) -> None:
    told = scene(phase=None)
    tell(inspector, told, Selection(layer=2, neuron=1))
    walk = walk_of(told, 3)
    k = step_to(walk, PassStep(StepKind.PRODUCT, 2, 1, 2))
    snapshot = walk.show(RunPosition(2, k))
    done = walk.ends(2)[1].values
    assert done is not None
    terms = z_terms(told.network, snapshot.before, done, 2, 1, 0)
    inspector.show_step(None, walk.steps.coming(k))
    inspector.show_snapshot(snapshot)
    row = row_after(text_of(inspector), "z2[2]").split("\n")[0]
    assert "so far" in row and shows(row, terms[:3].sum()) and not shows(row, terms.sum())
    assert row.count("·") == 2
    assert NOT_YET in row_after(text_of(inspector), "a2[2]")
    inspector.show_step(None, walk.steps.coming(k + 2))
    inspector.show_snapshot(walk.show(RunPosition(2, k + 2)))
    assert shows(row_after(text_of(inspector), "z2[2]"), done.z[2][1, 0])


def test_a_sum_over_the_next_layer_grows_term_by_term(inspector: Inspector) -> None:
    told = scene(phase=None)
    tell(inspector, told, Selection(layer=1, neuron=2))
    walk = walk_of(told, 3)
    k = step_to(walk, PassStep(StepKind.UPSTREAM, 1, 2, 1))
    snapshot, done = walk.show(RunPosition(2, k)), walk.ends(2)[1].values
    assert done is not None
    terms = da_terms(told.network, snapshot.before, done, 1, 2, 0)
    inspector.show_step(None, walk.steps.coming(k))
    inspector.show_snapshot(snapshot)
    row = row_after(text_of(inspector), "∂J/∂a3[1]").split("\n")[0]
    assert "so far" in row and shows(row, terms[0])
    assert NOT_YET in row_after(text_of(inspector), "σ′3[1]") and NOT_YET in row_after(
        text_of(inspector), "δ3[1]"
    )


def test_every_place_of_a_pass_is_written_and_no_old_number(inspector: Inspector) -> None:
    told = scene(phase=None, optimizer=Adam())
    walk = walk_of(told, 2)
    for chosen in (Selection(1, 1), Selection(2, 0, 3), Selection(3, 0), Selection(sample=4), Selection(1)):
        tell(inspector, told, chosen)
        for k in range(0, walk.steps.count + 1, 5):
            inspector.show_step(None, walk.steps.coming(k))
            inspector.show_snapshot(walk.show(RunPosition(1, k)))
            assert "nan" not in (text_of(inspector) + inspector.next.text.toPlainText()).lower()
    inspector.show_snapshot(walk.show(RunPosition(1, 0)))
    inspector.show_selection(Selection(layer=1, neuron=1))
    assert text_of(inspector).count(NOT_YET) == 6


def test_a_sample_travels_with_the_pass(inspector: Inspector) -> None:
    told = scene(phase=None)
    walk = walk_of(told, 2)
    tell(inspector, told, Selection(layer=2, neuron=0, sample=7))
    k = step_to(walk, PassStep(StepKind.BIAS, 2, 0, None))
    inspector.show_snapshot(walk.show(RunPosition(1, k)))
    assert NOT_YET in row_after(text_of(inspector), "z1[2]")
    snapshot = walk.show(RunPosition(1, step_to(walk, PassStep(StepKind.ACTIVITY, 2, 0, None))))
    inspector.show_snapshot(snapshot)
    x, y = told.dataset.x[:, [7]], told.dataset.targets(1)[:, [7]]
    assert shows(
        row_after(text_of(inspector), "z1[2]"), evaluate(told.network, snapshot.before, x, y).z[2][0, 0]
    )


# -- the next step -------------------------------------------------------------------------------------


def test_the_next_step_with_its_numbers(inspector: Inspector) -> None:
    told = scene(phase=None)
    walk = walk_of(told, 3)
    tell(inspector, told, Selection(layer=2, neuron=0, source=1))
    k = step_to(walk, PassStep(StepKind.UPSTREAM, 1, 2, 0))
    inspector.show_step(None, walk.steps.coming(k))
    inspector.show_snapshot(walk.show(RunPosition(2, k)))
    snapshot, done = walk.ends(2)
    assert done.values is not None and done.values.delta is not None
    text = inspector.next.text.toPlainText()
    assert "Neuron 3 of layer 1: sum over the next layer" in text
    pairs = np.column_stack([told.network.W(snapshot.theta, 2)[2], done.values.delta[2][:, 0]]).ravel()
    assert_row(text, "∂J/∂a3[1] = ", pairs)
    inspector.show_step(None, None)
    assert not inspector.next.isVisible()


def test_every_step_can_be_told(inspector: Inspector) -> None:
    told = scene("blobs", phase=None)
    walk = walk_of(told, 2)
    tell(inspector, told, Selection())
    said = {}
    for k in range(walk.steps.count + 1):
        step = walk.steps.coming(k)
        if step.quantity in said:
            continue
        inspector.show_step(None, step)
        inspector.show_snapshot(walk.show(RunPosition(1, k)))
        said[step.quantity] = inspector.next.text.toPlainText().replace("\xa0", " ")
    assert set(said) == set(StepKind)
    assert all(text.strip() for text in said.values())
    W, eta = told.network.W(walk.ends(1)[0].theta, 1)[0, 0], told.design.training.learning_rate
    assert shows(said[StepKind.NEW_WEIGHT], told.network.W(walk.ends(1)[1].theta, 1)[0, 0])
    assert W and eta and "←" in said[StepKind.NEW_WEIGHT]
    assert "∂J/∂W11[3] = " in said[StepKind.WEIGHT_GRADIENT]


def test_the_steps_of_a_trainer_have_their_place() -> None:
    told = scene()
    assert (
        Steps(told.network).coming(Steps(told.network).after(Phase.BACKWARD)).quantity is StepKind.NEW_WEIGHT
    )
