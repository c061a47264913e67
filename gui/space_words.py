"""What is said about the space of a layer, and about a sample in it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from core.hidden_space import straight_cut
from core.modules import Array
from gui.numbers import short
from gui.space_pictures import SpacePictures

MOST_NUMBERS = 4


def tr(text: str) -> str:
    """Return a text in the language of the window."""
    return QCoreApplication.translate("HiddenSpace", text)


def sentence_of_layer(pictures: SpacePictures, points: Array) -> str:
    """Say how well one straight cut parts the two classes; of other data, how many samples there are.

    points (n, samples) are where the samples lie.
    """
    dataset, (n, count) = pictures.dataset, points.shape
    if dataset.task != "classes" or len(dataset.class_names) != 2:
        return tr("{count} samples in a space of {n} dimensions.").format(count=count, n=n)
    texts = {
        1: tr("One cut of the line parts {share:.1%} of the samples."),
        2: tr("A straight line parts {share:.1%} of the samples here."),
    }
    text = texts.get(n, tr("A straight cut parts at least {share:.1%} of the samples here."))
    return text.format(share=straight_cut(points, dataset.labels[pictures.spaces.samples]))


def sentence_of_sample(pictures: SpacePictures, points: Array, sample: int) -> str:
    """Say what a sample is and where it lies; empty: it is not among the samples shown."""
    dataset, chosen = pictures.dataset, pictures.spaces.samples == sample
    if not chosen.any():
        return ""
    numbers = [short(float(a)) for a in points[:, chosen][:, 0]]
    place = ", ".join([*numbers[:MOST_NUMBERS], *(["…"] if len(numbers) > MOST_NUMBERS else [])])
    if dataset.task != "classes":
        return tr("Sample {k}: ({place})").format(k=sample + 1, place=place)
    name = dataset.class_names[int(dataset.labels[sample])]
    return tr("Sample {k}, class {name}: ({place})").format(k=sample + 1, name=name, place=place)
