"""The bar over several networks: back to the same start, other first weights, and how fast."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from gui.drawable import whole
from gui.fonts import sized
from gui.line import Line
from gui.slider import Slider
from gui.theme import Theme, icon

PER_DECADE, DECADES = 8, 4
SLOWEST = 0.25
FLAT_OUT = PER_DECADE * DECADES + 1


class TogetherBar(QWidget):
    """``start_requested``, ``weights_requested``; ``speed_requested`` when the slider moves.

    ``by_epoch``: the speed is in epochs a second, else in updates.
    """

    start_requested = Signal()
    weights_requested = Signal()
    speed_requested = Signal()

    def __init__(self, *, by_epoch: bool) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Training of the networks"))
        self._by_epoch = by_epoch
        self.start = self._button(self.tr("Same start"), self.tr("Train again from the same first weights"))
        self.weights = self._button(
            self.tr("New weights"),
            self.tr("Draw other first weights, the same for all networks of one shape"),
        )
        self.slider = Slider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, FLAT_OUT)
        self.slider.setAccessibleName(self.tr("Speed"))
        self.slider.setToolTip(self.tr("How fast all networks go through their epochs, or updates"))
        self.slider.setMinimumWidth(80)
        self.pace = Line("small", self.tr("{count} updates/s").format(count="2,000"))
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 6, 10, 2)
        row.setSpacing(8)
        for widget in (self.start, self.weights):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.slider, 1)
        row.addWidget(self.pace)
        self.start.clicked.connect(self.start_requested)
        self.weights.clicked.connect(self.weights_requested)
        self.slider.valueChanged.connect(lambda _place: self._tell())
        self._write()

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(text)
        return button

    def per_second(self) -> float | None:
        """Return how many epochs or updates a second are wanted; None: as many as can be."""
        place = self.slider.value()
        return None if place >= FLAT_OUT else float(f"{SLOWEST * 10 ** (place / PER_DECADE):.2g}")

    def show_speed(self, per_second: float) -> None:
        """Put the slider where it is so fast, without telling anyone."""
        places = [SLOWEST * 10 ** (place / PER_DECADE) for place in range(FLAT_OUT)]
        nearest = min(range(FLAT_OUT), key=lambda place: abs(places[place] / per_second - 1))
        self.slider.blockSignals(True)
        self.slider.setValue(whole(nearest))
        self.slider.blockSignals(False)
        self._write()

    def _tell(self) -> None:
        self._write()
        self.speed_requested.emit()

    def _write(self) -> None:
        speed = self.per_second()
        if speed is None:
            self.pace.setText(self.tr("flat out"))
            return
        text = self.tr("{count} epochs/s") if self._by_epoch else self.tr("{count} updates/s")
        self.pace.setText(text.format(count=f"{speed:,g}"))

    def show_theme(self, shown: Theme) -> None:
        """Take the colours of a theme and the present size of the fonts."""
        self.pace.show_theme(shown)
        self.start.setIcon(icon("rotate-ccw", shown))
        self.weights.setIcon(icon("dices", shown))
        for button in (self.start, self.weights):
            button.setFont(sized("text"))
