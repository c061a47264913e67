"""Checks what a scene draws: that all of it can be read, and that card and stage tell the same numbers.

While a question is open, nothing that is drawn may answer it.
"""

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
"""Numbers of the moment that the stage shows, which must therefore stand there once they are revealed."""
SURE_DIGITS = 3
"""A number with fewer digits may be on the stage for another reason, such as a tick or an index."""
TELLING = 0.6
"""The share of the words that only the right answer has, from which on a text gives it away."""
_WORD = re.compile(r"[^\W\d_]{4,}")
_STEM = 4
"""Words are compared by this many first letters, to match all their forms; shorter words are ignored."""
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
    yield from _answers_told(player)


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
    found = found_with(SceneEvaluator(state.subject), told)
    value, read = found.computed, [text.text for text in drawn_texts(stage)]
    if value is None:
        return
    meaning = found.meaning_of(value)
    if not any(meaning in text if meaning else _tells(text, value) for text in read):
        yield tr(
            "the card says {name} = {value}, but this stands nowhere on the stage.",
            name=told.name,
            value=meaning or exact_text(value),
        )


def _answers_told(player: ScenePlayer) -> Iterator[str]:
    """Yield a sentence for each text by which the answer to the open question can be read."""
    scene, state, stage = player.scene, player.state, player.stage
    if scene is None or state is None or stage is None or state.question is None or not state.asking:
        return
    card = scene.cards[state.question]
    read = [text.text for text in drawn_texts(stage) if text.text not in (card.question, *card.choices)]
    numeric = card.right is None or _NUMBER.search(card.choices[card.right]) is not None
    asked = next((one for one in scene.expected if one.name == card.reveals), None)
    if asked is not None and numeric:
        value = found_with(SceneEvaluator(state.subject), asked).computed
        for text in dict.fromkeys(read):
            if value is not None and _tells(text, value, SURE_DIGITS):
                yield tr("“{text}” answers the open question.", text=text)
    if card.right is None:
        return
    for text in dict.fromkeys((*read, state.say)):
        given_away = [_given_away(card.choices, k, text) for k in range(len(card.choices))]
        if given_away[card.right] and sum(given_away) == 1:
            yield tr("“{text}” answers the open question.", text=text)


def _given_away(choices: tuple[str, ...], k: int, text: str) -> bool:
    """Return whether a text has most of the words, at least two, that only choice k of a question has."""
    others = set().union(*(_stems(choice) for j, choice in enumerate(choices) if j != k))
    own = _stems(choices[k]) - others
    shared = own & _stems(text)
    return len(shared) >= max(2, TELLING * len(own))


def _stems(text: str) -> set[str]:
    return {word[:_STEM].casefold() for word in _WORD.findall(text)}


def _tells(text: str, value: float, least: int = 1) -> bool:
    """Return whether a text contains a number, to the digits, ``least`` at least, it is written with."""
    for written in _NUMBER.findall(text):
        try:
            shown = read_number(written)
        except NumberTextError:
            continue
        mantissa = re.split("·|e", written)[0]
        figures = re.sub(r"\D", "", mantissa)
        if max(1, len(figures.lstrip("0"))) < least:
            continue
        unit = abs(shown) / int(figures) if int(figures) else 10.0 ** -len(mantissa.partition(".")[2])
        if abs(shown - value) <= 0.5000001 * unit and (shown or abs(value) < 1e-9):
            return True
    return False
