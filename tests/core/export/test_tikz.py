"""Drawings in TikZ: what is drawn, and that LaTeX takes it, where it is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pypdfium2
import pytest

from core.data.datasets import make_dataset
from core.export.tikz import APART, SHOWN, GraphDrawing, graph_tikz, network_graph_tikz, network_tikz
from core.graph.autodiff import backward, forward
from core.graph.network_graph import network_graph
from core.graph.parser import parse
from core.nn.design import Data, Dense, Design
from core.nn.network import Network
from core.nn.trainer import Snapshot, Trainer

NODE = re.compile(r"\\node\[[^]]*\] \((?P<name>[^)]*)\) at \((?P<x>[-\d.]+),(?P<y>[-\d.]+)\) ")
EDGE = re.compile(r"\\draw\[(?P<look>[^]]*)\] \((?P<start>[^)]*)\) --(?P<label>.*) \((?P<end>[^)]*)\);")


def snapshot_of(design: Design) -> Snapshot:
    dataset = make_dataset(design.data)
    return Trainer(Network(design, dataset), dataset).snapshot()


MIXED = Design(
    "%_# \\end{document}", Data("moons"), (Dense(3, ("tanh", "relu", "leaky_relu")), Dense(1, "sigmoid"))
)
WIDE = Design(data=Data("digits"), layers=(Dense(30, "relu"), Dense(10, "softmax")))


def read(text: str) -> tuple[dict[str, tuple[float, float]], list[re.Match[str]]]:
    """Return the nodes and the edges of a drawing, after checking that it is well formed."""
    depth = 0
    for character in re.sub(r"\\[\\{}%]", "", text):
        depth += (character == "{") - (character == "}")
        assert depth >= 0
    assert depth == 0 and text.count("$") % 2 == 0
    begun = re.findall(r"\\begin\{(\w+)\}", text)
    assert re.findall(r"\\end\{(\w+)\}", text) == begun[::-1] == ["tikzpicture", "document"]
    nodes: dict[str, tuple[float, float]] = {}
    edges = []
    for line in text.splitlines():
        if found := NODE.match(line.strip()):
            assert found["name"] not in nodes
            nodes[found["name"]] = float(found["x"]), float(found["y"])
        elif found := EDGE.match(line.strip()):
            assert {found["start"], found["end"]} <= nodes.keys()
            edges.append(found)
    return nodes, edges


def test_every_weight_is_an_edge_as_wide_as_it_is_large() -> None:
    snapshot = snapshot_of(MIXED)
    nodes, edges = read(network_tikz(snapshot))
    weights = np.concatenate([snapshot.network.W(snapshot.theta, l).ravel() for l in (1, 2)])
    assert len(nodes) == 2 + 3 + 1 and len(edges) == weights.size
    for l, layer in ((1, edges[:6]), (2, edges[6:])):
        w = snapshot.network.W(snapshot.theta, l).ravel()
        widths = [float(re.search(r"width=([\d.]+)", edge["look"])[1]) for edge in layer]
        assert np.argsort(widths, kind="stable").tolist() == np.argsort(abs(w), kind="stable").tolist()
        assert ["dashed" in edge["look"] for edge in layer] == (w < 0).tolist()


def test_a_wide_layer_has_its_first_and_last_neurons() -> None:
    nodes, _edges = read(network_tikz(snapshot_of(WIDE)))
    assert sum(name.startswith("n0-") for name in nodes) == SHOWN
    assert {"n0-0", "n0-63", "n1-29", "n2-9"} <= nodes.keys()
    assert "n0-30" not in nodes


def test_neurons_stand_where_they_are_on_the_canvas() -> None:
    places = {(l, j): (2.0 * l, -1.5 * j) for l, n in enumerate((2, 3, 1)) for j in range(n)}
    nodes, _edges = read(network_tikz(snapshot_of(MIXED), places))
    assert all(nodes[f"n{l}-{j}"] == at for (l, j), at in places.items())


@pytest.mark.parametrize("text", ["x^2*y/z", "max(x, y) + exp(-z)", "(x + y)*(y - z)"])
def test_a_graph_has_its_values_and_gradients(text: str) -> None:
    graph = parse(text)
    values = forward(graph, {"x": 3.0, "y": 4.0, "z": 2.0})
    gradients = backward(graph, values)
    shown = [f"${float(v):.4f}$" for v in values], [f"${float(g):.5f}$" for g in gradients]
    nodes, edges = read(graph_tikz(GraphDrawing(graph, *shown)))
    assert len(nodes) == len(graph.nodes) + 1
    assert len(edges) == sum(len(node.inputs) for node in graph.nodes) + 1
    for k, node in enumerate(graph.nodes):
        for i in node.inputs:
            assert nodes[f"g{i}"][0] < nodes[f"g{k}"][0]
            edge = next(one for one in edges if (one["start"], one["end"]) == (f"g{i}", f"g{k}"))
            assert shown[0][i] in edge["label"] and shown[1][i] in edge["label"]
    assert len(set(nodes.values())) == len(nodes)


def test_latex_takes_it(tmp_path: Path) -> None:
    if shutil.which("pdflatex") is None:
        pytest.skip("LaTeX is not installed")
    snapshot = snapshot_of(MIXED)
    for stem, text in (("network", network_tikz(snapshot)), ("graph", network_graph_tikz(snapshot))):
        (tmp_path / f"{stem}.tex").write_text(text, encoding="utf-8")
        command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", f"{stem}.tex"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=300, check=False)
        assert done.returncode == 0, done.stdout[-2000:]
        assert b"1 page" in done.stdout
        rows = pypdfium2.PdfDocument(tmp_path / f"{stem}.pdf")[0].render(scale=4 * 25.4 / 72).to_numpy()
        ink = (rows[..., :3] < 200).any(axis=2)
        for axis, most in ((0, 16), (1, 4)):  # a heading's room is wider than its text
            found = np.flatnonzero(ink.any(axis=axis)) / 4
            assert 1 < found[0] < most and 1 < ink.shape[1 - axis] / 4 - found[-1] < most  # millimetres


def test_no_line_lies_over_a_number_of_its_layer() -> None:
    text = network_tikz(snapshot_of(MIXED))
    for l in (1, 2):
        lines, numbers = (
            [found.start() for found in re.finditer(rf"\\{kind}\[[^]]*\] \(n{l - 1}-", text)]
            for kind in ("draw", "path")
        )
        assert len(lines) == len(numbers) and max(lines) < min(numbers)


def test_what_stands_beside_each_other_has_room() -> None:
    layers = Dense(6, ("tanh", "relu", "gelu", "leaky_relu", "softplus", "elu")), Dense(1, "sigmoid")
    snapshot = snapshot_of(Design("wide", Data("moons"), layers))
    nodes, _edges = read(network_graph_tikz(snapshot))
    x = nodes[f"g{len(network_graph(snapshot.network).nodes) - 1}"][0]  # of the loss
    assert min(x - other for name, (other, _y) in nodes.items() if other < x) > 3 and nodes["out"][0] - x > 3
    widths = re.findall(r"text width=([\d.]+)cm", network_tikz(snapshot))
    assert all(float(width) < APART for width in widths) and len(widths) == 3
