"""The page of the manual for a widget: that of its nearest ancestor that has one."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

TOPIC = "manual_topic"
"""The property that holds a page and, after "#", a heading on it."""


def set_topic(widget: QWidget, page: str, heading: str = "") -> None:
    """Set the page of the manual for a widget and all its children, and a heading on that page."""
    widget.setProperty(TOPIC, f"{page}#{slug(heading)}" if heading else page)


def topic_of(widget: QWidget | None) -> str:
    """Return the page for a widget; "" if neither it nor any ancestor has one."""
    while widget is not None:
        topic = widget.property(TOPIC)
        if isinstance(topic, str):
            return topic
        widget = widget.parentWidget()
    return ""


def slug(heading: str) -> str:
    """Return the anchor of a heading: its letters and digits, in lower case, with hyphens between words."""
    kept = (letter if letter.isalnum() else " " for letter in heading.lower())
    return "-".join("".join(kept).split())
