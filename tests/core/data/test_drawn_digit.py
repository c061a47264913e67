"""Drawn digits: images like those of the set, wherever, however large, and with whatever pen."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from math import cos, pi, sin

import numpy as np
import pytest

from core.arrays import Array
from core.data.datasets import make_dataset
from core.data.drawn_digit import (
    DARKEST,
    INK,
    PAD,
    as_input,
    blank,
    digit_image,
    normalized,
    stroke,
    table_with,
)
from core.data.encoding import encoded
from core.data.table_edits import change_columns
from core.data.table_of import table_of
from core.nn.network import Network
from core.nn.passes import evaluate
from core.nn.trainer import Trainer
from core.project.files import examples, read

Points = list[tuple[float, float]]


@cache
def network() -> Trainer:
    design = read(examples()["digits"]).design
    dataset = make_dataset(design.data)
    trainer = Trainer(Network(design, dataset), dataset)
    trainer.run(1200)
    return trainer


def read_as(image: Array) -> int:
    """Return what a trained network takes an image for."""
    trainer = network()
    x = as_input(trainer.dataset, image)[:, None]
    o = evaluate(trainer.network, trainer.snapshot().theta, x, np.zeros((10, 1))).a[-1]
    return int(o.argmax())


def enlarged(image: Array, rows: int, columns: int) -> Array:
    """Return an image of blocks as a bitmap, on where half of a block is, with edges between the blocks."""
    down, across = ((np.arange(n) + 0.5) / n * 8 - 0.5 for n in (rows, columns))
    lines = np.array([np.interp(across, np.arange(8), line) for line in image])
    return np.array([np.interp(down, np.arange(8), line) for line in lines.T]).T >= DARKEST / 2


def placed(bitmap: Array, top: int, left: int) -> Array:
    drawing = blank()
    drawing[top : top + bitmap.shape[0], left : left + bitmap.shape[1]] = bitmap
    return drawing


def arc(x: float, y: float, across: float, down: float, begin: float, end: float) -> Points:
    angles = np.linspace(begin, end, 24) * pi / 180
    return [(x + across * cos(angle), y + down * sin(angle)) for angle in angles]


# The strokes of each digit in a box one wide and one and a half high.
DIGITS: dict[int, list[Points]] = {
    0: [arc(0.5, 0.75, 0.5, 0.75, 0, 360)],
    1: [[(0.5, 0), (0.5, 1.5)]],
    2: [[*arc(0.5, 0.4, 0.48, 0.4, 190, 370), (0.02, 1.5), (1, 1.5)]],
    3: [arc(0.45, 0.37, 0.45, 0.37, 200, 440) + arc(0.45, 1.1, 0.52, 0.4, -80, 160)],
    4: [[(0.65, 0), (0, 1), (1, 1)], [(0.7, 0.6), (0.7, 1.5)]],
    5: [[(0.9, 0), (0.15, 0), (0.1, 0.65), *arc(0.45, 1.0, 0.5, 0.48, -120, 150)]],
    6: [[(0.7, 0), (0.3, 0.4), (0.05, 1), *arc(0.5, 1.08, 0.45, 0.42, 180, -180)]],
    7: [[(0, 0), (1, 0), (0.35, 1.5)]],
    8: [arc(0.5, 0.36, 0.38, 0.36, 90, 450) + arc(0.5, 1.11, 0.47, 0.39, -90, 270)],
    9: [[*arc(0.5, 0.42, 0.42, 0.42, 0, 360), (0.85, 1.0), (0.6, 1.5)]],
}


def drawn(digit: int, size: float = 60, left: float = 30, top: float = 15, radius: float = 5) -> Array:
    drawing = blank()
    for points in DIGITS[digit]:
        places = [(left + 0.8 * size * x, top + size * y) for x, y in points]
        for start, end in pairwise(places):
            drawing = stroke(drawing, start, end, radius)
    return drawing


def test_a_stroke_is_as_wide_as_the_pen_and_can_be_erased():
    drawing = stroke(blank(), (20, 40), (60, 40), 3)
    assert drawing[37:43, 20:60].all() and drawing.sum() == pytest.approx(40 * 6 + pi * 9, abs=8)
    assert not drawing[:36].any() and not drawing[:, 64:].any()
    dot = stroke(blank(), (10.5, 10.5), (10.5, 10.5), 0.6)
    assert np.argwhere(dot).tolist() == [[10, 10]]
    gap = stroke(drawing, (40, 0), (40, PAD), 5, on=False)
    assert not gap[:, 36:44].any() and gap[40, 25] and gap[40, 55] and drawing[40, 40]
    assert not stroke(drawing, (0, 40), (PAD, 40), 8, on=False).any()


@pytest.mark.parametrize("digit", DIGITS)
def test_an_image_counts_the_pixels_of_blocks(digit):
    bitmap, image = normalized(drawn(digit)), digit_image(drawn(digit))
    assert bitmap.shape == (32, 32) and image.shape == (8, 8)
    assert image[2, 3] == bitmap[8:12, 12:16].sum()
    assert image.min() == 0 and image.max() <= DARKEST and image.sum() == bitmap.sum()
    assert not bitmap[:, :6].any() and not bitmap[:, 26:].any()
    assert bitmap[0].any() and bitmap[31].any()


def test_nothing_drawn_is_an_empty_image():
    assert not digit_image(blank()).any()


@pytest.mark.parametrize("digit", DIGITS)
def test_the_place_of_a_drawing_does_not_matter(digit):
    there = drawn(digit)
    for down, across in ((-7, 0), (0, 13), (9, -21)):
        moved = np.roll(there, (down, across), axis=(0, 1))
        assert np.array_equal(digit_image(moved), digit_image(there))


@pytest.mark.parametrize("digit", DIGITS)
def test_neither_the_size_nor_the_pen_matters_much(digit):
    middle = digit_image(drawn(digit))
    smaller = digit_image(drawn(digit, size=30, radius=2.5))
    thinner, thicker = (digit_image(drawn(digit, radius=radius)) for radius in (3, 8))
    assert np.abs(smaller - middle).mean() < 1
    for other in (smaller, thinner, thicker):
        assert np.abs(other - middle).mean() < 2
        assert other.sum() == pytest.approx(INK, abs=40)


@pytest.mark.parametrize("radius", [3, 5, 8])
def test_digits_drawn_with_any_pen_are_read_rightly_in_most_cases(radius):
    right = sum(read_as(digit_image(drawn(digit, radius=radius))) == digit for digit in DIGITS)
    assert right >= 7


def test_images_of_the_set_drawn_again_are_read_rightly_in_most_cases():
    dataset = network().dataset
    test, right, apart = dataset.test[:200], 0, []
    for k, sample in enumerate(test):
        image = dataset.measured(sample).reshape(8, 8)
        again = digit_image(placed(enlarged(image, 60 + k % 60, 45 + k % 40), k % 8, 3 * (k % 10)))
        apart.append(np.abs(again - image).mean())
        right += read_as(again) == dataset.labels[sample]
    assert right / test.size > 0.8 and np.mean(apart) < 2.5


def test_an_image_enters_the_network_as_the_samples_do():
    dataset = network().dataset
    image = dataset.measured(5).reshape(8, 8)
    assert np.allclose(as_input(dataset, image), dataset.x[:, 5])


def test_a_drawing_becomes_a_sample_of_the_table_with_its_class():
    dataset = network().dataset
    table, image = table_of(dataset), digit_image(drawn(3))
    grown = encoded(table_with(table, image, "3")).dataset
    assert grown.image_shape == (8, 8) and grown.class_names == dataset.class_names
    assert grown.train.size == dataset.train.size + 1 and np.array_equal(grown.test, dataset.test)
    assert np.allclose(grown.measured(-1), image.ravel()) and grown.labels[-1] == 3
    assert np.array_equal(grown.labels[:-1], dataset.labels)
    assert np.allclose(encoded(table).dataset.x, dataset.x, atol=1e-8)


def test_a_table_whose_inputs_are_no_longer_all_pixels_holds_no_images():
    table = table_of(network().dataset)
    assert encoded(table).dataset.image_shape == (8, 8)
    assert encoded(change_columns(table, [0], role="ignored")).dataset.image_shape is None
