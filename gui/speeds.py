"""The places of the speed slider: from one step a second over iterations a second to flat out."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from core.reveal import Grain
from gui.tempo import Speed

STEPS = (1.0, 2.0, 5.0, 10.0, 20.0)
PER_DECADE, DECADES = 7, 4
FLAT_OUT = len(STEPS) + PER_DECADE * DECADES + 1
FIRST = len(STEPS) + 19

# What stands beside the slider, for one step a second and for more.
PER_SECOND = {
    Grain.TERM: (QT_TRANSLATE_NOOP("Speeds", "1 term/s"), QT_TRANSLATE_NOOP("Speeds", "{speed:g} terms/s")),
    Grain.NEURON: (
        QT_TRANSLATE_NOOP("Speeds", "1 neuron/s"),
        QT_TRANSLATE_NOOP("Speeds", "{speed:g} neurons/s"),
    ),
    Grain.LAYER: (
        QT_TRANSLATE_NOOP("Speeds", "1 layer/s"),
        QT_TRANSLATE_NOOP("Speeds", "{speed:g} layers/s"),
    ),
    Grain.PASS: (QT_TRANSLATE_NOOP("Speeds", "1 pass/s"), QT_TRANSLATE_NOOP("Speeds", "{speed:g} passes/s")),
    Grain.ITERATION: (QT_TRANSLATE_NOOP("Speeds", "1 it/s"), QT_TRANSLATE_NOOP("Speeds", "{speed:g} it/s")),
    Grain.EPOCH: (
        QT_TRANSLATE_NOOP("Speeds", "1 epoch/s"),
        QT_TRANSLATE_NOOP("Speeds", "{speed:g} epochs/s"),
    ),
}


def speed_at(position: int, grain: Grain) -> Speed:
    """Return the speed of a place of the slider: steps of the chosen grain, then 1 … 10,000 iterations."""
    if position >= FLAT_OUT:
        return Speed()
    if position < len(STEPS):
        return Speed(STEPS[position], grain)
    exact = 10 ** ((position - len(STEPS)) / PER_DECADE)
    step = 10 ** max(0, len(str(int(exact))) - 2)
    return Speed(float(round(exact / step) * step))


def words(speed: Speed) -> str:
    """Return a speed as it is written beside the slider."""

    def tr(text: object) -> str:
        return QCoreApplication.translate("Speeds", str(text))

    if speed.per_second is None:
        return tr(QT_TRANSLATE_NOOP("Speeds", "flat out"))
    if speed.grain is None:
        return tr(QT_TRANSLATE_NOOP("Speeds", "{speed:,.0f} it/s")).format(speed=speed.per_second)
    return tr(PER_SECOND[speed.grain][speed.per_second > 1]).format(speed=speed.per_second)
