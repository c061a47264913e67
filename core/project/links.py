"""The links that can be opened as a design: those of Glassnet, and those of TensorFlow Playground."""

from __future__ import annotations

from . import playground_link
from .playground_link import LinkedDesign
from .shared_link import is_design_link, read_design_link


def is_link(text: str) -> bool:
    """Return whether a text has the form of such a link."""
    return is_design_link(text) or playground_link.is_link(text)


def read_link(text: str) -> LinkedDesign:
    """Return the contents of a link. Raises FileError."""
    if is_design_link(text):
        return LinkedDesign(read_design_link(text).design, shows_test=True, discretized=False)
    return playground_link.read_link(text)
