"""What a card says: how a guess compares with the number, and the number in figures."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from core.exercise_parts import tolerance_of
from core.exercise_text import text_of
from core.expected import Found
from core.lecture import Card

DIGITS = 4
FAR = 10.0


def tr(text: str) -> str:
    """Translate a text of the cards."""
    return QCoreApplication.translate("Cards", text)


def number_text(found: Found) -> str:
    """Return the engine's number, in as many digits as the slide has, four at least."""
    assert found.computed is not None
    slide = found.expected.slide
    return text_of(found.computed, max(DIGITS, len(slide.as_tuple().digits) if slide is not None else 0))


def guess_sentence(guess: float, found: Found) -> tuple[str, bool]:
    """Return how a guess compares with the number, and whether it is right."""
    true = found.computed
    assert true is not None
    said, shown = text_of(guess), number_text(found)
    off = abs(guess - true)
    if off <= tolerance_of(true):
        return tr("You said {guess}: right, it is {number}.").format(guess=said, number=shown), True
    if true == 0:
        return tr("You said {guess}, it is 0.").format(guess=said), False
    if abs(guess + true) <= tolerance_of(true):
        text = tr("You said {guess}, it is {number}: only the sign is wrong.")
    elif off > FAR * abs(true):
        text = tr("You said {guess}, it is {number}: {times} times as much.")
    elif abs(guess) > 0 and abs(true) > FAR * abs(guess):
        text = tr("You said {guess}, it is {number}: {share} times that.")
    else:
        text = tr("You said {guess}, it is {number}: off by {percent} %.")
    return text.format(
        guess=said,
        number=shown,
        times=text_of(abs(guess / true), 2),
        share=text_of(abs(true / guess), 2) if guess else "",
        percent=text_of(100 * off / abs(true), 2),
    ), False


def choice_sentence(card: Card, chosen: int) -> tuple[str, bool]:
    """Return how a choice compares with the right one, and whether it is that."""
    assert card.right is not None
    right = card.choices[card.right]
    if chosen == card.right:
        return tr("You said “{choice}”: right.").format(choice=right), True
    text = tr("You said “{choice}”. It is “{right}”.")
    return text.format(choice=card.choices[chosen], right=right), False


def answer_text(card: Card, found: Found | None) -> str:
    """Return the answer alone: the right choice, the number, or both; empty while it is computed."""
    number = number_text(found) if found is not None and found.computed is not None else ""
    if card.right is None:
        return number
    choice = card.choices[card.right]
    if not number or card.reveals is None:
        return choice
    return tr("{choice}   ({name}: {number})").format(choice=choice, name=card.reveals, number=number)


def votes_sentence(votes: list[int], right: int) -> str:
    """Return what part of the hall was right."""
    total = sum(votes)
    share = text_of(100 * votes[right] / total, 2)
    return tr("{right} of {all} in the hall were right: {share} %.").format(
        right=votes[right], all=total, share=share
    )
