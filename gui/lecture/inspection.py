"""Checks what a scene draws: that all of it is legible, and that card and stage show the same numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from core.graph.number_text import NumberTextError, read_number
from core.language import tr
from core.lecture.builds import builds_of
from core.lecture.evaluator import SceneEvaluator
from core.lecture.expected import found_with
from core.lecture.formula_quantities import ActivationNumber, LossNumber, NodeNumber, SoftmaxNumber
from core.lecture.network_quantities import EdgeNumber, NeuronNumber
from core.number_style import exact_text
from gui.figures.drawn_text import DrawnText, drawn_texts
from gui.lecture.scene_player import ScenePlayer
from gui.theme.theme import LEAST_LETTERS

INDEX = 0.6
"""Height of a subscript or superscript relative to the text it belongs to."""
ON_STAGE = (NeuronNumber, EdgeNumber, ActivationNumber, SoftmaxNumber, LossNumber, NodeNumber)
"""Kinds of numbers that the stage shows, so that they must appear there once they are revealed."""
_NUMBER = re.compile(r"[−-]?\d+(?:\.\d+)?(?:·10[⁻⁰¹²³⁴-⁹]+|e[−-]?\d+)?")


def faults_of(player: ScenePlayer, height: int, seen: QWidget | None = None) -> Iterator[str]:
    """Yield a sentence for each fault of what is visible.

    Faults: a text is cut off, overlaps another, is too small, must be scrolled to, or contradicts the card.
    ``height`` is that of the screen in pixels; the least height of letters is a share of it. ``seen`` is the
    whole widget that contains the player; None: the player alone.
    """
    seen = player if seen is None else seen
    texts = drawn_texts(seen)
    for text in texts:
        if text.cut:
            yield tr("“{text}” is cut off.", text=text.text)
    for one, other in combinations(texts, 2):
        if one.overlaps(other):
            yield tr("“{one}” and “{other}” lie over each other.", one=one.text, other=other.text)
    for text in texts:
        least = LEAST_LETTERS * height * (INDEX if _is_index(text, texts) else 1.0)
        if round(text.letters) < round(least):  # letters are drawn in whole pixels
            yield tr(
                "“{text}” is too small: its letters are {size} pixels high, and should be {least}.",
                text=text.text,
                size=round(text.letters),
                least=round(least),
            )
    for area in seen.findChildren(QAbstractScrollArea):
        bars = (
            (area.horizontalScrollBar(), area.horizontalScrollBarPolicy()),
            (area.verticalScrollBar(), area.verticalScrollBarPolicy()),
        )
        never = Qt.ScrollBarPolicy.ScrollBarAlwaysOff  # contents that do not fit are cut off there
        if area.isVisible() and any(bar.maximum() > 0 for bar, policy in bars if policy != never):
            yield tr("“{name}” must be scrolled to be seen whole.", name=area.accessibleName())
    yield from _contradictions(player)


def _is_index(text: DrawnText, texts: list[DrawnText]) -> bool:
    """Return whether a text is a subscript or superscript: it is right beside larger letters."""
    return any(
        other.letters > 1.05 * text.letters
        and -other.letters / 2 < text.place.left() - other.place.right() < 2 * other.letters
        and text.place.top() < other.place.bottom()
        and text.place.bottom() > other.place.top() - other.letters / 2
        for other in texts
    )


def _contradictions(player: ScenePlayer) -> Iterator[str]:
    """Yield a sentence for each revealed number of the moment that does not appear on the stage."""
    scene, state, stage = player.scene, player.state, player.stage
    if scene is None or state is None or stage is None:
        return
    if scene.drawing is not None and not builds_of(scene)[state.number].reveal:
        return  # a drawing has no card beside it, and goes on from the number that was asked for
    card = (
        scene.cards[state.question]
        if state.question in state.revealed and state.question is not None
        else None
    )
    told = next((one for one in scene.expected if card is not None and one.name == card.reveals), None)
    if told is None or not isinstance(told.quantity, ON_STAGE):
        return
    value = found_with(SceneEvaluator(state.subject), told).computed
    if value is not None and not any(_tells(text, value) for text in drawn_texts(stage)):
        yield tr(
            "the card says {name} = {value}, but this stands nowhere on the stage.",
            name=told.name,
            value=exact_text(value),
        )


def _tells(text: DrawnText, value: float) -> bool:
    """Return whether a text contains a number, in the digits it is written with."""
    for written in _NUMBER.findall(text.text):
        try:
            shown = read_number(written)
        except NumberTextError:
            continue
        digits = len(written.partition(".")[2]) if written.replace(".", "").lstrip("−-").isdigit() else 0
        if abs(shown - value) <= 0.5000001 * 10.0**-digits and (shown or abs(value) < 1e-9):
            return True
    return False
