"""Backpropagation through one layer as matrices: the Jacobian, its two factors, δ and the gradient of W."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor

from core.arrays import Array
from core.lecture.network_quantities import EdgeNumber
from core.lecture.one_sample import NumberPlace, OneSample
from core.lecture.subjects import Networks, Subject
from core.nn.losses import MSE
from core.number_style import HIDDEN, fine_text, value_text
from gui.lecture.stages.drawn.board import LARGE, MEDIUM, Board, Cell
from gui.lecture.stages.drawn.net import handle
from gui.lecture.stages.drawn.picture import Picture
from gui.qt.drawable import guarded_overrides, point

NODE_X, NODE_Y = 960.0, 134.0
LEFT, MIDDLE, RIGHT = 500.0, 960.0, 1420.0
HEADS, ROW, SHAPES, SIZES = 350.0, 528.0, 716.0, 800.0
"""Heights in the picture of one node: headings, matrices, their shapes in numbers and in letters."""
FACTORS = {
    "inputs": (LEFT, 440.0),
    "W": (830.0, 790.0),
    "slopes": (1120.0, 1180.0),
    "upstream": (RIGHT, 1490.0),
}
"""Positions of the columns before the Jacobian is split into factors, and after."""
TOP_HEADS, TOP_ROW, TOP_SHAPES = 24.0, 190.0, 378.0
WIDE, HIGH = 150.0, 74.0
ENTRY = (1, 0)
"""The entry of the Jacobian that is explained: the derivative of output 1 by input 2."""


@guarded_overrides
class LayerMatricesPicture(Picture):
    """One layer as a node: the gradient from the right, its matrices, and the gradient passed to the left."""

    durations = {"weights": 900}  # noqa: RUF012

    def __init__(self) -> None:
        super().__init__("layer-matrices")

    def compute(self, subject: Subject) -> None:
        """Compute the passes of the network's first sample."""
        assert isinstance(subject, Networks)
        self.sample = OneSample(subject)
        loss = self.sample.network.loss
        self._given_upstream = (
            isinstance(loss, MSE)
            and loss.over_outputs == "half sum"
            and self.sample.can_change(NumberPlace("target", 0))
        )

    def with_number(self, key: Hashable, value: float) -> Subject:
        """Return the network with another number; the upstream gradient stays.

        With half the sum of squared errors dJ/da = a - y, so the targets follow.
        """
        upstream = self.sample.upstream(1).copy()
        subject = self.sample.subject
        if isinstance(key, NumberPlace):
            subject = self.sample.with_number(key, value)
        else:
            assert isinstance(key, int)
            upstream[key] = value
        if self._given_upstream:
            a = OneSample(subject).a(1)
            for j, target in enumerate((a - upstream).tolist()):
                subject = OneSample(subject).with_number(NumberPlace("target", j), target)
        return subject

    @property
    def _shape(self) -> tuple[int, int]:
        return self.sample.n[0], self.sample.n[1]

    def paint(self, board: Board) -> None:
        """Paint the node with its matrices, or the layer's matrices alone."""
        if self.reached("factors"):
            self._paint_factors(board)
        else:
            self._paint_node(board)
            if self.reached("upstream"):
                self._paint_product(board)

    # -- the node --------------------------------------------------------------------------------------

    def _paint_node(self, board: Board) -> None:
        """Paint the layer as a node, large while it is alone."""
        arrived = self.arrived("upstream")
        times, down = 1.75 - 0.75 * arrived, 420 - (420 - NODE_Y) * arrived
        box = QRectF(NODE_X - 160 * times, down - 122 * times, 320 * times, 244 * times)
        inputs, outputs = (
            self._ends(times, down, self._shape[0], -1),
            self._ends(times, down, self._shape[1], 1),
        )
        lit = ENTRY if self.at("entry") else None
        for ends, edge in ((inputs, box.left()), (outputs, box.right())):
            for k, end in enumerate(ends):
                target = point(edge, down + (end.y() - down) * 0.6)
                on = lit is not None and lit[0 if ends is inputs else 1] == k
                colour = board.colours.accent if on else board.faint
                board.edge(end, target, width=12 if on else 6, colour=colour)
        board.panel(box, board.colours.text, board.colours.raised, radius=28)
        if lit is not None:
            start, end = (
                point(edge, down + (ends[k].y() - down) * 0.6)
                for ends, edge, k in ((inputs, box.left(), lit[0]), (outputs, box.right(), lit[1]))
            )
            across = QPointF(110, 0)
            board.path([start, start + across, end - across, end], board.colours.accent, 12)
        board.formula(
            r"\mathbf{f}(\mathbf{x})", NODE_X, down - (66 if lit else 0), (64 if lit else 76) * times
        )
        for letter, ends, index in (("x", inputs, 0), ("f", outputs, 1)):
            for k, end in enumerate(ends):
                on = lit is not None and lit[index] == k
                colour = board.colours.accent if on else board.colours.text
                board.disc(end.x(), end.y(), 40 * times, colour, line=8 if on else 4)
                board.formula(f"{letter}_{k + 1}", end.x(), end.y(), 48 * times, colour)

    @staticmethod
    def _ends(times: float, middle: float, count: int, side: int) -> list[QPointF]:
        apart = 88 * times
        x = NODE_X + side * 460 * min(times, 1.5)
        return [point(x, middle + (k - (count - 1) / 2) * apart) for k in range(count)]

    # -- the product with the Jacobian -----------------------------------------------------------------

    def _paint_product(self, board: Board) -> None:
        """Paint the upstream gradient, the Jacobian between, and the downstream gradient."""
        with board.faded(2 * self.arrived("upstream") - 1):
            self._paint_backward(board)
            board.formula(r"\partial J/\partial\mathbf{f}", RIGHT, HEADS, 58)
            board.matrix(self._upstream(), RIGHT, ROW, wide=214, high=HIGH, size=60)
            board.formula(r"\partial J/\partial\mathbf{x}", LEFT, HEADS, 58)
            board.matrix(self._leaving(), LEFT, ROW, wide=214, high=HIGH, size=60)
        if self.reached("jacobian"):
            self._paint_jacobian(board)
        n_x, n_f = self._shape
        with board.faded(2 * self.arrived("upstream") - 1):
            _shape(board, (str(n_x), "1"), LEFT, SHAPES)
            board.formula(r"n_x\times 1", LEFT, SIZES, 52, board.colours.muted)
            board.formula(r"n_f\times 1", RIGHT, SIZES, 52, board.colours.muted)
            if not self.reached("jacobian"):
                _shape(board, (str(n_f), "1"), RIGHT, SHAPES)

    def _paint_backward(self, board: Board) -> None:
        colour = board.colours.gradient_positive
        board.text(self.tr("backward"), NODE_X, 280, 42, colour, bold=True, room=320)
        board.arrow(point(RIGHT - 70, 280), point(NODE_X + 170, 280), colour, 10, 38)
        board.arrow(point(NODE_X - 170, 280), point(LEFT + 70, 280), colour, 10, 38)

    def _paint_jacobian(self, board: Board) -> None:
        """Paint the Jacobian, sliding in between; its inner size equals that of the upstream gradient."""
        arrived = self.arrived("jacobian")
        n_x, n_f = self._shape
        down = (1 - arrived) * 60
        with board.faded(arrived):
            board.formula(r"\partial\mathbf{f}/\partial\mathbf{x}", MIDDLE, HEADS, 58)
            jacobian = board.matrix(self._jacobian(board), MIDDLE, ROW - down, wide=214, high=HIGH, size=50)
            board.formula("=", (LEFT + 121 + jacobian.place.left()) / 2, ROW, 72)
            _dot(board, (jacobian.place.right() + RIGHT - 121) / 2, ROW)
            capsule = QRectF(MIDDLE + 66, SHAPES - 38, RIGHT - MIDDLE - 66 - 30, 76)
            _locked(board, capsule, n_f)
            board.number(str(n_x), MIDDLE - 40, SHAPES, 60)
            _times(board, MIDDLE + 28, SHAPES)
            _times(board, capsule.right() + 38, SHAPES)
            board.number("1", capsule.right() + 100, SHAPES, 60)
            board.formula(r"n_x\times n_f", MIDDLE, SIZES, 52, board.colours.muted)
        if self.at("entry"):
            cell = jacobian.cells[ENTRY[0]][ENTRY[1]].adjusted(-3, -3, 3, 3)
            board.frame(cell, board.colours.accent, 6)

    def _jacobian(self, board: Board) -> list[list[Cell]]:
        n_x, n_f = self._shape
        if not self.reached("entries"):
            accent = board.colours.accent if self.at("entry") else None
            return [
                [
                    Cell(
                        rf"\partial f_{j + 1}/\partial x_{i + 1}",
                        accent if (i, j) == ENTRY else None,
                        formula=True,
                    )
                    for j in range(n_f)
                ]
                for i in range(n_x)
            ]
        return _signed(board, self.sample.jacobian(1), plain=True)

    # -- columns of numbers ----------------------------------------------------------------------------

    def _upstream(self) -> list[list[Cell]]:
        """Return dJ/df, which can be changed."""
        cells = []
        for j, value in enumerate(self.sample.upstream(1).tolist()):
            name = self.tr("Derivative of J by output {number}").format(number=j + 1)
            held = (j, value, name) if self._given_upstream else None
            cells.append([Cell(fine_text(value), self._gradient(value), handle=held)])
        return cells

    def _leaving(self) -> list[list[Cell]]:
        """Return dJ/dx, hidden until it is computed."""
        cells = []
        for i, value in enumerate(self.sample.upstream(0).tolist()):
            known = self.reached("inputs") and not self.asks(EdgeNumber, what="passed_on", source=i)
            cells.append([Cell(value_text(value) if known else HIDDEN, self._gradient(value))])
        return cells

    def _delta(self, *, column: bool) -> list[list[Cell]]:
        cells = []
        for j, value in enumerate(self.sample.delta(1).tolist()):
            cells.append(
                Cell(
                    self.written(value, hidden=self.asks(EdgeNumber, what="delta", neuron=j)),
                    self._gradient(value),
                )
            )
        return [[cell] for cell in cells] if column else [cells]

    def _gradient(self, value: float) -> QColor:
        shown = self.theme
        return shown.text if not value else shown.gradient_positive if value > 0 else shown.gradient_negative

    def _given(self, board: Board, place: NumberPlace) -> Cell:
        value = self.sample.number(place)
        return Cell(fine_text(value), board.signed(value), handle=handle(self.sample, place))

    # -- the two factors -------------------------------------------------------------------------------

    def _paint_factors(self, board: Board) -> None:
        """Paint W and diag(σ'), the factors of the Jacobian, and their products."""
        n_x, n_f = self._shape
        parted = self.arrived("factors")
        weights = [
            [self._given(board, NumberPlace("weight", j, 1, i)) for j in range(n_f)] for i in range(n_x)
        ]
        slopes = _signed(board, self.sample.slopes(1), plain=True)
        x = {name: start + (end - start) * parted for name, (start, end) in FACTORS.items()}
        parts = (
            ("inputs", r"\partial J/\partial\mathbf{a}^{[l-1]}", self._leaving()),
            ("W", r"\mathbf{W}^{[l]}", weights),
            ("slopes", r"\mathrm{diag}(\sigma')", slopes),
            ("upstream", r"\partial J/\partial\mathbf{a}^{[l]}", self._upstream()),
        )
        places = {}
        for name, head, rows in parts:
            with board.faded(parted if name in ("W", "slopes") else 1.0):
                board.formula(head, x[name], TOP_HEADS, 50)
                places[name] = board.matrix(rows, x[name], TOP_ROW, wide=WIDE, high=HIGH, size=MEDIUM).place
        board.formula("=", (places["inputs"].right() + places["W"].left()) / 2, TOP_ROW, 60)
        for one, other in (("W", "slopes"), ("slopes", "upstream")):
            _dot(board, (places[one].right() + places[other].left()) / 2, TOP_ROW)
        self._paint_shapes(board, x)
        if self.at("factors"):
            self._paint_parted(board, places)
        else:
            self._paint_delta(board, places)

    def _paint_shapes(self, board: Board, x: dict[str, float]) -> None:
        n_x, n_f = self._shape
        _shape(board, (str(n_x), "1"), x["inputs"], TOP_SHAPES)
        board.number(str(n_x), x["W"] - 60, TOP_SHAPES, 54)
        _times(board, x["W"] + 2, TOP_SHAPES)
        first = QRectF(x["W"] + 34, TOP_SHAPES - 36, x["slopes"] - x["W"] - 74, 72)
        second = QRectF(x["slopes"] + 34, TOP_SHAPES - 36, x["upstream"] - x["slopes"] - 74, 72)
        for capsule in (first, second):
            _locked(board, capsule, n_f)
            _times(board, capsule.right() + 36, TOP_SHAPES)
        board.number("1", second.right() + 92, TOP_SHAPES, 54)

    def _paint_parted(self, board: Board, places: dict[str, QRectF]) -> None:
        """Paint the Jacobian again below its factors."""
        with board.faded(self.arrived("factors")):
            left, right = places["W"].left(), places["slopes"].right()
            board.brace(left, right, 436, board.colours.muted)
            middle = (left + right) / 2
            board.matrix(
                _signed(board, self.sample.jacobian(1), plain=True),
                middle,
                640,
                wide=184,
                high=HIGH,
                size=MEDIUM,
            )
            board.formula(
                r"\frac{\partial\mathbf{a}^{[l]}}{\partial\mathbf{a}^{[l-1]}}=",
                middle - 240,
                640,
                56,
                side="right",
            )

    def _paint_delta(self, board: Board, places: dict[str, QRectF]) -> None:
        """Paint δ below its factors: as a column at first, then as a row over the gradient of W."""
        colour = board.colours.gradient_positive
        left, right = places["slopes"].left(), places["upstream"].right()
        middle = (left + right) / 2
        lying = self.arrived("weights")
        with board.faded(self.arrived("delta")):
            board.brace(left, right, 428, colour)
            if not lying:
                board.matrix(self._delta(column=True), middle, 590, wide=184, high=HIGH, size=60)
                board.formula(r"=\boldsymbol\delta^{[l]}", middle + 130, 590, LARGE, side="left")
                self._paint_worked(board, (places["inputs"].left() + places["W"].right()) / 2)
        if lying:
            self._paint_gradient(board, middle, lying)

    def _paint_worked(self, board: Board, x: float) -> None:
        """Describe the last product, and its shapes."""
        n_x, n_f = self._shape
        formula = (
            r"\boldsymbol\delta^{[l]}=\mathrm{diag}(\sigma')\,\frac{\partial J}{\partial\mathbf{a}^{[l]}}"
        )
        shapes = f"{n_f} × 1 = {n_f} × {n_f} · {n_f} × 1"
        if self.reached("inputs"):
            formula = r"\frac{\partial J}{\partial\mathbf{a}^{[l-1]}}=\mathbf{W}^{[l]}\boldsymbol\delta^{[l]}"
            shapes = f"{n_x} × 1 = {n_x} × {n_f} · {n_f} × 1"
        with board.faded(self.arrived("inputs" if self.reached("inputs") else "delta")):
            board.formula(formula, x, 600, LARGE)
            board.text(shapes, x, 736, 46, board.colours.muted, bold=True)

    def _paint_gradient(self, board: Board, middle: float, lying: float) -> None:
        """Paint the table a δᵀ, which is filled cell by cell."""
        n_x, n_f = self._shape
        row = 518.0
        board.matrix(self._delta(column=False), middle, row, wide=WIDE, high=HIGH, size=MEDIUM)
        half = (n_f * (WIDE + 8) - 8) / 2 + 14
        board.formula(r"(\boldsymbol\delta^{[l]})^T", middle + half + 18, row, 50, side="left")
        table, y = self.sample.gradient(1), 713.0
        filled = 1 + int(lying * table.size)
        cells = [
            [Cell(value_text(value), self._gradient(value)) for value in line] for line in table.tolist()
        ]
        left = [[self._given(board, NumberPlace("input", i))] for i in range(n_x)]
        with board.faded(lying):
            x = middle - half - 28 - WIDE / 2
            board.formula(r"\mathbf{a}^{[l-1]}", x, row + 10, 50)
            board.matrix(left, x, y, wide=WIDE, high=HIGH, size=MEDIUM)
            formula = r"\partial J/\partial\mathbf{W}^{[l]}=\mathbf{a}^{[l-1]}(\boldsymbol\delta^{[l]})^T"
            end = x - WIDE / 2 - 60
            board.formula(formula, end, y - 36, 56, side="right")
            said = f"{n_x} × {n_f} = {n_x} × 1 · 1 × {n_f}"
            board.text(said, end, y + 54, 46, board.colours.muted, bold=True, side="right")
        board.matrix(_first(cells, filled), middle, y, wide=WIDE, high=HIGH, size=MEDIUM)


def _first(cells: list[list[Cell]], count: int) -> list[list[Cell]]:
    """Return a table of which only the first ``count`` cells are filled, row by row."""
    columns = len(cells[0])
    return [
        [cell if i * columns + j < count else Cell("", None) for j, cell in enumerate(row)]
        for i, row in enumerate(cells)
    ]


def _signed(board: Board, values: Array, *, plain: bool) -> list[list[Cell]]:
    """Return numbers as cells in the colours of their signs; ``plain``: of texts, zeros muted."""
    return [
        [
            Cell(
                value_text(value),
                board.colours.muted if not value else board.colours.text if plain else board.signed(value),
            )
            for value in row
        ]
        for row in values.tolist()
    ]


def _dot(board: Board, x: float, y: float) -> None:
    board.disc(x, y, 7, board.colours.text, board.colours.text)


def _times(board: Board, x: float, y: float) -> None:
    board.text("×", x, y, 46, board.colours.muted, bold=True)


def _shape(board: Board, sizes: Sequence[str], x: float, y: float) -> None:
    """Write the two sizes of a matrix."""
    board.number(sizes[0], x - 66, y, 58)
    _times(board, x, y)
    board.number(sizes[1], x + 66, y, 58)


def _locked(board: Board, capsule: QRectF, size: int) -> None:
    """Paint the two inner sizes of a product, which must agree, in one frame."""
    accent = board.colours.accent
    board.panel(capsule, accent, board.soft(accent, 0.14), radius=capsule.height() / 2)
    y = capsule.center().y()
    board.number(str(size), capsule.left() + 36, y, 54, accent)
    board.number(str(size), capsule.right() - 36, y, 54, accent)
    start, end = point(capsule.left() + 72, y), point(capsule.right() - 72, y)
    board.line(start, end, accent, 4, dashes=(1, 1.6))
