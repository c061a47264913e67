"""The design: everything the user draws and chooses, as an immutable value that files and undo store.

Each field declares its range, title and help in its annotation. The file reader checks it, `problems` reports
violations of it, and the forms of the GUI are built from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any, Literal, get_type_hints

import msgspec
import numpy as np
from msgspec import Meta, Struct
from msgspec.structs import force_setattr, replace

from ..bounds import Index, Real
from ..data.datasets import OWN_TABLE, SOURCES, Dataset
from ..data.features import in_order
from ..data.formulas import MOST_CHARACTERS, fault_of, formula_of
from ..data.ready_tables import READY_TABLES
from ..data.table import Table
from ..language import tr, translatable
from ..number_style import exact_text
from ..outside_text import one_line
from .initializers import INITIALIZERS
from .losses import MSE, BinaryCrossEntropy, CategoricalCrossEntropy, Loss
from .optimizers import GradientDescent, Optimizer

MOST_PARAMETERS = 4_000_000
TRIED = 41  # places along each axis at which a formula of data must have a value
CONVENTIONS = frozenset(
    {"labels", "initial", "fixed", "order", "first_sample", "rule", "over_outputs", "over_samples", "table"}
    | {"scale", "formula", "features"}
)
"""Fields that are mostly as in the lecture, or not used; files leave them out where that is so."""


class Problem(Struct, frozen=True):
    """A fault of a design: ``where`` it is (``layers[1].activation``), and ``why``, in a sentence."""

    where: str
    why: str


class DesignError(ValueError):
    """A design that cannot be compiled; ``problems`` names every fault and its remedy."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(" ".join(problem.why for problem in problems))
        self.problems = problems


class _Part(Struct, frozen=True, forbid_unknown_fields=True):
    """The base of all parts of a design."""

    def faults(self) -> Iterator[Problem]:
        """Yield what is wrong with the values of the fields beyond their ranges."""
        yield from ()


class Dense(_Part, frozen=True, tag_field="kind", tag="dense"):
    """A dense layer: z = b + W^T a, followed by an activation.

    ``activation`` is one name for all neurons, or a name for each. ``alpha`` is the parameter of LeakyReLU or
    ELU; None uses the activation's default.

    ``initial`` are the first weights and biases, if they are not drawn: one number for all of them, or a
    table (n[l-1] + 1, n[l]) with the biases in the last row. ``fixed`` are the parameters that training
    leaves as they are: True for all of the layer, or pairs (i, j) for W[l]_ij, from 1, and (0, j) for b[l]_j.
    """

    neurons: Annotated[
        int, Meta(ge=1, le=1024, title="Neurons", description="Number of neurons of the layer")
    ]
    activation: str | tuple[str, ...] = "tanh"
    alpha: (
        Annotated[float, Meta(ge=0, le=10, title="α", description="Parameter of LeakyReLU or ELU")] | None
    ) = None
    initializer: Annotated[
        str,
        Meta(
            title="Initializer", description="How the first weights are drawn", extra={"table": INITIALIZERS}
        ),
    ] = "xavier"
    initial: Annotated[Real | tuple[tuple[Real, ...], ...] | None, Meta(title="First weights")] = None
    fixed: Annotated[bool | tuple[tuple[Index, Index], ...], Meta(title="Fixed")] = False

    def is_fixed(self, i: int | None, j: int) -> bool:
        """Return whether W[l]_ij or, if i is None, b[l]_j is fixed; i and j count from 0."""
        if isinstance(self.fixed, bool):
            return self.fixed
        return (0 if i is None else i + 1, j + 1) in self.fixed

    def holding(self, inputs: int, parameters: Iterable[tuple[int | None, int]] | None, fixed: bool) -> Dense:
        """Return the layer, which has ``inputs`` inputs, with these parameters (i, j) fixed, or free.

        i is None for a bias; both count from 0. ``parameters`` None: all of the layer.
        """
        every = {(i, j) for i in range(inputs + 1) for j in range(1, self.neurons + 1)}
        known = (every if self.fixed else set()) if isinstance(self.fixed, bool) else set(self.fixed)
        meant = every if parameters is None else {(0 if i is None else i + 1, j + 1) for i, j in parameters}
        held = known | meant if fixed else known - meant
        return replace(self, fixed=held == every or tuple(sorted(held)) or False)

    @property
    def activations(self) -> tuple[str, ...]:
        """The activation of each neuron."""
        return (self.activation,) * self.neurons if isinstance(self.activation, str) else self.activation


class Dropout(_Part, frozen=True, tag_field="kind", tag="dropout"):
    """Dropout: during training, sets each input of the next layer to 0 with probability ``rate``.

    The other inputs are divided by 1 - rate (inverted dropout, Srivastava et al. 2014).
    """

    rate: Annotated[float, Meta(ge=0, le=0.95, title="Rate", description="Share switched off while training")]


Layer = Dense | Dropout


class Data(_Part, frozen=True):
    """The dataset, and how its samples are drawn and split.

    ``table`` is the table of one's own, which parts its rows itself; it is used if ``source`` is "table", and
    kept otherwise. A source "table" without one gets the truth table of XOR.
    """

    source: Annotated[
        str, Meta(title="Data", description="Where the samples come from", extra={"table": SOURCES})
    ] = "xor"
    samples: Annotated[int, Meta(ge=2, le=5000, title="Samples", description="How many are drawn")] = 200
    noise: Annotated[float, Meta(ge=0, le=1, title="Noise", description="0: clean, 1: very noisy")] = 0.1
    classes: Annotated[int, Meta(ge=2, le=6, title="Classes", description="Number of blobs")] = 3
    test_share: Annotated[
        float, Meta(ge=0, le=0.9, title="Test share", description="Held back from training")
    ] = 0.3
    seed: Annotated[int, Meta(ge=0, le=2**32 - 1, title="Seed", description="Draws the same data again")] = 1
    scale: Annotated[
        float,
        Meta(
            ge=0.01,
            le=1000,
            title="Scale",
            description="The plane reaches from −scale to scale",
        ),
    ] = 1.0
    formula: Annotated[
        str,
        Meta(
            max_length=MOST_CHARACTERS,
            title="Formula",
            description="As in the graph lab; empty: an example",
        ),
    ] = ""
    features: Annotated[
        tuple[Annotated[str, Meta(max_length=MOST_CHARACTERS)], ...],
        Meta(
            max_length=16,
            title="Features",
            description="What the network gets of the two coordinates",
            extra={"form": "features"},
        ),
    ] = ()
    labels: Annotated[
        Literal["0/1", "-1/1"],
        Meta(
            title="Labels",
            description="Targets of the classes",
            extra={"names": {"0/1": translatable("0 or 1"), "-1/1": translatable("−1 or 1")}},
        ),
    ] = "0/1"
    table: Annotated[Table | None, Meta(title="Table")] = None

    def __post_init__(self) -> None:
        """Give a design on a table its table; write the features in one order."""
        if self.source == OWN_TABLE.name and self.table is None:
            force_setattr(self, "table", READY_TABLES["XOR"])
        if (features := in_order(self.features)) != self.features:
            force_setattr(self, "features", features)

    def faults(self) -> Iterator[Problem]:
        """Yield what is wrong with the formulas."""
        for k, text in enumerate(self.features):
            if why := fault_of(text):
                yield Problem(f"features[{k}]", why)
        source = SOURCES.get(self.source)
        if source is None or not source.formula:
            return
        text, names = self.formula or source.formula, source.formula_names
        side = np.linspace(-self.scale, self.scale, TRIED)
        grid = np.stack(np.meshgrid(*[side] * len(names)), axis=-1).reshape(-1, len(names)).T
        if why := fault_of(text, names) or formula_of(text, names).gap(*grid):
            yield Problem("formula", why)


class Training(_Part, frozen=True):
    """Loss, optimizer, batches and regularization."""

    loss: Annotated[Loss, Meta(title="Loss", description="What training makes small")] = BinaryCrossEntropy()
    optimizer: Annotated[Optimizer, Meta(title="Optimizer", description="How a gradient becomes a step")] = (
        GradientDescent()
    )
    learning_rate: Annotated[
        float, Meta(gt=0, le=100, title="Learning rate η", description="Size of a step")
    ] = 0.1
    gradient_descent: Annotated[
        Literal["batch", "stochastic", "mini-batch"],
        Meta(
            title="Batch",
            description="All samples, one, or a few for each update",
            extra={
                "names": {
                    "batch": translatable("Full batch"),
                    "stochastic": translatable("Stochastic"),
                    "mini-batch": translatable("Mini-batch"),
                }
            },
        ),
    ] = "mini-batch"
    batch_size: Annotated[
        int, Meta(ge=1, le=5000, title="Batch size |B|", description="Samples in one update")
    ] = 10
    order: Annotated[
        Literal["shuffled", "as in the table"],
        Meta(
            title="Order",
            description="Of the samples in each epoch",
            extra={
                "names": {
                    "shuffled": translatable("Shuffled in each epoch"),
                    "as in the table": translatable("As in the table"),
                }
            },
        ),
    ] = "shuffled"
    first_sample: Annotated[
        int, Meta(ge=1, le=1_000_000, title="First sample", description="Number of the sample to begin with")
    ] = 1
    rule: Annotated[
        Literal["backpropagation", "perceptron"],
        Meta(
            title="Rule",
            description="Perceptron rule: W + η (y − o) x, without hidden layer",
            extra={
                "names": {
                    "backpropagation": translatable("Backpropagation"),
                    "perceptron": translatable("Perceptron rule"),
                }
            },
        ),
    ] = "backpropagation"
    l1: Annotated[float, Meta(ge=0, le=10, title="L1 λ", description="Adds λ Σ|W| to the loss")] = 0.0
    l2: Annotated[float, Meta(ge=0, le=10, title="L2 λ", description="Adds λ/2 Σ W² to the loss")] = 0.0
    seed: Annotated[
        int, Meta(ge=0, le=2**32 - 1, title="Seed", description="Draws the same first weights")
    ] = 1
    precision: Annotated[
        Literal["float64", "float32"],
        Meta(title="Precision", description="float32 pays from about 100,000 parameters"),
    ] = "float64"

    def size_of_batch(self, samples: int) -> int:
        """Return the number of samples in a batch of a training set of ``samples`` samples."""
        sizes = {"batch": samples, "stochastic": 1, "mini-batch": self.batch_size}
        return max(1, min(sizes[self.gradient_descent], samples))


class Design(_Part, frozen=True):
    """Data, layers (the last dense one is the output) and training settings."""

    title: Annotated[str, Meta(max_length=200)] = "Untitled"
    data: Data = Data()
    layers: Annotated[tuple[Layer, ...], Meta(min_length=1, max_length=64)] = (Dense(1, "sigmoid"),)
    training: Training = Training()

    def __post_init__(self) -> None:
        """Make the title one line that is safe to print in a terminal."""
        if (title := one_line(self.title, 10**4)) != self.title:
            force_setattr(self, "title", title)

    @property
    def dense(self) -> tuple[Dense, ...]:
        """The layers with neurons, in order: layer l of the lecture is ``dense[l - 1]``."""
        return tuple(layer for layer in self.layers if isinstance(layer, Dense))


def with_new_weights(design: Design) -> Design:
    """Return the design with first weights drawn from the next seed, in place of those given by hand."""
    training = replace(design.training, seed=(design.training.seed + 1) % 2**32)
    return replace(design, training=training, layers=with_first_weights(design, None).layers)


def with_first_weights(design: Design, initial: float | None) -> Design:
    """Return the design in which every first weight and bias is ``initial``; None: drawn."""
    layers = (
        replace(layer, initial=initial) if isinstance(layer, Dense) and layer.initial != initial else layer
        for layer in design.layers
    )
    return replace(design, layers=tuple(layers))


def trains_alike(a: Design, b: Design) -> bool:
    """Return whether two designs train identically, apart from the learning rate and the title."""

    def core(design: Design) -> Design:
        return replace(design, title="", training=replace(design.training, learning_rate=1.0))

    return core(a) == core(b)


def same_run(a: Design, b: Design) -> bool:
    """Return whether a run of one design can continue with the settings of the other.

    Layers, data, initial weights and loss function must be the same; other parameters may be fixed.
    """
    kept = ("loss", "rule", "seed", "precision")
    same = all(getattr(a.training, name) == getattr(b.training, name) for name in kept)
    return same and trains_alike(_all_free(a), _all_free(replace(b, training=a.training)))


def _all_free(design: Design) -> Design:
    """Return the design without fixed parameters."""
    free = (
        replace(layer, fixed=False) if isinstance(layer, Dense) and layer.fixed else layer
        for layer in design.layers
    )
    return replace(design, layers=tuple(free))


def plain_json(part: Struct) -> dict[str, Any]:
    """Return a part of a design, or what contains it, as JSON, without the usual values of `CONVENTIONS`.

    A table is left as it is, for `core.project.json_io.json_text`.
    """
    plain: dict[str, Any] = msgspec.to_builtins(part, enc_hook=lambda _cells: None)
    for field in msgspec.structs.fields(part):
        value, name = getattr(part, field.name), field.encode_name
        if field.name in CONVENTIONS and value == field.default:
            del plain[name]
        elif isinstance(value, Table):
            plain[name] = value
        elif isinstance(value, Struct):
            plain[name] = plain_json(value)
        elif isinstance(value, tuple) and any(isinstance(one, Struct) for one in value):
            plain[name] = [plain_json(one) if isinstance(one, Struct) else one for one in value]
    return plain


@cache
def fields_of(part: type[Struct]) -> Mapping[str, tuple[Any, Meta | None]]:
    """Return the type and annotation of every field of a part, in order."""
    hints = get_type_hints(part, include_extras=True)
    return MappingProxyType({field.name: _split(hints[field.name]) for field in msgspec.structs.fields(part)})


def _split(hint: Any) -> tuple[Any, Meta | None]:
    arguments = getattr(hint, "__args__", ())
    if type(None) in arguments:
        return _split(next(argument for argument in arguments if argument is not type(None)))
    metadata = getattr(hint, "__metadata__", ())
    return getattr(hint, "__origin__", hint) if metadata else hint, _merged(metadata)


def _merged(metadata: tuple[Meta, ...]) -> Meta | None:
    """Return one annotation with the contents of all: ``Annotated[Share, Meta(title=…)]`` has two."""
    said = {
        name: value
        for meta in metadata
        for name in ("title", "description", "extra", "ge", "gt", "le", "lt", "min_length", "max_length")
        if (value := getattr(meta, name)) is not None
    }
    return Meta(**said) if metadata else None


def range_problems(part: Struct, where: str = "") -> Iterator[Problem]:
    """Yield every field outside its range, and every name that is not in its table."""
    for name, (_type, meta) in fields_of(type(part)).items():
        value = getattr(part, name)
        place = f"{where}.{name}" if where else name
        for k, item in enumerate(value if isinstance(value, tuple) else (value,)):
            if isinstance(item, Struct):
                yield from range_problems(item, f"{place}[{k}]" if isinstance(value, tuple) else place)
        if meta is not None and (why := out_of_range(value, meta, name)):
            yield Problem(place, why)
    if isinstance(part, _Part):
        for fault in part.faults():
            yield Problem(f"{where}.{fault.where}" if where else fault.where, fault.why)


def out_of_range(value: Any, meta: Meta, name: str) -> str:
    """Return, as a sentence, why a field must not have this value; empty if it may."""
    title = tr(meta.title or name)
    table = (meta.extra or {}).get("table")
    if table is not None and value not in table:
        return tr(
            "{title}: there is no “{value}”; choose one of {known}.",
            title=title,
            value=value,
            known=", ".join(table),
        )
    length = len(value) if isinstance(value, (tuple, str)) else None
    if length is not None and not (meta.min_length or 0) <= length <= (meta.max_length or length):
        return tr(
            "{title}: {length} is not between {least} and {most}.",
            title=title,
            length=length,
            least=meta.min_length or 0,
            most=meta.max_length,
        )
    if not isinstance(value, (int, float)):
        return ""
    low_ok = (meta.ge is None or value >= meta.ge) and (meta.gt is None or value > meta.gt)
    high_ok = (meta.le is None or value <= meta.le) and (meta.lt is None or value < meta.lt)
    if low_ok and high_ok:
        return ""
    low = (
        tr("at least {least}", least=exact_text(meta.ge))
        if meta.ge is not None
        else tr("above {least}", least=exact_text(meta.gt or 0))
    )
    high = (
        tr("at most {most}", most=exact_text(meta.le))
        if meta.le is not None
        else tr("below {most}", most=exact_text(meta.lt or 0))
    )
    return tr(
        "{title} must be {low} and {high}; it is {value}.",
        title=title,
        low=low,
        high=high,
        value=exact_text(value),
    )


def fitted(design: Design, dataset: Dataset) -> Design:
    """Return the design with the output layer and loss that suit the data; hidden layers are kept.

    Regression: linear outputs and mean squared error. Two classes, or several values that are all 0 or 1
    (each says whether a label is right): sigmoid and binary cross-entropy. More classes: softmax and
    categorical cross-entropy. Classes get the labels 0 and 1. The batch size is limited to the training set.
    Data without samples change nothing.
    """
    if dataset.problem:
        return design
    loss: Loss
    if dataset.task == "regression" and dataset.outputs > 1 and np.isin(dataset.labels, (0, 1)).all():
        output, loss = Dense(dataset.outputs, "sigmoid"), BinaryCrossEntropy()
    elif dataset.task == "regression":
        output, loss = Dense(dataset.outputs, "linear"), MSE()
    elif dataset.outputs == 1:
        output, loss = Dense(1, "sigmoid"), BinaryCrossEntropy()
    else:
        output, loss = Dense(dataset.outputs, "softmax"), CategoricalCrossEntropy()
    last = max((k for k, layer in enumerate(design.layers) if isinstance(layer, Dense)), default=0)
    training = replace(
        design.training, loss=loss, batch_size=min(design.training.batch_size, dataset.train.size)
    )
    data = replace(design.data, labels="0/1") if dataset.task == "classes" else design.data
    return replace(design, data=data, layers=(*design.layers[:last], output), training=training)
