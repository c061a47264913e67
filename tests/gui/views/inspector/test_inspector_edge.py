"""An edge in the inspector: its derivative, the chain back to the loss, its update."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from core.debugger.run import RunPosition
from core.debugger.steps import PassStep, StepKind, z_terms
from core.nn.design import Dropout
from core.nn.optimizers import GradientDescent
from core.nn.passes import evaluate
from core.nn.trainer import Phase
from gui.selection import Selection
from gui.views.inspector.view import Inspector
from tests.gui.inspecting import alone_of, backward_of, step_to, text_of, values_of, walk_of
from tests.gui.scenes import scene, scene_of, tell
from tests.gui.shown import assert_row, row_after, shows

# -- an edge -----------------------------------------------------------------------------------------


def test_an_edge_and_its_update(inspector: Inspector) -> None:
    told = scene(optimizer=GradientDescent(), phase=Phase.UPDATE)
    tell(inspector, told, Selection(layer=2, neuron=1, source=3))
    snapshot, network, text = told.snapshot, told.network, text_of(inspector)
    samples, y = values_of(told).samples, told.dataset.targets(1)
    old, new = network.W(snapshot.before, 2)[3, 1], network.W(snapshot.theta, 2)[3, 1]
    made, now = (
        evaluate(network, theta, told.dataset.x[:, samples], y[:, samples])
        for theta in (snapshot.before, snapshot.theta)
    )
    g = network.W(backward_of(made)[2], 2)[3, 1]
    _da, delta, flat = backward_of(now)
    shares = now.a[1][3] * delta[2][1]
    assert np.isclose(shares.sum(), network.W(flat, 2)[3, 1])
    assert_row(text, "∂J/∂W42[2] = ΣB a4[1] δ2[2]", [now.a[1][3, 0], delta[2][1, 0], shares[0]])
    assert shows(row_after(text, "all 10 together"), network.W(flat, 2)[3, 1])
    assert "The last update, with the gradient before it" in text
    assert_row(text, "W42[2] ← W42[2] − η ∂J/∂W42[2]", [old, snapshot.learning_rate, g, new])
    assert "Update to come" not in text
    assert inspector.windowTitle() == "Weight 4 → 2, layer 2"


def test_an_update_is_visible_however_small(inspector: Inspector) -> None:
    told = scene(optimizer=GradientDescent(), phase=Phase.UPDATE, learning_rate=1e-5)
    tell(inspector, told, Selection(layer=1, neuron=1, source=0))
    snapshot, network = told.snapshot, told.network
    old, new = network.W(snapshot.before, 1)[0, 1], network.W(snapshot.theta, 1)[0, 1]
    row = row_after(text_of(inspector), "W12[1] ←").split("\n")[1]
    first, last = row.split()[1], row.split()[-1]
    assert first != last and shows(row, old) and shows(row, new)
    assert len(last.strip("−0.")) <= 8


def test_the_chain_is_written_out_to_the_loss(inspector: Inspector) -> None:
    told = scene("blobs")
    tell(inspector, told, Selection(layer=1, neuron=2, source=0))
    values, text = values_of(told), text_of(inspector)
    _da, delta, _g = backward_of(values)
    for l in (2, 3):
        row = row_after(text, f"δ[{l}] = ")
        assert f"δk[{l}] = " in text
        assert all(shows(row, d) for d in delta[l][:, 0])
    W, z = told.network.W(told.snapshot.before, 2)[2], values.z[1][2, 0]
    slope = told.network.layers[0].spans[0].activation.derivative(z)
    pairs = np.column_stack([W, delta[2][:, 0]]).ravel()
    assert_row(text, "δ3[1] = σ′3[1] Σk W3k[2] δk[2]", [slope, *pairs, delta[1][2, 0]])
    assert shows(row_after(text, "J = "), values.J) and "the mean loss of the batch" in text


def test_an_edge_for_one_sample(inspector: Inspector) -> None:
    told = scene()
    tell(inspector, told, Selection(layer=2, neuron=0, source=0, sample=9))
    values = alone_of(told, 9)
    _da, delta, flat = backward_of(values)
    g = told.network.W(flat, 2)[0, 0]
    assert_row(text_of(inspector), "∂J/∂W11[2] = a1[1] δ1[2]", [values.a[1][0, 0], delta[2][0, 0], g])
    assert shows(row_after(text_of(inspector), "J = "), values.J)


@pytest.mark.parametrize("phase", [Phase.BACKWARD, Phase.UPDATE])
def test_the_update_of_adam_with_a_penalty(inspector: Inspector, phase: Phase) -> None:
    told = scene(l1=0.01, l2=0.02, phase=phase)
    tell(inspector, told, Selection(layer=1, neuron=0, source=0))
    snapshot, network, text = told.snapshot, told.network, text_of(inspector)
    g, k = backward_of(values_of(told))[2], network.layers[0].offset
    assert shows(row_after(text, "g11[1] = ∂J/∂W11[1]"), g[k])
    told.trainer.advance(Phase.UPDATE)
    after = told.snapshot if phase is Phase.BACKWARD else snapshot
    assert shows(row_after(text, "m11[1] ←"), after.memory[0, k])
    assert shows(row_after(text, "v11[1] ←"), after.memory[1, k])
    assert shows(row_after(text, "W11[1] ←"), after.theta[k])
    assert ("Update to come" in text) == (phase is Phase.BACKWARD)


def test_in_the_middle_of_the_update(inspector: Inspector) -> None:
    told = scene(phase=None)
    walk = walk_of(told, 2)
    k = step_to(walk, PassStep(StepKind.NEW_WEIGHT, 2, 0, 1))
    tell(inspector, told, Selection(layer=2, neuron=0, source=0))
    inspector.show_snapshot(walk.show(RunPosition(1, k)))
    assert "Update to come" not in text_of(inspector)
    inspector.show_selection(Selection(layer=2, neuron=0, source=1))
    assert "Update to come" in text_of(inspector)
    new = told.network.W(walk.ends(1)[1].theta, 2)[1, 0]
    assert shows(row_after(text_of(inspector), "W21[2] ←"), new)


def test_dropout_is_said_and_counted(inspector: Inspector) -> None:
    design = scene(hidden=(4,)).design
    told = scene_of(replace(design, layers=(design.layers[0], Dropout(0.5), design.layers[1])))
    told.trainer.advance(Phase.BACKWARD)
    while not 0 < np.count_nonzero(told.snapshot.values.masks[2][:, 0]) < 4:  # type: ignore[union-attr]
        told.trainer.advance(Phase.BACKWARD)
    values = values_of(told)
    _da, delta, _g = backward_of(values)
    mask = values.masks[2][:, 0]
    off, on = int(np.flatnonzero(mask == 0)[0]), int(np.flatnonzero(mask)[0])
    tell(inspector, told, Selection(layer=2, neuron=0))
    text = text_of(inspector)
    assert f"{int((mask == 0).sum())} of 4 inputs are off" in text
    terms = z_terms(told.network, told.snapshot.before, values, 2, 0, 0)
    assert np.isclose(terms.sum(), values.z[2][0, 0]) and shows(row_after(text, "z1[2]"), values.z[2][0, 0])
    inspector.show_selection(Selection(layer=2, neuron=0, source=off))
    assert "switched this input off" in text_of(inspector)
    inspector.show_selection(Selection(layer=2, neuron=0, source=on))
    assert "enlarged this input by m = 2" in text_of(inspector)
    share = values.a[1][on, 0] * mask[on] * delta[2][0, 0]
    assert shows(row_after(text_of(inspector), f"∂J/∂W{on + 1}1[2]"), share)
    inspector.show_selection(Selection(layer=1, neuron=off))
    assert shows(row_after(text_of(inspector), f"∂J/∂a{off + 1}[1]"), 0.0)
    inspector.show_selection(Selection(layer=2))
    assert "Dropout before it" in text_of(inspector)


def _told_exactly(inspector: Inspector) -> list[float]:
    lines = inspector.text.toolTip().splitlines()
    return [float(line.rpartition(" = ")[2].replace("−", "-")) for line in lines]


def test_numbers_are_told_to_the_last_bit_under_the_mouse(inspector: Inspector) -> None:
    told = scene(phase=Phase.BACKWARD)
    tell(inspector, told, Selection(layer=2, neuron=1, source=3))
    network, theta, values = told.network, told.snapshot.shown_theta, values_of(told)
    _da, delta, g = backward_of(values)
    assert _told_exactly(inspector) == [network.W(theta, 2)[3, 1], network.W(g, 2)[3, 1]]
    inspector.show_selection(Selection(layer=2, neuron=1))
    numbers = [network.b(theta, 2)[1], values.z[2][1, 0], values.a[2][1, 0], delta[2][1, 0]]
    assert _told_exactly(inspector) == numbers
    inspector.show_selection(Selection())
    assert not inspector.text.toolTip()
