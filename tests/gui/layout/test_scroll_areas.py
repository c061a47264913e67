"""Contents of a scroll area come to rest at every size: its bar is there where it is needed, and stays."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QScrollArea

from gui.app.main_window import MainWindow
from gui.layout.responsive import NESTED

MOST_SIZES = 3  # that contents may take after their area has changed: with a bar, without one, and at last
AROUND = 8  # pixels above and below the height that contents need


class SizeCounter(QObject):
    """Counts how often widgets it watches take another size."""

    count = 0

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Resize
        return self.count > 100  # as contents that never come to rest would keep this test from ending


def lay_out() -> None:
    for _ in range(NESTED):
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)


def restless(area: QScrollArea, widths: range) -> list[tuple[int, int]]:
    """Return the sizes of an area at which its contents come to no rest, or are cut off without a bar."""
    inside, bar, counter, found = area.widget(), area.verticalScrollBar(), SizeCounter(), []
    inside.installEventFilter(counter)
    for width in widths:
        area.resize(width, 3000)
        lay_out()
        layout = inside.layout()
        needed = layout.totalHeightForWidth(inside.width()) if layout.hasHeightForWidth() else 0
        needed = max(needed, inside.minimumSizeHint().height())
        for height in range(needed + AROUND, needed - AROUND, -1):
            counter.count = 0
            area.resize(width, height)
            lay_out()
            cut_off = inside.height() > area.viewport().height() and not bar.maximum()
            if counter.count > MOST_SIZES or cut_off:
                found.append((width, height))
    inside.removeEventFilter(counter)
    return found


@pytest.mark.parametrize("opened", ["lab", "side_by_side", "shortcuts"])
def test_contents_come_to_rest_at_every_size(window: MainWindow, opened: str) -> None:
    window.actions_[opened].trigger()
    QApplication.processEvents()
    tops = [one for one in QApplication.topLevelWidgets() if one.isVisible() and one is not window]
    areas = [area for top in tops for area in top.findChildren(QScrollArea) if area.isVisible()]
    scrolling = [
        area for area in areas if area.verticalScrollBarPolicy() != Qt.ScrollBarPolicy.ScrollBarAlwaysOff
    ]
    assert scrolling
    for area in scrolling:
        assert not restless(area, range(250, 400, 6)), area.accessibleName()
