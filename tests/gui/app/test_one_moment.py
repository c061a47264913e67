"""Everything on the screen belongs to one snapshot: it satisfies the lecture's equations, as far as shown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from math import exp, isnan
from random import Random

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.debugger.steps import StepSize
from core.nn.design import Data, Dense, Design, Dropout, Training
from core.nn.losses import MSE, CategoricalCrossEntropy
from core.nn.optimizers import Adam, Momentum
from core.number_style import value_text
from gui.app.main_window import MainWindow
from gui.canvas.items.image_layers import caption
from gui.canvas.items.outputs import OutputsItem
from gui.canvas.items.products import ProductsItem
from gui.canvas.sample_names import measured_text
from gui.selection import Selection
from gui.views.toolbar import GRAINS
from tests.gui.drawn import Interval, OnCanvas, exactly, on_canvas, printed, slope_of, value_of, worked_of
from tests.gui.waiting import let_pass

LEFT = Qt.MouseButton.LeftButton
SHIFT = Qt.KeyboardModifier.ShiftModifier
BEFORE = "those before the update"
Open = Callable[..., MainWindow]


def design(*layers: Dense | Dropout, source: str = "xor", **training: object) -> Design:
    return Design(data=Data(source=source), layers=layers, training=Training(**training))  # type: ignore[arg-type]


DESIGNS = {
    "tanh": design(Dense(3), Dense(2), Dense(1, "sigmoid"), batch_size=10, learning_rate=0.5),
    "far too large": design(Dense(2, "sigmoid"), Dense(1, "sigmoid"), batch_size=4, learning_rate=100.0),
    "one by one": design(
        Dense(3, "tanh"), Dense(1, "sigmoid"), batch_size=1, learning_rate=0.3, optimizer=Momentum()
    ),
    "dropout": design(Dense(3), Dropout(0.4), Dense(2, "tanh"), Dense(1, "sigmoid"), batch_size=6),
    "iris": design(
        Dense(4), Dense(3, "softmax"), source="iris", loss=CategoricalCrossEntropy(), batch_size=10
    ),
    "a value": design(
        Dense(3, ("tanh", "relu", "sigmoid")), Dense(1, "tanh"), batch_size=8, loss=MSE(), optimizer=Adam()
    ),
}
DIGITS = design(
    Dense(12, "relu"), Dense(10, "softmax"), source="digits", loss=CategoricalCrossEntropy(), batch_size=32
)
MOMENTS = 22  # of each design, and five times as many in the thorough run


# -- conditions -------------------------------------------------------------------------------------


class Checked:
    """Counts the values read from the screen and checked."""

    def __init__(self) -> None:
        self.neurons = self.deltas = self.compared = self.lines = self.approximate = self.places = 0

    def enough(self, count: int) -> bool:
        """Whether enough values were read for ``count`` snapshots to count as checked."""
        seen = self.neurons > count and self.deltas > count / 4 and self.lines > count / 2
        return seen and self.compared > 0


def check_canvas(window: MainWindow, checked: Checked) -> OnCanvas:
    """Compute every neuron's value from the painted numbers of the layer before it."""
    view, seen = window.panels.canvas, on_canvas(window.panels.canvas)
    moment, network = view.state.moment, window.document.network
    assert moment is not None
    outdated = any(BEFORE in text for text in seen.texts)
    if outdated:  # weights that have been updated already are the new ones
        return seen
    for (l, j), a in seen.a.items():
        z = z_of(window, seen, l, j)
        if not l or a is None or z is None:
            continue
        wanted = activity_of(window, seen, l, j, z)
        if wanted is None:
            continue
        assert a.meets(wanted), (l, j, a, wanted)
        checked.neurons += 1
        delta, above = seen.delta.get((l, j)), above_of(window, seen, l, j)
        if delta is not None and above is not None:
            fused = l == len(network.layers) and network.fused is not None
            slope = slope_of(network.layers[l - 1].activations[j])
            wanted = above if fused else above.times(z.through(slope))
            assert delta.meets(wanted), ("δ", l, j, delta, wanted)
            checked.deltas += 1
    return seen


def activity_of(window: MainWindow, seen: OnCanvas, l: int, j: int, z: Interval) -> Interval | None:
    """Return the activation of z; of a softmax, from all the painted numbers of the layer."""
    names = window.document.network.layers[l - 1].activations
    if names[j] != "softmax":
        return z.through(value_of(names[j]))
    others = [z_of(window, seen, l, k) for k in range(len(names)) if k != j]
    low = high = 0.0
    for other in others:
        if other is None:
            return None
        low, high = low + exp(other.low), high + exp(other.high)
    return Interval(exp(z.low) / (exp(z.low) + high) - 1e-9, exp(z.high) / (exp(z.high) + low) + 1e-9)


def weight(window: MainWindow, seen: OnCanvas, l: int, i: int, j: int) -> Interval | None:
    """Return the painted weight; if its label has no room, what the label would show."""
    found = seen.edges.get((l, i, j))
    if found is not None and found[0] is not None:
        return found[0]
    moment = window.panels.canvas.state.moment
    assert moment is not None
    return printed(f"{float(moment.theta.W[l][i, j]):.3g}")


def z_of(window: MainWindow, seen: OnCanvas, l: int, j: int) -> Interval | None:
    """Return b + Σ W a from the painted numbers, with the painted dropout."""
    if not l or (total := seen.b.get((l, j))) is None:
        return None
    moment = window.panels.canvas.state.moment
    assert moment is not None
    for i in range(window.document.network.n[l - 1]):
        a, W = seen.a.get((l - 1, i)), weight(window, seen, l, i, j)
        if a is None or W is None:
            return None
        mask = float(moment.masks[l][i]) if l in moment.masks else 1.0
        total = total.plus(W.times(a).times(exactly(mask)))
    return total


def above_of(window: MainWindow, seen: OnCanvas, l: int, j: int) -> Interval | None:
    """Return dJ/da from the painted numbers; for a fused output layer δ itself."""
    network, dataset = window.document.network, window.document.dataset
    moment, snapshot = window.panels.canvas.state.moment, window.player.snapshot
    assert moment is not None and snapshot is not None
    if l < len(network.layers):
        total, mask = exactly(0.0), moment.masks.get(l + 1)
        for k in range(network.n[l + 1]):
            delta, W = seen.delta.get((l + 1, k)), weight(window, seen, l + 1, j, k)
            if delta is None or W is None:
                return None
            total = total.plus(W.times(delta))
        return total if mask is None else total.times(exactly(float(mask[j])))
    o, sample = seen.a.get((l, j)), moment.sample
    if o is None or sample is None:
        return None
    y = float(dataset.targets(network.n[-1])[j, sample])
    values = snapshot.shown
    alone = window.session.selection.sample is not None or values is None
    size = 1 if alone or values is None else values.y.shape[1]
    off = o.plus(exactly(-y)).times(exactly(1 / size))
    return off if network.fused is not None else off.times(exactly(2 / network.n[-1]))


def check_lines(window: MainWindow, checked: Checked) -> None:
    """Compute every worked equation in the inspector again, as with a calculator."""
    for text in (window.panels["inspector"].text, window.panels["inspector"].next.text):
        for line in worked_of(text.document()):
            checked.approximate += line.approximate
            assert line.approximate or line.shown.low <= line.reached <= line.shown.high, line
            checked.lines += 1


def check_inspector(window: MainWindow, seen: OnCanvas, checked: Checked) -> None:
    """Check that the numbers in the inspector are those on the canvas."""
    selection, inspector = window.session.selection, window.panels["inspector"]
    l, j = selection.layer, selection.neuron
    text = inspector.text.toPlainText().replace("\u00a0", " ")
    stale = "weights before the update" in text
    assert stale == any(BEFORE in drawn for drawn in seen.texts) or l is None or j is None or not l
    if not l or j is None or stale:
        return
    field = printed(inspector.parameter.editor.edit.text())
    own = seen.b.get((l, j)) if selection.source is None else weight(window, seen, l, selection.source, j)
    assert field is None or own is None or field.meets(own), (field, own)
    for letter, drawn in (("a", seen.a), ("δ", seen.delta)):
        shown, mine = told_by(text, f"{letter}{j + 1}[{l}] "), drawn.get((l, j))
        if selection.source is None and shown is not None and mine is not None:
            assert shown.meets(mine), (letter, shown, mine)
            checked.compared += 1


def told_by(text: str, name: str) -> Interval | None:
    """Return the number that a text gives for a name, or None if it gives none."""
    rows = text.split("\n")
    for row, below in zip(rows, [*rows[1:], ""], strict=True):
        if row.startswith(name):
            result = (row + below if below.startswith("=") else row).rpartition("= ")[2]
            return printed(result.partition(" (")[0])
    return None


def check_bars(window: MainWindow, checked: Checked) -> None:
    """Check that counters, timeline, status, legend, boundary and table show the same iteration."""
    counters, place = window.counters, window.timeline.place.text().replace(",", "")
    in_words = re.search(r"iteration (\d+)", place)
    assert in_words is not None
    k, batches = (int(n) for n in counters.iteration.value.text().split(" of "))
    epoch = int(counters.epoch.value.text())
    assert max(0, epoch - 1) * batches + k == int(in_words[1]), (epoch, k, place)
    status = re.search(
        r"iteration (\d+) of \d+ (?:in epoch (\d+)|is complete)", window.status.happened.text()
    )
    if status is not None:
        assert int(status[1]) == k and status[2] in (None, str(epoch))
    batch = re.search(r"\d+", window.status.samples.text())
    assert (0 if batch is None else int(batch[0])) == k
    train = printed(counters.train.value.text())
    legend = re.search(r"train ([−\d.e]+)", window.panels["loss_plot"].legend.text())
    assert train is not None and legend is not None
    shown = printed(legend[1])
    assert shown is not None and train.meets(shown), (train, shown)
    of_network = re.search(r"training set: J = (\S+)", window.panels["inspector"].text.toPlainText())
    if of_network is not None and (written := printed(of_network[1])) is not None:
        assert written.meets(train)
    right = re.search(r"([\d.]+)% test", window.panels["decision_boundary"].line.text())
    if right is not None:
        assert float(right[1]) == pytest.approx(float(counters.accuracy.value.text().split()[0]), abs=0.051)
    checked.places += 1


def check_meaning(window: MainWindow, seen: OnCanvas) -> None:
    """Targets and measured features are of the sample shown, bars as long as o, products W · a of it."""
    state, dataset = window.panels.canvas.state, window.document.dataset
    moment, last = state.moment, state.layout.columns[-1]
    assert moment is not None
    if moment.sample is None or not last.legend:
        return
    y = dataset.targets(last.neurons)[:, moment.sample].tolist()
    targets = [text for text in seen.texts if text.startswith("target ")]
    written = [f"target {value_text(value)}" for value in y]
    assert targets in ([], written)  # where there is no room for the words, the tick alone tells it
    assert not (targets and last.style == "row")
    outputs = next(item for item in window.panels.canvas.scene().items() if isinstance(item, OutputsItem))
    for text, target in zip(outputs.texts, y, strict=True):
        assert text.tick == target
    if moment.a is not None:
        shares = [0.0 if text.share is None else text.share for text in outputs.texts]
        if dataset.task == "classes" and window.document.network.layers[-1].activations[0] != "tanh":
            assert shares == [0.0 if isnan(o) else o for o in moment.a[-1].tolist()]
    if dataset.mean is not None and dataset.image_shape is None:
        measured = [measured_text(dataset, moment.sample, j) for j in range(dataset.features)]
        assert not Counter(measured) - Counter(seen.texts)
    for item in window.panels.canvas.scene().items():
        if isinstance(item, ProductsItem) and moment.a is not None:
            for (i, j), value in item.products.items():
                assert value == pytest.approx(moment.theta.W[item.layer][i, j] * moment.a[item.layer - 1][i])


def check_all(window: MainWindow, checked: Checked) -> None:
    seen = check_canvas(window, checked)
    check_meaning(window, seen)
    check_lines(window, checked)
    check_inspector(window, seen, checked)
    check_bars(window, checked)


# -- random snapshots -------------------------------------------------------------------------------


def act(qtbot: QtBot, window: MainWindow, random: Random) -> None:
    """Do something a lecturer might do, with keys, clicks and menus."""
    canvas, network = window.panels.canvas, window.document.network
    kind = random.choice(
        ["step", "step", "step", "back", "iteration", "run", "seek", "neuron", "neuron", "edge", "other"]
    )
    if kind in ("step", "back"):
        window.actions_[GRAINS[random.choice([*StepSize][:4])]].trigger()
        for _ in range(random.randint(1, 12)):
            qtbot.keyClick(window, Qt.Key.Key_Right if kind == "step" else Qt.Key.Key_Left)
    elif kind == "iteration":
        qtbot.keyClick(window, Qt.Key.Key_Right, SHIFT)
    elif kind == "run":
        window.actions_["run"].trigger()
        let_pass(qtbot, 60)
        window.actions_["run"].trigger()
    elif kind == "seek":
        slider = window.timeline.slider
        slider.setValue(random.randint(slider.minimum(), slider.maximum()))
    elif kind == "neuron":
        l = random.randrange(len(network.n))
        tile = canvas.state.layout.of_layer(l).tile(random.randrange(network.n[l]))
        qtbot.mouseClick(canvas.viewport(), LEFT, pos=canvas.mapFromScene(tile.center()))
    elif kind == "edge":
        l = random.randrange(1, len(network.n))
        window.session.select(
            Selection(l, random.randrange(network.n[l]), random.randrange(network.n[l - 1]))
        )
    else:
        sample = random.choice([None, random.randrange(window.document.dataset.x.shape[1])])
        chosen = window.session.selection
        window.session.select(Selection(chosen.layer, chosen.neuron, chosen.source, sample))
    window.player.settle()
    QApplication.processEvents()


def checked_moments(qtbot: QtBot, open_window: Open, name: str, seed: int, count: int) -> None:
    window, random, checked = open_window(DESIGNS[name], (1366, 900)), Random(seed), Checked()
    window.setFocus()
    done = 0
    while done < count or not checked.enough(count):
        act(qtbot, window, random)
        check_all(window, checked)
        done += 1
        assert done < 50 * count, "random actions came to too few numbers"
    assert checked.places == done
    assert checked.approximate <= checked.lines / 20


@pytest.mark.parametrize("name", DESIGNS)
def test_at_rest_numbers_satisfy_the_equations_and_lines_hold(
    qtbot: QtBot, open_window: Open, name: str
) -> None:
    checked_moments(qtbot, open_window, name, 1, MOMENTS)


def test_at_rest_images_outputs_and_products_are_of_the_moment_shown(qtbot: QtBot, open_window: Open) -> None:
    window, random, drawn = open_window(DIGITS, (1366, 900)), Random(1), 0
    window.setFocus()
    for _ in range(MOMENTS):
        act(qtbot, window, random)
        seen = on_canvas(window.panels.canvas)
        check_meaning(window, seen)
        for item in window.panels.canvas.scene().items():
            if isinstance(item, ProductsItem):
                drawn += len(item.products)
        hidden = window.panels.canvas.state.layout.of_layer(1)
        assert hidden.pictures and caption(window.panels.canvas.state, hidden) in seen.texts
    assert drawn > 20


@pytest.mark.endurance
@pytest.mark.parametrize("seed", range(2, 7))
@pytest.mark.parametrize("name", DESIGNS)
def test_at_rest_they_do_at_many_more_moments(qtbot: QtBot, open_window: Open, name: str, seed: int) -> None:
    checked_moments(qtbot, open_window, name, seed, MOMENTS)


@pytest.mark.parametrize("name", ["tanh", "one by one"])
def test_so_they_do_in_every_frame_of_a_run(qtbot: QtBot, open_window: Open, name: str) -> None:
    window, checked = open_window(DESIGNS[name], (1366, 900)), Checked()
    for chosen in (Selection(1, 0), Selection(), Selection(2, 0, 1, 3)):
        window.session.select(chosen)
        window.actions_["run"].trigger()
        seen = set()
        while len(seen) < 5:
            let_pass(qtbot, 15)
            check_all(window, checked)
            seen.add(window.timeline.place.text())
        window.actions_["run"].trigger()
        window.player.settle()
        QApplication.processEvents()
        check_all(window, checked)
    assert checked.neurons > 30 and checked.lines > 10
