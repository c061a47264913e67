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

from ..data.datasets import OWN_TABLE, SOURCES, Dataset
from ..data.features import in_order
from ..data.formulas import MOST_CHARACTERS, fault_of, formula_of
from ..data.ready_tables import READY_TABLES
from ..data.table import Table
from ..language import tr, translatable
from ..number_style import exact_text
from ..outside_text import one_line
from .activations import ACTIVATIONS
from .initializers import INITIALIZERS
from .losses import MSE, BinaryCrossEntropy, CategoricalCrossEntropy, Loss
from .memory import MOST_BYTES, bytes_needed
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
    table (n[l-1] + 1, n[l]) with the biases in the last row. ``fixed`` are the parameters that training leaves as
    they are: True for all of the layer, or pairs (i, j) for W[l]_ij, counted from 1, and (0, j) for b[l]_j.
    """

    neurons: Annotated[int, Meta(ge=1, le=1024, title="Neurons")]
    activation: str | tuple[str, ...] = "tanh"
    alpha: Annotated[float, Meta(ge=0, le=10, title="α")] | None = None
    initializer: Annotated[
        str,
        Meta(
            title="Initializer", description="How the first weights are drawn", extra={"table": INITIALIZERS}
        ),
    ] = "xavier"
    initial: Annotated[float | tuple[tuple[float, ...], ...] | None, Meta(title="First weights")] = None
    fixed: Annotated[bool | tuple[tuple[int, int], ...], Meta(title="Fixed")] = False

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

    source: Annotated[str, Meta(title="Data", extra={"table": SOURCES})] = "xor"
    samples: Annotated[int, Meta(ge=2, le=5000, title="Samples")] = 200
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

    loss: Annotated[Loss, Meta(title="Loss")] = BinaryCrossEntropy()
    optimizer: Annotated[Optimizer, Meta(title="Optimizer")] = GradientDescent()
    learning_rate: Annotated[
        float, Meta(gt=0, le=100, title="Learning rate η", description="Size of a step")
    ] = 0.1
    gradient_descent: Annotated[
        Literal["batch", "stochastic", "mini-batch"],
        Meta(
            title="Gradient descent",
            description="All samples, one, or a few for each update",
            extra={
                "names": {
                    "batch": translatable("Batch"),
                    "stochastic": translatable("Stochastic"),
                    "mini-batch": translatable("Mini-batch"),
                }
            },
        ),
    ] = "mini-batch"
    batch_size: Annotated[int, Meta(ge=1, le=5000, title="Batch size |B|")] = 10
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


def problems(design: Design, dataset: Dataset) -> tuple[Problem, ...]:
    """Return every fault that keeps the design from working on this dataset; empty if there is none."""
    found = [*range_problems(design)]
    if not found and dataset.problem:
        found = [Problem("data.table", dataset.problem)]
    if not found:
        found += [
            *_data_problems(dataset),
            *_layer_problems(design, dataset.features),
            *_output_problems(design, dataset),
            *_batch_problems(design, dataset),
        ]
    if not found:
        found += _memory_problems(design, dataset)
    return tuple(found)


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


def _data_problems(dataset: Dataset) -> Iterator[Problem]:
    if dataset.plane is not None and (why := dataset.plane.gap()):
        yield Problem("data.features", why)
    if not np.isfinite(dataset.labels).all():
        yield Problem("data.formula", tr("The formula has no value for some samples: choose another."))


def _layer_problems(design: Design, features: int) -> Iterator[Problem]:
    l, width, parameters = 0, features, 0
    for k, layer in enumerate(design.layers):
        if isinstance(layer, Dropout):
            if k + 1 == len(design.layers):
                yield Problem(
                    f"layers[{k}]", tr("Dropout cannot be the last layer: put it before the output.")
                )
            elif isinstance(design.layers[k + 1], Dropout):
                yield Problem(f"layers[{k}]", tr("Two dropouts follow each other: delete one."))
            continue
        l += 1
        parameters += (width + 1) * layer.neurons
        yield from _activation_problems(layer, l, f"layers[{k}]")
        yield from _parameter_problems(layer, l, width, f"layers[{k}]")
        width = layer.neurons
    if parameters > MOST_PARAMETERS:
        yield Problem(
            "layers",
            tr(
                "{parameters:,} parameters are too many; at most {most:,}.",
                parameters=parameters,
                most=MOST_PARAMETERS,
            ),
        )


def _parameter_problems(layer: Dense, l: int, inputs: int, where: str) -> Iterator[Problem]:
    """Yield a problem if initial or fixed parameters are not those of a layer with this number of inputs."""
    if isinstance(layer.initial, tuple):
        sizes = {len(row) for row in layer.initial}
        if len(layer.initial) != inputs + 1 or sizes != {layer.neurons}:
            why = tr(
                "Layer {l}: its initial weights must be {rows} rows, the last one for the biases, of "
                "{columns} numbers each.",
                l=l,
                rows=inputs + 1,
                columns=layer.neurons,
            )
            yield Problem(f"{where}.initial", why)
    if isinstance(layer.fixed, tuple):
        lost = [(i, j) for i, j in layer.fixed if not (0 <= i <= inputs and 1 <= j <= layer.neurons)]
        if lost:
            why = tr(
                "Layer {l}: there is no parameter [{i}, {j}] to be fixed; i is 0 for a bias or at most "
                "{inputs}, j is from 1 to {neurons}.",
                l=l,
                i=lost[0][0],
                j=lost[0][1],
                inputs=inputs,
                neurons=layer.neurons,
            )
            yield Problem(f"{where}.fixed", why)


def _activation_problems(layer: Dense, l: int, where: str) -> Iterator[Problem]:
    names = layer.activations
    if len(names) != layer.neurons:
        why = tr(
            "Layer {l} has {neurons} neurons but {count} activations: give one for each.",
            l=l,
            neurons=layer.neurons,
            count=len(names),
        )
        yield Problem(f"{where}.activation", why)
    for name in dict.fromkeys(names):
        if name not in ACTIVATIONS:
            known = ", ".join(ACTIVATIONS)
            yield Problem(
                f"{where}.activation",
                tr(
                    "Layer {l}: there is no activation “{name}”; choose one of {known}.",
                    l=l,
                    name=name,
                    known=known,
                ),
            )
            continue
        entry = ACTIVATIONS[name]
        if entry.layerwide and len(set(names)) > 1:
            yield Problem(
                f"{where}.activation",
                tr("Layer {l}: {name} is for the whole layer, not for one neuron.", l=l, name=name),
            )
        if entry.layerwide and layer.neurons < 2:
            yield Problem(
                f"{where}.activation", tr("Layer {l}: {name} needs at least 2 neurons.", l=l, name=name)
            )
        low, high = entry.alpha_range
        if entry.alpha is not None and layer.alpha is not None and not low <= layer.alpha <= high:
            bounds = tr(
                "between {least} and {most}",
                least=exact_text(low),
                most=exact_text(high),
            )
            yield Problem(
                f"{where}.alpha",
                tr("Layer {l}: α of {symbol} must be {bounds}.", l=l, symbol=entry.symbol, bounds=bounds),
            )


def _output_problems(design: Design, dataset: Dataset) -> Iterator[Problem]:
    if not design.dense:
        yield Problem("layers", tr("The network has no layer of neurons: drag a dense layer in."))
        return
    output, loss = design.dense[-1], design.training.loss
    yield from _loss_problems(output, loss)
    yield from _target_problems(dataset, loss)
    if design.training.rule == "perceptron":
        yield from _perceptron_problems(design, dataset)
    wanted = dataset.outputs
    two_for_two = wanted == 1 and dataset.task == "classes" and output.neurons == 2
    if output.neurons != wanted and not two_for_two:
        place = max(k for k, layer in enumerate(design.layers) if layer is output)
        regression = dataset.task == "regression"
        has = (
            tr("{count} values", count=wanted)
            if regression
            else tr("{count} classes", count=len(dataset.class_names))
        )
        template = (
            translatable("The data has {has}: the output layer needs {wanted} neuron, not {neurons}.")
            if wanted == 1
            else translatable("The data has {has}: the output layer needs {wanted} neurons, not {neurons}.")
        )
        why = tr(template, has=has, wanted=wanted, neurons=output.neurons)
        yield Problem(f"layers[{place}].neurons", why)


def _perceptron_problems(design: Design, dataset: Dataset) -> Iterator[Problem]:
    """Yield a problem where the perceptron rule is not defined, for want of step or sign, or elsewise."""
    if len(design.dense) > 1:
        why = tr(
            "The perceptron rule is for a network without hidden layer: delete the hidden layers, or choose "
            "backpropagation."
        )
        yield Problem("training.rule", why)
    training = design.training
    if not isinstance(training.optimizer, GradientDescent) or training.l1 or training.l2:
        why = tr(
            "The perceptron rule takes steps η (y − o) x and no others: choose gradient descent as "
            "optimizer, and no penalty."
        )
        yield Problem("training.rule", why)
    wanted = "sign" if dataset.negative < 0 else "step"
    if set(design.dense[-1].activations) != {wanted}:
        why = tr(
            "The perceptron rule compares the output with labels {negative} and 1: give the output layer "
            "{activation}, or choose backpropagation.",
            negative=exact_text(dataset.negative),
            activation=wanted,
        )
        yield Problem("training.rule", why)


def _target_problems(dataset: Dataset, loss: Loss) -> Iterator[Problem]:
    """Yield a problem if the loss is not defined for the targets of the data."""
    if loss.targets is None:
        return
    values = dataset.labels if dataset.task == "regression" else np.array([dataset.negative, 1.0])
    low, high = loss.targets
    fits = (
        (values >= low) & (values <= high) if loss.of_probabilities else np.isin(values, (low, high))
    ).all()
    if dataset.task == "regression" and (loss.classes or not fits):
        why = tr(
            "{symbol} is for classes, but the data has values: choose mean squared error.",
            symbol=loss.title,
        )
        yield Problem("training.loss", why)
    elif not fits:
        why = tr(
            "{symbol} takes the labels {low} and {high}, but those of the data are {negative} and 1: choose "
            "the other labels, or another loss.",
            symbol=loss.title,
            low=exact_text(low),
            high=exact_text(high),
            negative=exact_text(dataset.negative),
        )
        yield Problem("training.loss", why)


def _loss_problems(output: Dense, loss: Loss) -> Iterator[Problem]:
    if output.neurons < loss.least:
        why = tr(
            "{symbol} needs at least {least} output neurons; the output layer has {neurons}.",
            symbol=loss.title,
            least=loss.least,
            neurons=output.neurons,
        )
        yield Problem("training.loss", why)
    entries = [ACTIVATIONS[name] for name in dict.fromkeys(output.activations) if name in ACTIVATIONS]
    strange = [
        entry.symbol
        for entry in entries
        if entry.lowest < 0 or entry.highest > 1 or entry.piecewise_constant  # ln 0
    ]
    if loss.of_probabilities and strange:
        cure = "softmax" if loss.classes else "sigmoid"
        why = tr(
            "{symbol} takes the logarithm of a probability, but {strange} is not between 0 and 1: "
            "give the output layer {cure}.",
            symbol=loss.title,
            strange=", ".join(strange),
            cure=cure,
        )
        yield Problem("training.loss", why)


def _batch_problems(design: Design, dataset: Dataset) -> Iterator[Problem]:
    training, samples = design.training, dataset.train.size
    if samples < 1:
        yield Problem(
            "data.samples", tr("No sample is left for training: draw more samples or test on fewer.")
        )
    elif training.gradient_descent == "mini-batch" and training.batch_size > samples:
        yield Problem(
            "training.batch_size",
            tr(
                "A batch of {batch_size} is larger than the {samples} training samples: choose at most "
                "{samples}, or batch gradient descent.",
                batch_size=training.batch_size,
                samples=samples,
            ),
        )


def _memory_problems(design: Design, dataset: Dataset) -> Iterator[Problem]:
    """Yield a problem at the widest layer if training would exceed the memory limit."""
    training, samples = design.training, (dataset.train.size, dataset.test.size)
    n = [dataset.features, *(layer.neurons for layer in design.dense)]
    masked, width = [], dataset.features
    for layer in design.layers:
        if isinstance(layer, Dropout):
            masked.append(width)
        else:
            width = layer.neurons
    batch, itemsize = training.size_of_batch(samples[0]), 8 if training.precision == "float64" else 4
    needed = bytes_needed(n, masked, samples, batch, training.optimizer.vectors, itemsize)
    if needed <= MOST_BYTES:
        return
    dense = [k for k, layer in enumerate(design.layers) if isinstance(layer, Dense)]
    widest = max(dense[:-1] or dense, key=lambda k: design.dense[dense.index(k)].neurons)
    yield Problem(
        f"layers[{widest}].neurons",
        tr(
            "Training {neurons:,} neurons on {samples:,} samples in batches of {batch:,} takes about "
            "{needed:.1f} GiB of memory; at most {most} GiB: use fewer or narrower layers, "
            "fewer samples or smaller batches.",
            neurons=sum(n[1:]),
            samples=sum(samples),
            batch=batch,
            needed=needed / 2**30,
            most=MOST_BYTES >> 30,
        ),
    )


def fitted(design: Design, dataset: Dataset) -> Design:
    """Return the design with the output layer and loss that suit the data; hidden layers are kept.

    Regression: linear outputs and mean squared error. Two classes: one sigmoid and binary cross-entropy. More
    classes: softmax and categorical cross-entropy. The batch size is limited to the training set. Data
    without samples change nothing.
    """
    if dataset.problem:
        return design
    loss: Loss
    if dataset.task == "regression":
        output, loss = Dense(dataset.outputs, "linear"), MSE()
    elif dataset.outputs == 1:
        output, loss = Dense(1, "sigmoid"), BinaryCrossEntropy()
    else:
        output, loss = Dense(dataset.outputs, "softmax"), CategoricalCrossEntropy()
    last = max((k for k, layer in enumerate(design.layers) if isinstance(layer, Dense)), default=0)
    training = replace(
        design.training, loss=loss, batch_size=min(design.training.batch_size, dataset.train.size)
    )
    return replace(design, layers=(*design.layers[:last], output), training=training)
