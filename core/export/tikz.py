"""Drawings in TikZ: the network with its weights, and a computational graph. Both compile as they are.

Lengths are in centimetres, with y upwards. Each is a LaTeX document of `article` and `tikz` whose page is as
large as the drawing; the environment `tikzpicture` in it can be pasted anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..arrays import Array
from ..derivation.latex import LETTERS, escaped
from ..graph.autodiff import Graph, Node, backward, forward
from ..graph.network_graph import graph_inputs, network_graph
from ..language import tr
from ..nn.design import Dense
from ..nn.network import Network
from ..nn.trainer import Snapshot
from ..number_style import value_text

Place = tuple[float, float]
Places = Mapping[tuple[int, int], Place]
"""Positions of neurons, by layer from 0, the input, and by neuron from 0."""
APART, BETWEEN = 3.4, 1.5  # between layers, and between the neurons of a layer
SHOWN = 12  # neurons of a layer; of a larger one the first and the last are drawn, with dots between them
MOST_LABELLED = 24  # edges of a layer up to which they are labelled with their weights
MOST_EDGES = 4000
THINNEST, THICKEST = 0.2, 2.4  # line widths in points
HEADING, LINE, SMALL_LETTER = 1.2, 0.35, 0.14  # above the neurons, with the lines there
LEVEL, ROW = 2.6, 1.7  # between the nodes of a graph
ROOM, LETTER, LEAST = 1.7, 0.19, 0.5  # beside a node, for numbers; a letter's width, and half a node's
COLOURS = {"positive": "0B6BB5", "negative": "B45309", "gradient": "0F7B5C", "ink": "1B1F24"}
STYLES = (
    r"neuron/.style={circle, draw=ink, minimum size=8mm, inner sep=1pt}",
    r"weight/.style={font=\tiny, fill=white, inner sep=1pt}",
    r"box/.style={rectangle, rounded corners=2pt, draw=ink, minimum size=8mm, inner sep=3pt}",
    r"value/.style={font=\scriptsize, text=positive, above, inner sep=2pt}",
    r"gradient/.style={font=\scriptsize, text=gradient, below, inner sep=2pt}",
)
MATHS = {
    "×": r"$\times$",
    "÷": r"$\div$",
    "+": "$+$",
    "−": "$-$",
    "^": r"$\wedge$",
    "b + Wᵀa": r"$b+W^{\top}a$",
}
NAME = re.compile(r"(?P<letter>[^\W\d_])(?P<below>\d*)(?:\[(?P<layer>\d+)\])?(?: (?P<rows>\d+…\d+))?")


PAGE = r"""
\ifdefined\pdfpagewidth\else
  \let\pdfpagewidth\pagewidth \let\pdfpageheight\pageheight
\fi
\pdfpagewidth=\dimexpr\wd\drawing+4mm\relax
\pdfpageheight=\dimexpr\ht\drawing+\dp\drawing+4mm\relax
\hoffset=-1in \voffset=-1in
\shipout\vbox{\kern2mm\hbox{\kern2mm\box\drawing}}
"""
"""A page as large as a drawing with margins of 2 mm; LuaTeX has other names for its dimensions."""


def document(body: Iterable[str]) -> str:
    """Return a LaTeX document with a drawing, on a page of the same size."""
    colours = (f"\\definecolor{{{name}}}{{HTML}}{{{value}}}" for name, value in COLOURS.items())
    lines = [
        r"\documentclass{article}",
        r"\usepackage{tikz}",
        *colours,
        r"\newsavebox{\drawing}",
        r"\begin{document}",
        r"\sbox{\drawing}{%",
        f"\\begin{{tikzpicture}}[{', '.join(STYLES)}]",
        *(f"  {line}" for line in body),
        r"\end{tikzpicture}}",
        *PAGE.split("\n")[1:-1],
        r"\end{document}",
    ]
    return "\n".join(lines) + "\n"


# -- the network ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class DrawnLayer:
    """The neurons of a layer that are drawn, counted from 0, and their positions: (neurons, 2)."""

    neurons: tuple[int, ...]
    places: Array
    cut: bool


def drawn_layers(
    widths: Sequence[int], places: Mapping[tuple[int, int], Place] | None = None
) -> list[DrawnLayer]:
    """Return the neurons of layers 0 … L that are drawn, with their positions.

    ``places`` has the position of each neuron, by layer and neuron, as on a canvas; None: layers are
    side by side, each vertically centred.
    """
    found = []
    for l, n in enumerate(widths):
        half = SHOWN // 2
        neurons = tuple(range(n)) if n <= SHOWN else (*range(half), *range(n - half, n))
        if places is not None and all((l, j) in places for j in neurons):
            at = np.array([places[l, j] for j in neurons])
        else:
            rows = np.arange(len(neurons)) + (np.arange(len(neurons)) >= half if n > SHOWN else 0)
            at = np.column_stack([np.full(len(neurons), APART * l), BETWEEN * (rows.max() / 2 - rows)])
        found.append(DrawnLayer(neurons, at, n > SHOWN))
    return found


def network_tikz(snapshot: Snapshot, places: Places | None = None) -> str:
    """Return the network as a drawing: edges are as wide as their weights are large, dashed if negative."""
    network, theta = snapshot.network, snapshot.theta
    layers = drawn_layers(network.n, places)
    body = [line for l, drawn in enumerate(layers) for line in _neurons(l, drawn)]
    for layer in network.layers:  # all lines before all numbers, so that none is covered
        body += _edges(layers[layer.l - 1], layers[layer.l], network.W(theta, layer.l), layer.l)
    body += _headings(network, layers, snapshot.dataset.feature_names)
    return document(body)


def _edges(before: DrawnLayer, after: DrawnLayer, W: Array, l: int) -> Iterable[str]:
    """Yield the lines of a layer, and then the numbers beside them, if they are few."""
    count = len(before.neurons) * len(after.neurons)
    if count > MOST_EDGES:
        return
    largest, labels = float(abs(W).max()) or 1.0, list[str]()
    for i in before.neurons:
        for k, j in enumerate(after.neurons):
            w, ends = float(W[i, j]), (f"({_id(l - 1, i)})", f"({_id(l, j)})")
            thick = THINNEST + (THICKEST - THINNEST) * abs(w) / largest
            look = f"{'negative, dashed' if w < 0 else 'positive'}, line width={thick:.2f}pt"
            yield f"\\draw[{look}] {ends[0]} -- {ends[1]};"
            share = 0.3 + 0.4 * ((k + i) % 3) / 2
            labels.append(
                f"\\path[{look}] {ends[0]} -- node[weight, pos={share:.2f}] {{${_number(w)}$}} {ends[1]};"
            )
    yield from labels if count <= MOST_LABELLED else ()


def _neurons(l: int, drawn: DrawnLayer) -> Iterable[str]:
    letter = "x" if l == 0 else "a"
    above = "" if l == 0 else f"^{{[{l}]}}"
    for j, (x, y) in zip(drawn.neurons, drawn.places.tolist(), strict=True):
        name = f"${letter}_{{{j + 1}}}{above}$"
        yield f"\\node[neuron, fill=white] ({_id(l, j)}) at ({x:.2f},{y:.2f}) {{{name}}};"
    if drawn.cut:
        half = len(drawn.neurons) // 2
        x, y = drawn.places[half - 1 : half + 1].mean(axis=0).tolist()
        yield f"\\node at ({x:.2f},{y:.2f}) {{$\\vdots$}};"


def _headings(network: Network, layers: Sequence[DrawnLayer], features: Sequence[str]) -> Iterable[str]:
    """Yield the headings above the layers, none wider than the room of its layer."""
    middles = [float(drawn.places[:, 0].mean()) for drawn in layers]
    wide = min(abs(b - a) for a, b in pairwise(middles)) - 0.2
    said = [tr("{count} features", count=len(features)), *map(_activation, network.design.dense)]
    lines = max(1 + int(SMALL_LETTER * len(text) / wide) for text in said)
    top = max(float(drawn.places[:, 1].max()) for drawn in layers) + HEADING + LINE * lines
    look = f"align=center, anchor=north, text width={wide:.2f}cm, font=\\small"
    for l, (x, text) in enumerate(zip(middles, said, strict=True)):
        name = tr("Input") if l == 0 else tr("Layer {l}", l=l)
        heading = f"{escaped(name)}\\\\{{\\scriptsize {escaped(text)}}}"
        yield f"\\node[{look}] at ({x:.2f},{top:.2f}) {{{heading}}};"


def _activation(layer: Dense) -> str:
    return ", ".join(dict.fromkeys(layer.activations)).replace("_", " ")


def _id(l: int, j: int) -> str:
    return f"n{l}-{j}"


def _number(value: float) -> str:
    """Return a number in LaTeX's math mode, as the program writes it."""
    figures, times, power = value_text(value).replace("−", "-").partition("·10")
    raised = power.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-"))
    return f"{figures}\\cdot 10^{{{raised}}}" if times else figures


# -- a computational graph ------------------------------------------------------------------------


@dataclass(frozen=True)
class GraphDrawing:
    """A graph with its texts: the position, the value and the gradient of every node.

    ``places`` may have one more position, for the output; None: nodes are in columns, each right of all its
    inputs. Empty texts are left out.
    """

    graph: Graph
    values: Sequence[str]
    gradients: Sequence[str]
    places: Sequence[Place] | None = None


def graph_tikz(drawing: GraphDrawing) -> str:
    """Return a computational graph: values above the edges, gradients of the output below them."""
    graph = drawing.graph
    places = list(drawing.places or level_places(graph))
    body = []
    for k, (node, (x, y)) in enumerate(zip(graph.nodes, places, strict=False)):
        shape = "neuron" if node.module is None else "box"
        symbol = node.module.symbol if node.module is not None else ""
        label = MATHS.get(symbol, escaped(symbol)) if node.module is not None else _name(node.name)
        body.append(f"\\node[{shape}] (g{k}) at ({x:.2f},{y:.2f}) {{{label}}};")
        if node.module is not None:
            body.append(f"\\node[font=\\scriptsize, below=0pt] at (g{k}.south) {{{_name(node.name)}}};")
    for k, node in enumerate(graph.nodes):
        body += (_graph_edge(drawing, source, f"g{source}", f"g{k}") for source in node.inputs)
    last = len(graph.nodes) - 1
    beyond = places[last][0] + max(LEVEL, _half(graph.nodes[last]) + ROOM + LEAST)
    end = places[last + 1] if len(places) > last + 1 else (beyond, places[last][1])
    body.append(f"\\node[neuron] (out) at ({end[0]:.2f},{end[1]:.2f}) {{{_name(graph.nodes[last].name)}}};")
    body.append(_graph_edge(drawing, last, f"g{last}", "out"))
    return document(body)


def _graph_edge(drawing: GraphDrawing, source: int, start: str, end: str) -> str:
    labels = "".join(
        f" node[{look}, sloped] {{{text}}}"
        for look, text in (("value", drawing.values[source]), ("gradient", drawing.gradients[source]))
        if text
    )
    return f"\\draw[->, ink!60] ({start}) --{labels} ({end});"


def _half(node: Node) -> float:
    """Return half the width of a node."""
    symbol = node.module.symbol if node.module is not None else ""
    return LEAST if symbol in MATHS else max(LEAST, LETTER * len(symbol) / 2)


def level_places(graph: Graph) -> list[Place]:
    """Return positions of the nodes in columns: each node right of all its inputs, near their middle."""
    levels = list[int]()
    for node in graph.nodes:
        levels.append(max((levels[i] + 1 for i in node.inputs), default=0))
    users = {i: k for k, node in reversed(list(enumerate(graph.nodes))) for i in node.inputs}
    for k, node in enumerate(graph.nodes):  # a variable is placed just before its first use
        if not node.inputs and k in users:
            levels[k] = levels[users[k]] - 1
    places = dict[int, Place]()
    x, before = 0.0, 0.0
    for level in range(max(levels) + 1):
        members = [k for k, own in enumerate(levels) if own == level]
        half = max(_half(graph.nodes[k]) for k in members)
        x += max(LEVEL, before + ROOM + half) if level else 0.0
        before = half

        def middle(k: int) -> float:
            known = [places[i][1] for i in graph.nodes[k].inputs if i in places]
            return -sum(known) / len(known) if known else float(k)

        members.sort(key=middle)
        for row, k in enumerate(members):
            places[k] = (x, ROW * ((len(members) - 1) / 2 - row))
    return [places[k] for k in range(len(graph.nodes))]


def network_graph_tikz(snapshot: Snapshot) -> str:
    """Return the vectorized graph of a network for its first training sample, with the shapes of values."""
    network, dataset = snapshot.network, snapshot.dataset
    sample = dataset.train[:1]
    graph = network_graph(network)
    y = dataset.targets(network.n[-1])[:, sample]
    values = forward(graph, graph_inputs(network, snapshot.theta, dataset.x[:, sample], y))
    shown, gradients = ([shape_text(one) for one in all_] for all_ in (values, backward(graph, values)))
    return graph_tikz(GraphDrawing(graph, shown, gradients))


def shape_text(value: Array | None) -> str:
    """Return a number as text, or the shape of a matrix, for LaTeX; empty for None."""
    if value is None:
        return ""
    if np.ndim(value) == 0 or np.size(value) == 1:
        return f"${_number(float(np.ravel(value)[0]))}$"
    shape = r"\times ".join(map(str, np.shape(value)))
    return f"${shape}$"


def _name(name: str) -> str:
    """Return the name of a node in math mode: ``z[1] 2…3`` is z with the layer as a superscript."""
    found = NAME.fullmatch(name)
    if found is None:
        return f"$\\mathit{{{escaped(name)}}}$"
    letter = LETTERS.get(found["letter"], found["letter"])
    below = found["below"] or (found["rows"] or "").replace("…", r"\ldots ")
    return (
        "$"
        + letter
        + (f"_{{{below}}}" if below else "")
        + (f"^{{[{found['layer']}]}}" if found["layer"] else "")
        + "$"
    )
