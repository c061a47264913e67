"""Typed signals carry Python values unchanged."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject

from gui.qt.typed_signal import TypedSignal
from gui.selection import Selection


class Sender(QObject):
    counted = TypedSignal[int]()
    picked = TypedSignal[tuple[int, int] | None, str]()
    selected = TypedSignal[Selection]()
    flagged = TypedSignal[bool]()
    left = TypedSignal[()]()


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("counted", (10**12,)),
        ("picked", ((1, 2), "text")),
        ("picked", (None, "")),
        ("selected", (Selection(layer=1),)),
        ("flagged", (True,)),
        ("left", ()),
    ],
)
def test_what_is_emitted_arrives_as_it_is(name: str, values: tuple[object, ...]) -> None:
    sender, relay, heard = Sender(), Sender(), []
    getattr(relay, name).connect(lambda *arrived: heard.append(arrived))
    getattr(sender, name).connect(getattr(relay, name))
    getattr(sender, name).emit(*values)
    assert heard == [values]
    assert [type(value) for value in heard[0]] == [type(value) for value in values]
