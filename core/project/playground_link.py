"""Reads a link to TensorFlow Playground (playground.tensorflow.org) as a design.

All settings of Playground are after the “#” of its address, as ``name=value`` pairs joined by “&”; missing
ones have its defaults. The names and their meanings are those of Playground's ``state.ts``. A
link is read with bounds, and is never followed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from ..language import tr
from ..nn.design import Data, Dense, Design, Training
from ..nn.losses import MSE
from ..outside_text import harmless
from .json_io import FileError

HOST = "playground.tensorflow.org"
MOST_CHARACTERS = 4096
MOST_LAYERS, MOST_NEURONS = 16, 64
REACH = 6.0  # the plane of Playground reaches from -6 to 6
FULL_NOISE = 50  # percent

CLASSES = {"circle": "circles", "xor": "xor", "gauss": "blobs", "spiral": "spiral"}
_HILLS = [(-4, 2.5, "+"), (0, 2.5, "-"), (4, 2.5, "+"), (-4, -2.5, "-"), (0, -2.5, "+"), (4, -2.5, "-")]
VALUES = {
    "reg-plane": "(x + y)/10",
    "reg-gauss": "".join(
        f"{sign}max(0, 1 - sqrt((x{-x:+g})^2 + (y{-y:+g})^2)/2)" for x, y, sign in _HILLS
    ).removeprefix("+"),
}
"""The formulas of its values; the hills do not overlap, so that their sum is the largest of them."""
SAMPLES = {"classification": 500, "regression": 1200}
FEATURES = {
    "x": "x1",
    "y": "x2",
    "xSquared": "x1**2",
    "ySquared": "x2**2",
    "xTimesY": "x1*x2",
    "sinX": "sin(x1)",
    "sinY": "sin(x2)",
    "cosX": "cos(x1)",
    "cosY": "cos(x2)",
}
ACTIVATIONS = ("tanh", "relu", "sigmoid", "linear")
REGULARIZATIONS = ("none", "L1", "L2")

Value = TypeVar("Value")


class LinkError(FileError):
    """A link that is not one to Playground, or has an invalid setting; its message is one sentence."""


@dataclass(frozen=True)
class LinkedDesign:
    """The contents of a link: a design, and two options of the decision boundary.

    ``differs`` is a sentence on what differs from Playground.
    """

    design: Design
    shows_test: bool
    discretized: bool
    differs: str = ""


def is_link(text: str) -> bool:
    """Return whether a text is an address of Playground, whatever its settings."""
    text = text.strip()
    return len(text) <= MOST_CHARACTERS and "\n" not in text and _host(text) == HOST


def read_link(text: str) -> LinkedDesign:
    """Return the contents of a link. Raises LinkError."""
    if not is_link(text):
        raise LinkError(
            tr(
                "“{text}” is no link to TensorFlow Playground: copy all of the address, which begins with "
                "https://{host}.",
                text=harmless(text.strip()[:60]),
                host=HOST,
            )
        )
    given = _Settings(text.strip().partition("#")[2])
    problem = given.choice("problem", ("classification", "regression"))
    classes, values = given.choice("dataset", tuple(CLASSES)), given.choice("regDataset", tuple(VALUES))
    regression = problem == "regression"
    data = Data(
        source="surface" if regression else CLASSES[classes],
        formula=VALUES[values] if regression else "",
        samples=SAMPLES[problem],
        noise=given.number("noise", 0, 0, FULL_NOISE) / FULL_NOISE,
        classes=2,
        test_share=round(1 - given.number("percTrainData", 50, 10, 100) / 100, 4),
        scale=REACH,
        labels="-1/1",
        features=_features(given),
    )
    hidden = _hidden(given)
    output = Dense(1, "linear" if regression else "tanh")
    kind = given.choice("regularization", REGULARIZATIONS)
    rate = given.number("regularizationRate", 0, 0, 10)
    training = Training(
        loss=MSE(over_outputs="half sum"),
        learning_rate=given.number("learningRate", 0.03, 1e-9, 100),
        batch_size=_batch_size(given, data),
        l1=rate if kind == "L1" else 0.0,
        l2=rate if kind == "L2" else 0.0,
    )
    design = Design(
        title=f"Playground: {values if regression else classes}",
        data=data,
        layers=(*hidden, output),
        training=training,
    )
    differs = tr(
        "Opened the Playground link. What differs: samples, noise and first weights are drawn here, so "
        "the curve of losses is another."
    )
    return LinkedDesign(design, given.truth("showTestData", False), given.truth("discretize", False), differs)


def _host(text: str) -> str:
    try:
        address = urlsplit(text if "://" in text else f"https://{text}")
        return (address.hostname or "") if address.scheme in ("http", "https") else ""
    except ValueError:
        return ""


class _Settings:
    """The settings in a link by name; missing or empty ones have the default, as in Playground."""

    def __init__(self, text: str) -> None:
        pairs = [pair.partition("=") for pair in text.split("&")]
        self._given: Mapping[str, str] = {
            name: value for name, equals, raw in pairs if equals and (value := unquote(raw).strip())
        }
        self._named = {name for name, _equals, _value in pairs}

    def names(self, name: str) -> bool:
        """Return whether a setting is present, even with an empty value."""
        return name in self._named

    def choice(self, name: str, known: tuple[str, ...]) -> str:
        """Return one of a few names, of which the first is the default."""
        value = self._given.get(name, known[0])
        if value not in known:
            raise _refusal(name, value, tr("it is one of {known}", known=", ".join(known)))
        return value

    def truth(self, name: str, default: bool) -> bool:
        """Return whether a setting is on."""
        value = self._given.get(name)
        return default if value is None else value != "false"

    def number(self, name: str, default: float, least: float, most: float) -> float:
        """Return a number."""
        value = self._given.get(name)
        return default if value is None else _number(name, value, float, least, most)

    def whole_numbers(self, name: str, default: tuple[int, ...], most: int) -> tuple[int, ...]:
        """Return whole numbers of at least 1, joined by commas."""
        if not self.names(name):
            return default
        value = self._given.get(name, "")
        return tuple(_number(name, part, int, 1, most) for part in value.split(",")) if value else ()

    def whole_number(self, name: str, default: int, most: int) -> int:
        """Return one whole number of at least 1."""
        value = self._given.get(name)
        return default if value is None else _number(name, value, int, 1, most)


def _number(name: str, text: str, kind: Callable[[str], Any], least: float, most: float) -> Any:
    try:
        number = kind(text) if text.isascii() and "_" not in text else math.nan
    except ValueError:
        number = math.nan
    if not least <= number <= most:
        what = tr("a whole number") if kind is int else tr("a number")
        raise _refusal(
            name,
            text,
            tr("it is {what} from {least} to {most}", what=what, least=f"{least:g}", most=f"{most:g}"),
        )
    return number


def _refusal(name: str, value: str, rule: str) -> LinkError:
    sentence = tr(
        "The link says {name}={value}, but {rule}: mend that place of the link.",
        name=name,
        value=f"“{harmless(value[:40])}”",
        rule=rule,
    )
    return LinkError(sentence)


def _features(given: _Settings) -> tuple[str, ...]:
    chosen = tuple(text for name, text in FEATURES.items() if given.truth(name, name in ("x", "y")))
    if not chosen:
        raise LinkError(
            tr("The link switches all features off: leave at least one of them on, such as x=true.")
        )
    return chosen


def _hidden(given: _Settings) -> tuple[Dense, ...]:
    shape = given.whole_numbers("networkShape", (4, 2), MOST_NEURONS)
    if len(shape) > MOST_LAYERS:
        raise LinkError(
            tr("The link has {count} hidden layers; at most {most}.", count=len(shape), most=MOST_LAYERS)
        )
    activation = given.choice("activation", ACTIVATIONS)
    initializer = "zeros" if given.truth("initZero", False) else "xavier"
    return tuple(Dense(neurons, activation, initializer=initializer) for neurons in shape)


def _batch_size(given: _Settings, data: Data) -> int:
    return min(
        given.whole_number("batchSize", 10, 5000), max(1, int(data.samples * (1 - data.test_share)) - 1)
    )
