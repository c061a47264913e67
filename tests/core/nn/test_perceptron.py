"""The perceptron rule (Rosenblatt 1958), step and sign: AND and OR are learned, XOR is not."""

import numpy as np
import pytest

from core.analysis.activation_map import check_gradient
from core.analysis.gradient_check import GradientSteps, no_derivative
from core.analysis.health import FindingKind, findings
from core.analysis.run_health import run_findings
from core.data.datasets import Dataset
from core.debugger.steps import StepKind, Steps
from core.derivation.solution import solution
from core.derivation.text import as_text
from core.nn.activations import ACTIVATIONS
from core.nn.design import Dense, Design, Training
from core.nn.design_problems import problems
from core.nn.differences import Sides
from core.nn.losses import MSE
from core.nn.network import Network
from core.nn.optimizers import Momentum
from core.nn.passes import evaluate
from core.nn.trainer import Phase, Trainer

X = np.array([[0.0, 0, 1, 1], [0, 1, 0, 1]])
GATES = {"and": (0, 0, 0, 1), "or": (0, 1, 1, 1), "xor": (0, 1, 1, 0)}
START = (0.5, -1.0, 0.25)  # w1, w2 and b: numbers that add up without rounding


def data(gate, negative=0.0):
    names, kinds = ("x1", "x2"), ("0", "1")
    labels = np.array(GATES[gate])
    return Dataset(
        gate, X, labels, "classes", names, kinds, np.arange(4), np.empty(0, int), negative=negative
    )


def design(activation="step", *hidden, **training):
    settings = {
        "loss": MSE(over_outputs="half sum"),
        "rule": "perceptron",
        "gradient_descent": "stochastic",
        "order": "as in the table",
        "learning_rate": 0.5,
        **training,
    }
    output = Dense(1, activation, initial=tuple((value,) for value in START))
    return Design(layers=(*hidden, output), training=Training(**settings))


def by_hand(gate, negative, epochs):
    """Yield w1, w2 and b after every sample, as a textbook computes them."""
    w = np.array(START)
    for _ in range(epochs):
        for x1, x2, label in zip(*X, GATES[gate], strict=True):
            x, y = np.array([x1, x2, 1]), label or negative
            o = 1.0 if w @ x >= 0 else negative
            w = w + 0.5 * (y - o) * x
            yield w.tolist()


@pytest.mark.parametrize(("activation", "negative"), [("step", 0.0), ("sign", -1.0)])
@pytest.mark.parametrize("gate", GATES)
def test_every_update_is_that_of_the_textbook(gate, activation, negative):
    dataset = data(gate, negative)
    trainer = Trainer(Network(design(activation), dataset), dataset)
    for wanted in by_hand(gate, negative, 12):
        trainer.advance(Phase.UPDATE)
        assert trainer.snapshot().theta.tolist() == wanted
    score = trainer.snapshot().train
    assert score.accuracy == (1 if gate != "xor" else pytest.approx(score.accuracy)) and (
        gate != "xor" or score.accuracy < 1
    )


def test_on_xor_the_weights_come_back():
    dataset = data("xor")
    trainer, met = Trainer(Network(design(), dataset), dataset), []
    for _ in range(60):
        trainer.run(4)
        met.append(trainer.snapshot().theta.tobytes())
    assert len(set(met)) < 20
    (found,) = run_findings(trainer.network, dataset, trainer.snapshot(), trainer.curves())
    assert found.kind is FindingKind.CIRCLING and "as for XOR" in found.sentence
    solved = Trainer(Network(design(), data("or")), data("or"))
    solved.run(240)
    assert run_findings(solved.network, data("or"), solved.snapshot(), solved.curves()) == ()


def test_backpropagation_through_a_step_moves_nothing_and_says_why():
    dataset = data("and")
    network = Network(design(rule="backpropagation"), dataset)
    trainer = Trainer(network, dataset)
    trainer.run(40)
    assert trainer.snapshot().theta.tolist() == list(START)
    found = findings(network, network.initial(1), X, dataset.targets(1))
    kinds = {finding.kind: finding for finding in found}
    assert "its derivative is 0" in kinds[FindingKind.STEP].sentence
    assert "perceptron rule" in kinds[FindingKind.STEP].remedy


@pytest.mark.parametrize(("name", "low"), [("step", 0.0), ("sign", -1.0)])
def test_step_and_sign(name, low):
    z = np.array([-2.0, -1e-300, -0.0, 0.0, 1e-300, 5.0])
    assert ACTIVATIONS[name].g(z).tolist() == [low, low, 1, 1, 1, 1]
    assert not ACTIVATIONS[name].derivative(z).any()


def test_where_the_output_jumps_there_is_no_derivative():
    dataset = data("and")
    network = Network(design(rule="backpropagation"), dataset)
    y = dataset.targets(1)
    smooth = GradientSteps(network, np.array(START), X, y)
    smooth.advance(3)
    assert smooth.numerical.tolist() == [0, 0, 0] and not smooth.kinks
    jump = GradientSteps(network, np.zeros(3), X, y)
    jump.advance(3)
    assert jump.kinks[2] == Sides(np.inf, 0.0) and np.isnan(jump.numerical[2])
    assert jump.conventions == ("step′(0) = 0",)


def test_the_pass_says_the_rule_in_place_of_a_derivative():
    dataset = data("xor")
    network = Network(design(), dataset)
    kinds = {Steps(network).coming(k).quantity for k in range(Steps(network).count)}
    assert StepKind.DELTA in kinds and not kinds & {StepKind.SLOPE, StepKind.UPSTREAM}
    text = " ".join(as_text(solution(network, np.array(START), dataset, 1)).split())
    assert "The perceptron rule: Wᵢⱼ ← Wᵢⱼ + η (yⱼ − oⱼ) xᵢ." in text
    assert "δ[1]₁ = o₁ − y₁ = 0 − 1 = −1" in text and "∂J" not in text
    assert "b[1]₁ ← b[1]₁ − η g[1]₀₁ = 0.25 − 0.5·(−1) = 0.75" in text
    assert evaluate(network, np.array(START), X, dataset.targets(1)).J == 0.5 * 2 / 4


def test_there_is_no_gradient_to_be_checked():
    dataset = data("xor")
    network = Network(design(), dataset)
    check = GradientSteps(network, np.array(START), X, dataset.targets(1))
    check.advance(3)
    assert check.finished and check.worst is None and check.forward_passes == 0
    assert check_gradient(network, np.array(START), X, dataset.targets(1)).places.size == 0
    assert no_derivative(network).startswith("The perceptron rule puts o − y in place of a derivative")
    assert not no_derivative(Network(design(rule="backpropagation"), dataset))


@pytest.mark.parametrize(
    ("made", "negative", "words"),
    [
        (design("step", Dense(2)), 0.0, "without hidden layer: delete the hidden layers"),
        (design("sign"), 0.0, "labels 0 and 1: give the output layer step"),
        (design("step"), -1.0, "labels −1 and 1: give the output layer sign"),
        (design(optimizer=Momentum()), 0.0, "choose gradient descent as optimizer"),
        (design(l2=0.1), 0.0, "and no penalty"),
    ],
)
def test_where_the_rule_is_not_defined(made, negative, words):
    found = [
        problem.why for problem in problems(made, data("and", negative)) if problem.where == "training.rule"
    ]
    assert any(words in why for why in found), found
