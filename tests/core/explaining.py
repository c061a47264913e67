"""Helpers for tests of explanations: random cases, and text evaluated as arithmetic."""

import math
import re

import numpy as np

from core.derivation.solution import solution
from core.nn.activations import ACTIVATIONS
from core.nn.design import Dense, Dropout
from core.nn.losses import MAE, MSE, BinaryCrossEntropy, CategoricalCrossEntropy, Huber
from core.nn.optimizers import Adam, GradientDescent, Momentum, Nesterov, RMSProp
from core.nn.passes import evaluate
from tests.core.making import classes, network, values
from tests.sampling import spread

OPTIMIZERS = (
    GradientDescent(),
    Momentum(0.8),
    Nesterov(0.7),
    RMSProp(0.95),
    Adam(0.8, 0.99),
)
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?:e[−-]?\d+)?")
RANDOM = spread(range(60), 15)
WIDE = 1_000_000
BELOW = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
CALLS = {
    "exp": math.exp,
    "ln": math.log,
    "tanh": math.tanh,
    "sqrt": math.sqrt,
    "max": max,
    "abs": abs,
    "sign": np.sign,
    "π": math.pi,
    **{
        entry.symbol: (lambda z, entry=entry: float(entry.g(np.array(z))))
        for entry in ACTIVATIONS.values()
        if not entry.layerwide
    },
}


def random_case(generator, **training):
    """Return a random network with its dataset, parameters and optimizer memory."""
    features, hidden = int(generator.integers(1, 5)), int(generator.integers(0, 3))
    layers = []
    for _ in range(hidden):
        if generator.random() < 0.2:
            layers.append(Dropout(0.4))
        layers.append(random_dense(generator, int(generator.integers(1, 13))))
    output, loss, dataset = random_output(generator, features)
    penalties = {name: float(generator.choice([0.0, 0.01])) for name in ("l1", "l2")}
    optimizer = OPTIMIZERS[generator.integers(len(OPTIMIZERS))]
    settings = {"optimizer": optimizer, "learning_rate": 0.05, **penalties, **training}
    made = network([*layers, output], loss, dataset, **settings)
    theta = generator.normal(size=made.parameters) * generator.choice([0.5, 1, 3])
    memory = np.abs(generator.normal(size=(optimizer.vectors, made.parameters)))
    return made, theta, dataset, memory


def random_dense(generator, neurons):
    names = [name for name, entry in ACTIVATIONS.items() if not entry.layerwide]
    kind = generator.random()
    if kind < 0.2 and neurons > 1:
        return Dense(neurons, "softmax")
    if kind < 0.6:
        return Dense(neurons, str(generator.choice(names)))
    return Dense(neurons, tuple(str(name) for name in generator.choice(names, neurons)))


def random_output(generator, features):
    """Return a random output layer with a suitable loss and suitable data."""
    kind = int(generator.integers(5))
    if kind == 0:
        return Dense(1, "sigmoid"), BinaryCrossEntropy(), classes(2, features)
    if kind == 1:
        activation = str(generator.choice(["softmax", "sigmoid"]))
        return Dense(4, activation), CategoricalCrossEntropy(), classes(4, features)
    loss = (MSE(), MAE(), Huber(0.7))[generator.integers(3)]
    if kind == 2:
        return Dense(3, "softmax"), loss, classes(3, features)
    outputs = int(generator.integers(1, 4))
    return random_dense(generator, outputs), loss, values(features, outputs)


LEVEL = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def with_exponents(text):
    """Return a text whose powers of ten, ·10⁻⁵, are written e-5."""
    return re.sub("·10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda power: f"e{power[1].translate(LEVEL)}", text)


def python(text):
    """Return one side of a line of text as Python."""
    text = (
        with_exponents(text).replace("−", "-").replace("·", "*").replace("e^(", "exp(").replace("√(", "sqrt(")
    )
    text = re.sub(r"\|([^|]*)\|", r"abs(\1)", text)
    return re.sub(f"[{RAISED}]+", lambda found: "**" + "".join(str(RAISED.index(k)) for k in found[0]), text)


def computed(text):
    """Return the value of one side of a line of text in numbers."""
    return float(eval(python(text), {"__builtins__": {}}, CALLS))


def last_digit(text):
    """Return one of the last digit of a number as it is shown."""
    figures, _, power = with_exponents(text).replace("−", "-").partition("e")
    return 10.0 ** (int(power or 0) - len(figures.partition(".")[2]))


def sides(line):
    """Return the sides of a line of text on one row, without the note; powers of ten are written e-5."""
    return re.split(r" = | ← ", re.sub(r"  \(.*\)$", "", with_exponents(line)))


def indices(symbol):
    """Return letter, layer and neurons (from 0) of a symbol like ``W[2]₁,₁₂``; None if it is not one."""
    found = re.fullmatch(r"(∂J/∂)?([^\[\]]+)\[(\d+)\]([₀-₉,]+)", symbol)
    if found is None:
        return None
    slope, letter, layer, below = found.groups()
    plain = below.translate(BELOW)
    parts = plain.split(",") if "," in plain else [plain] if letter in "zabδ" else list(plain)
    return (slope or "") + letter, int(layer), tuple(int(k) - 1 for k in parts)


def core_number(made, theta, values_, symbol):
    """Return the number of the pass that a symbol in text denotes; None if it is no such symbol."""
    place = indices(symbol)
    if place is None:
        return None
    letter, l, neurons = place
    arrays = {
        "W": lambda: made.W(theta, l),
        "b": lambda: made.b(theta, l),
        "z": lambda: values_.z[l][:, 0],
        "a": lambda: values_.a[l][:, 0],
        "δ": lambda: values_.delta[l][:, 0],
        "∂J/∂W": lambda: made.W(values_.g, l),
        "∂J/∂b": lambda: made.b(values_.g, l),
        "∂J/∂a": lambda: values_.da[l][:, 0],
    }
    return float(arrays[letter]()[neurons]) if letter in arrays else None


def pass_of(made, theta, dataset, sample):
    return evaluate(made, theta, dataset.x[:, [sample]], dataset.targets(made.n[-1])[:, [sample]])


def worked(seed, sample=3, iteration=4):
    made, theta, dataset, memory = random_case(np.random.default_rng(seed))
    found = solution(made, theta, dataset, sample, memory=memory, iteration=iteration)
    return made, theta, dataset, memory, found


def hand_made():
    """Return the lecture's XOR network: h1 = ReLU(x1 + x2), h2 = ReLU(x1 + x2 - 1), o = h1 - 2 h2."""
    dataset = values(2, 1)
    dataset.x[:, 0], dataset.labels[:, 0] = (1, 1), 0.5
    made = network([Dense(2, "relu"), Dense(1, "linear")], MSE(), dataset, learning_rate=0.1)
    return made, np.array([1.0, 1, 1, 1, 0, -1, 1, -2, 0]), dataset
