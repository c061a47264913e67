"""Questions as text that is easily typed, and back.

One question a block, blocks parted by an empty line: the question, then a line for every choice, the
right one with ``+`` in front and the others with ``-``, then, if wanted, ``=`` and why.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from core.lecture import Card
from core.outside import Sentence


class CardTextError(Sentence):
    """Questions that cannot be read; the message is a sentence."""


def cards_of(text: str) -> tuple[Card, ...]:
    """Return the cards a text describes. Raises CardTextError."""
    blocks = [block.strip().split("\n") for block in _parted(text)]
    return tuple(_card(block, k) for k, block in enumerate(blocks, 1))


def text_of_cards(cards: tuple[Card, ...]) -> str:
    """Return the text that describes cards; those without choices are left out."""
    return "\n\n".join(_block(card) for card in cards if card.choices)


def _parted(text: str) -> list[str]:
    lines = [line.strip() for line in text.split("\n")]
    blocks = "\n".join(lines).split("\n\n")
    return [block for block in blocks if block.strip()]


def _card(lines: list[str], number: int) -> Card:
    question, because = lines[0], ""
    choices: list[str] = []
    right: int | None = None
    for line in lines[1:]:
        sign, rest = line[:1], line[1:].strip()
        if sign == "+" and right is not None:
            raise CardTextError(_tr("Question {number}: only one choice may have a +.").format(number=number))
        if sign == "+":
            right = len(choices)
        if sign in ("+", "-", "−"):
            choices.append(rest)
        elif sign == "=":
            because = rest
        else:
            raise CardTextError(
                _tr("Question {number}: begin “{line}” with + or - (a choice) or = (why).").format(
                    number=number, line=line
                )
            )
    if len(choices) < 2 or right is None:
        text = _tr("Question {number}: write two choices or more, the right one with + in front.")
        raise CardTextError(text.format(number=number))
    return Card(question=question, choices=tuple(choices), right=right, because=because)


def _block(card: Card) -> str:
    lines = [card.question]
    lines += [f"{'+' if k == card.right else '-'} {choice}" for k, choice in enumerate(card.choices)]
    return "\n".join([*lines, *([f"= {card.because}"] if card.because else [])])


def _tr(text: str) -> str:
    return QCoreApplication.translate("SaveScene", text)
