"""The report of a run and the worked solution as pages: their numbers are those of the moment."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
import pytest

from core.data.datasets import make_dataset
from core.export.charts import ChartScale, png
from core.export.report import report, worked_solution
from core.nn.design import Data, Dense, Design
from core.nn.network import Network
from core.nn.trainer import Trainer
from core.number_style import value_text
from core.project.files import examples, read
from core.project.json_io import FileError

SVG = "{http://www.w3.org/2000/svg}"
LINKS = ("src", "href", "xlink:href")
EMPTY = {"meta", "img", "br"}


class Checker(HTMLParser):
    """Reads a page; its elements must be closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in EMPTY:
            self.open.append(tag)
        self.links += [value or "" for name, value in attrs if name in LINKS]

    def handle_startendtag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value or "" for name, value in attrs if name in LINKS]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def trained(name: str, iterations: int = 200) -> Trainer:
    design = read(examples()[name]).design
    dataset = make_dataset(design.data)
    trainer = Trainer(Network(design, dataset), dataset)
    trainer.run(iterations)
    return trainer


@pytest.mark.parametrize("name", ["xor", "iris", "sine", "spiral"])
def test_a_report_tells_design_data_metrics_and_seed_in_one_file(name: str) -> None:
    trainer = trained(name)
    snapshot = trainer.snapshot()
    html = report(snapshot, trainer.curves()).html()
    checker = Checker()
    checker.feed(html)
    assert checker.open == []
    assert all(link.startswith("data:image/png;base64,") for link in checker.links)
    said = " ".join(checker.texts)
    assert value_text(snapshot.train.loss) in said and value_text(snapshot.test.loss) in said
    assert all(feature in said for feature in snapshot.dataset.feature_names)
    assert f"{snapshot.dataset.train.size} for training" in said
    assert np.__version__ in said and str(trainer.network.design.training.seed) in said
    assert html.count("<svg") == 1 + (snapshot.dataset.dimensions == 2)


def test_the_curve_of_a_report_is_the_curve_of_the_run() -> None:
    trainer = trained("xor", 300)
    (chart, _plane) = report(trainer.snapshot(), trainer.curves()).figures
    lines = [one.get("points", "").split() for one in ElementTree.fromstring(chart).iter(f"{SVG}polyline")]
    batches = np.array([[float(part) for part in point.split(",")] for point in lines[0]])
    losses = trainer.curves().losses
    assert len(batches) == losses.size
    assert np.corrcoef(batches[:, 1], losses)[0, 1] == pytest.approx(-1, abs=1e-4)


def test_names_of_a_stranger_are_no_code() -> None:
    design = Design("<script>alert(1)</script>", Data("xor"), (Dense(1, "sigmoid"),))
    dataset = make_dataset(design.data)
    trainer = Trainer(Network(design, dataset), dataset)
    for page in (report(trainer.snapshot(), trainer.curves()), worked_solution(trainer.snapshot(), 0)):
        assert "<script" not in page.html()
        assert "alert(1)" in unescape(page.html())


def test_a_worked_solution_has_every_z_and_says_which_sample_there_is_not() -> None:
    trainer = trained("xor", 20)
    html = worked_solution(trainer.snapshot(), 3).html()
    checker = Checker()
    checker.feed(html)
    assert checker.open == [] and "number 4 of 200" in html
    for l in (1, 2, 3):
        assert re.search(rf"<i>z</i><sub>1</sub><sup>\[{l}\]</sup>", html)
    with pytest.raises(FileError, match="sample"):
        worked_solution(trainer.snapshot(), 10_000)


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-3.2, 11.0), (1e-7, 3e-7), (0.0, 250_000.0)])
def test_ticks_are_few_round_numbers_on_the_axis(low: float, high: float) -> None:
    ticks = ChartScale(low, high, 0, 100).ticks()
    assert 2 <= ticks.size <= 7
    assert ticks.min() >= low - 1e-12 and ticks.max() <= high * (1 + 1e-12)


def test_a_png_holds_its_pixels() -> None:
    pil = pytest.importorskip("PIL.Image")
    import io

    pixels = np.arange(5 * 4 * 3).reshape(5, 4, 3) * 4
    np.testing.assert_array_equal(np.asarray(pil.open(io.BytesIO(png(pixels)))), pixels)
