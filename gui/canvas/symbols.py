"""The lecture's notation as text: subscripts, superscripts, and names of layers."""

from __future__ import annotations

from core.language import tr

_DOWN = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def below(number: int) -> str:
    """Return a number as a subscript."""
    return str(number).translate(_DOWN)


def rich(letter: str, l: int, *neurons: int) -> str:
    """Return a quantity of layer l in rich text, e.g. W with [2] above and 21 below; neurons from 0."""
    comma = "," if any(j > 8 for j in neurons) else ""
    index = comma.join(str(j + 1) for j in neurons)
    return f"{letter}<sup>[{l}]</sup><sub>{index}</sub>"


def input_name(name: str) -> str:
    """Return the display name of an input: x1 becomes x₁."""
    if name[:1].isalpha() and name[1:].isdigit():
        return name[0] + name[1:].translate(_DOWN)
    return name


def layer_title(l: int, last: int) -> str:
    """Return the name of layer l of a network of ``last`` layers."""
    if l == 0:
        return tr("Input")
    return tr("Output") if l == last else tr("Layer {l}").format(l=l)
