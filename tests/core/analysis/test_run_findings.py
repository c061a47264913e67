"""Findings on runs: provoked failures are found and their remedies help; healthy runs have none."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest

from core.analysis.health import Finding
from core.analysis.health import FindingKind as Kind
from core.analysis.remedies import Cure, Remedy
from core.analysis.run_health import run_findings
from core.data.datasets import make_dataset
from core.nn.design import Data, Dense, Design, Training
from core.nn.losses import MSE, BinaryCrossEntropy, CategoricalCrossEntropy
from core.nn.network import Network
from core.nn.optimizers import Adam
from core.nn.trainer import Diverged, Trainer
from core.project.files import examples, read
from tests.files.test_examples import CLASSES, VALUES

SEEDS = range(5)
MORE = 600  # updates after the remedy, before it is judged


def design(source, hidden, output=None, loss=None, data=None, **training):
    settings = {"gradient_descent": "batch", "learning_rate": 0.5, **training}
    layers = (*hidden, output or Dense(1, "sigmoid"))
    choice = Training(loss=loss or BinaryCrossEntropy(), **settings)
    return Design(data=Data(source=source, **(data or {})), layers=layers, training=choice)


def trainer(made: Design, theta=None) -> Trainer:
    dataset = make_dataset(made.data)
    return Trainer(Network(made, dataset), dataset, theta)


def train(one: Trainer, iterations: int) -> Trainer:
    with contextlib.suppress(Diverged):
        one.run(iterations)
    return one


def found_in(one: Trainer) -> tuple[Finding, ...]:
    return run_findings(one.network, one.dataset, one.snapshot(), one.curves())


def kinds(found: tuple[Finding, ...]) -> list[Kind]:
    return list(dict.fromkeys(finding.kind for finding in found))


def bias(layer, value, neurons=slice(None)):
    def spoil(network, theta):
        network.b(theta, layer)[neurons] = value

    return spoil


def times(layer, factor):
    def spoil(network, theta):
        network.W(theta, layer)[...] *= factor

    return spoil


def all_equal(network, theta):
    for l in range(1, len(network.n)):
        network.W(theta, l)[...] = 0.5


@dataclass(frozen=True)
class Failure:
    """A failing run: its design, the change of its initial weights, its updates, and the first finding."""

    design: Design
    kind: Kind
    iterations: int = 0
    spoil: Callable[..., None] | None = None
    on_test: bool = False

    def begun(self, seed: int) -> Trainer:
        made = reseeded(self.design, seed)
        theta = trainer(made).network.initial(seed)
        if self.spoil is not None:
            self.spoil(trainer(made).network, theta)
        return train(trainer(made, theta), self.iterations)


def reseeded(made: Design, seed: int) -> Design:
    from msgspec.structs import replace as changed

    data = changed(made.data, seed=seed + 1)
    return changed(made, data=data, training=changed(made.training, seed=seed))


def zeros(neurons, activation):
    return Dense(neurons, activation, initializer="zeros")


def normal(neurons, activation):
    return Dense(neurons, activation, initializer="normal")


FOUR = "xor-four-points"
LINEAR = Dense(1, "linear")
THREE = Dense(3, "softmax"), CategoricalCrossEntropy()
OVERFIT = {"samples": 60, "noise": 1.0, "test_share": 0.5}

FAILURES = {
    "all weights zero": Failure(
        design(FOUR, [zeros(4, "tanh")], zeros(1, "sigmoid")), Kind.SYMMETRY, iterations=300
    ),
    "all weights zero, untrained": Failure(
        design(FOUR, [zeros(4, "tanh")], zeros(1, "sigmoid")), Kind.SYMMETRY
    ),
    "all neurons identical": Failure(design(FOUR, [Dense(4)]), Kind.SYMMETRY, 300, all_equal),
    "ten linear layers": Failure(
        design("sine", [normal(8, "linear")] * 9, normal(1, "linear"), MSE(), learning_rate=0.01), Kind.LARGE
    ),
    "wide ReLU layers of large weights": Failure(
        design("moons", [normal(30, "relu")] * 8), Kind.LARGE
    ),
    **{
        f"{name} saturated from {'above' if value > 0 else 'below'}": Failure(
            design("moons", [Dense(6, name)]), Kind.SATURATED, 0, bias(1, value)
        )
        for name, value in (
            ("tanh", 30), ("tanh", -30), ("sigmoid", -30), ("elu", -30), ("gelu", -30), ("softplus", -30)
        )
    },
    "a hidden softmax saturated": Failure(
        design("iris", [Dense(6, "softmax")], *THREE), Kind.SATURATED, 0, times(1, 300)
    ),
    "a layer dead": Failure(design("moons", [Dense(6, "relu")]), Kind.DEAD, 0, bias(1, -10)),
    "a layer dead for long": Failure(design("moons", [Dense(6, "relu")]), Kind.DEAD, 1000, bias(1, -10)),
    "sigmoid layers": Failure(design("moons", [Dense(6, "sigmoid")] * 8), Kind.VANISHING),
    "sigmoid layers after long": Failure(design("moons", [Dense(6, "sigmoid")] * 8), Kind.VANISHING, 600),
    "η = 100, tanh, XOR": Failure(design(FOUR, [Dense(4)], learning_rate=100.0), Kind.RATE, 200),
    "η = 100, tanh, mini-batches": Failure(
        design("moons", [Dense(6), Dense(4)], learning_rate=100.0, gradient_descent="mini-batch"),
        Kind.RATE, 200,
    ),
    "η = 100, ReLU, iris": Failure(
        design("iris", [Dense(6, "relu")], *THREE, learning_rate=100.0, gradient_descent="mini-batch"),
        Kind.RATE, 200,
    ),
    "η = 3, values": Failure(
        design("sine", [Dense(8, "relu")], LINEAR, MSE(), learning_rate=3.0), Kind.RATE, 200
    ),
    "over-fitting": Failure(
        design("moons", [Dense(32, "relu")] * 2, data=OVERFIT, optimizer=Adam(), learning_rate=0.01),
        Kind.OVERFITTING, 1000, on_test=True,
    ),
}  # fmt: skip


def mended(one: Trainer, remedy: Remedy) -> Trainer:
    """Return a trainer as the window starts it after the remedy."""
    old = one.network.design
    new = remedy.applied(old)
    same_start = new.training.seed == old.training.seed and remedy.cure is not Cure.SPREAD
    other = trainer(new)
    if same_start and not remedy.restarts:
        return trainer(new, other.network.carry(one.network, one.snapshot().theta))
    return other


def score(one: Trainer, *, on_test: bool) -> float:
    snapshot = one.snapshot()
    loss = snapshot.test.loss if on_test else snapshot.train.loss
    return loss if np.isfinite(loss) else np.inf


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_is_named_and_the_remedy_helps(name):
    failure, named, helped = FAILURES[name], 0, 0
    for seed in SEEDS:
        one = failure.begun(seed)
        found = found_in(one)
        if not found or found[0].kind is not failure.kind:
            continue
        named += 1
        assert found[0].mend is not None
        other = train(mended(one, found[0].mend), failure.iterations + MORE)
        train(one, MORE)
        helped += score(other, on_test=failure.on_test) < 0.9 * score(one, on_test=failure.on_test)
    least = 4 if failure.kind is Kind.OVERFITTING else 5  # with noisy moons, some seeds are easy
    assert named >= least, named
    assert helped >= 4, helped


# -- XOR, 2-2-1 ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("activation", "stuck"), [("tanh", 13), ("sigmoid", 6), ("relu", 22)])
def test_every_stuck_run_on_xor_is_told_so_and_led_out(activation, stuck):
    runs, wolf, looks, led_out = [], 0, 0, 0
    for seed in range(30):
        one = trainer(design(FOUR, [Dense(2, activation)], seed=seed))
        early = [found_in(train(one, iterations)) for iterations in (0, 50, 150, 200)]
        train(one, 5000 - one.iteration)
        found, sticks = found_in(one), one.snapshot().train.accuracy < 1
        if not sticks:
            assert not found
            wolf, looks = wolf + sum(map(bool, early)), looks + len(early)
            continue
        runs.append(kinds(found))
        assert Kind.FLAT in runs[-1]
        accuracy = one.snapshot().train.accuracy
        assert (Kind.MAJORITY in runs[-1]) is (accuracy <= 0.5)
        assert (Kind.CONSTANT in runs[-1]) is bool(np.ptp(one.snapshot().train and _outputs(one)) < 0.01)
        other = train(mended(one, found[0].mend), 5000)
        led_out += other.snapshot().train.accuracy == 1
    assert len(runs) == stuck
    assert led_out >= 0.8 * stuck
    assert wolf == 0 or wolf / looks < 0.02


def _outputs(one: Trainer) -> np.ndarray:
    from core.nn.passes import evaluate

    data = one.dataset
    return evaluate(one.network, one.snapshot().theta, data.x, data.targets(1)).a[-1]


# -- healthy runs --------------------------------------------------------------------------------------

CHECKED = (0, 1, 2, 3, 5, 7, 10, 15, 20, 30, 40, 60, 80, 100, 150, 200)


@pytest.mark.parametrize("name", examples())
def test_an_example_is_left_alone_while_it_learns_and_once_it_has(name):
    learned = CLASSES[name][0] if name in CLASSES else VALUES[name][0]
    one = trainer(read(examples()[name]).design)
    per_epoch = one.snapshot().batches
    for epoch in sorted({*(e for e in CHECKED if e < learned), learned}):
        one.run(epoch * per_epoch - one.iteration)
        assert found_in(one) == (), epoch


# -- the messages ---------------------------------------------------------------------------------------


def test_dead_for_good_and_dead_for_now_are_told_apart():
    layers = [Dense(6, "relu"), Dense(4, "relu")]
    begun = [Failure(design("moons", layers), Kind.DEAD, 0, bias(l, -10, 0)).begun(1) for l in (1, 2)]
    first, deeper = (next(f for f in found_in(one) if f.kind is Kind.DEAD and f.neuron == 0) for one in begun)
    assert "layer 1, whose inputs stay as they are, so it can never learn again" in first.sentence
    assert "can come back" in deeper.sentence and "never" not in deeper.sentence
    whole = Failure(design("moons", layers), Kind.DEAD, 0, bias(2, -10)).begun(1)
    told = [f for f in found_in(whole) if f.kind is Kind.DEAD and f.layer == 2]
    assert len(told) == 4 and all("No layer before it gets a gradient" in f.sentence for f in told)
    with_penalty = Failure(design("moons", layers, l2=0.01), Kind.DEAD, 0, bias(1, -10, 0)).begun(1)
    assert "penalty" in next(f for f in found_in(with_penalty) if f.kind is Kind.DEAD).sentence


def test_neurons_said_to_be_dead_for_good_stay_dead():
    """Neurons in deeper layers that are said to possibly recover sometimes do."""
    back = 0
    for seed in range(20):
        one = trainer(design(FOUR, [Dense(6, "relu"), Dense(6, "relu")], seed=seed, learning_rate=0.3))
        dead = {(f.layer, f.neuron): f for f in found_in(one) if f.kind is Kind.DEAD}
        train(one, 2000)
        still = {(f.layer, f.neuron) for f in found_in(one) if f.kind is Kind.DEAD}
        for place, finding in dead.items():
            if "never" in finding.sentence:
                assert place in still
            else:
                back += place not in still
    assert back > 0


def test_no_other_activation_is_advised_where_the_learning_rate_is_the_cause():
    one = FAILURES["η = 100, tanh, mini-batches"].begun(1)
    found = found_in(one)
    assert found[0].kind is Kind.RATE and "η = 100" in found[0].sentence
    assert not [f for f in found if f.mend is not None and f.mend.cure is Cure.TANH]
    assert found[0].mend.applied(one.network.design).training.learning_rate == 10


def test_no_finding_outlives_the_moment_it_is_of():
    """At a moment in the past, a run is judged only by what was known then."""
    one = FAILURES["over-fitting"].begun(1)
    late, curves = one.snapshot(), one.curves()
    early = replace(late, iteration=3, theta=one.network.initial(1))
    kinds_early = kinds(run_findings(one.network, one.dataset, early, curves))
    assert Kind.OVERFITTING in kinds(found_in(one))
    assert not {Kind.OVERFITTING, Kind.FLAT, Kind.RATE} & set(kinds_early)


def test_what_the_optimizer_remembers_is_told_where_it_still_moves_a_dead_neuron():
    layers = [Dense(6, "relu")]
    adam = Failure(design("moons", layers, optimizer=Adam()), Kind.DEAD, 0, bias(1, -10, 0)).begun(1)
    sentence = next(f.sentence for f in found_in(adam) if f.kind is Kind.DEAD)
    assert sentence.endswith("never learn again once what Adam remembers has faded.")
