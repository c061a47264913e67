"""Names of parameters and of planes through them, in the lecture's notation."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from core.network import Network

_DOWN = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def tr(text: str) -> str:
    """Return a text in the language of the window."""
    return QCoreApplication.translate("LossSurface", text)


def parameter_at(network: Network, place: int) -> tuple[int, int | None, int]:
    """Return layer, source neuron (None: a bias) and neuron of a position in theta; neurons from 0."""
    layer = next(layer for layer in network.layers[::-1] if layer.offset <= place)
    source, neuron = divmod(place - layer.offset, layer.n_out)
    return layer.l, source if source < layer.n_in else None, neuron


def place_of(network: Network, layer: int, source: int | None, neuron: int) -> int:
    """Return the position in theta of a weight, or of a bias (source None); neurons from 0."""
    found = network.layers[layer - 1]
    return found.offset + (found.n_in if source is None else source) * found.n_out + neuron


def _parts(network: Network, place: int) -> tuple[str, int, str]:
    l, source, neuron = parameter_at(network, place)
    if source is None:
        return "b", l, str(neuron + 1)
    comma = "," if max(source, neuron) > 8 else ""
    return "W", l, f"{source + 1}{comma}{neuron + 1}"


def name_of(network: Network, place: int) -> str:
    """Return the name of a parameter as plain text: W[1]₁₂."""
    letter, l, below = _parts(network, place)
    return f"{letter}[{l}]{below.translate(_DOWN)}"


def rich_name(network: Network, place: int) -> str:
    """Return the name of a parameter as rich text."""
    letter, l, below = _parts(network, place)
    return f"<i>{letter}</i><sup>[{l}]</sup><sub>{below}</sub>"


def sentence_of_weights(others: int, name: str, iteration: int) -> str:
    """Say which slice of the loss is seen over two parameters, when ``others`` are left out.

    ``name`` is empty where there is only one run.
    """
    if others == 0:
        return tr("J of the training set over both parameters.")
    one = tr("Through θ of {name} after {count} updates. The other parameter moves too: paths are shadows.")
    many = tr(
        "Through θ of {name} after {count} updates. {others} other parameters move too: paths are shadows."
    )
    if not name:
        one = tr("Through θ after {count} updates. The other parameter moves too: the path is a shadow.")
        many = tr(
            "Through θ after {count} updates. {others} other parameters move too: the path is a shadow."
        )
    text = one if others == 1 else many
    return text.format(others=f"{others:,}", name=name, count=f"{iteration:,}")


def sentence_of_directions(share: float | None, name: str, iteration: int) -> str:
    """Say which slice is seen along directions; ``share`` of the paths' spread, None: random ones."""
    count = f"{iteration:,}"
    if share is None:
        text = tr(
            "Through θ of {name} after {count} updates, along two random directions: paths are shadows."
        )
        if not name:
            text = tr("Through θ after {count} updates, along two random directions: the path is a shadow.")
        return text.format(name=name, count=count)
    text = tr(
        "Through θ of {name} after {count} updates, along the two main directions of the paths: "
        "they hold {share} of their spread."
    )
    if not name:
        text = tr("Through θ after {count} updates, along the two directions that hold {share} of the path.")
    return text.format(share=f"{100 * share:.1f} %", name=name, count=count)
