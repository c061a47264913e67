"""Tables one click away: the truth tables of logic, and an empty one."""

from __future__ import annotations

from .table import Cells, Column, Table


def _truth_table(name: str, y: str) -> Table:
    """Return a truth table with the outputs ``y`` for the inputs 0 and 1, or 00, 01, 10 and 11."""
    inputs = len(y).bit_length() - 1
    rows = [[float(k >> shift & 1) for k in range(len(y))] for shift in reversed(range(inputs))]
    names = ["x"] if inputs == 1 else [f"x{i + 1}" for i in range(inputs)]
    columns = (Column(name, Cells.of(cells)) for name, cells in zip(names, rows, strict=True))
    target = Column("y", Cells.of(map(float, y)), role="target", entry="classes")
    return Table((*columns, target), name)


READY_TABLES: dict[str, Table] = {
    name: _truth_table(name, y)
    for name, y in {
        "AND": "0001",
        "OR": "0111",
        "XOR": "0110",
        "XNOR": "1001",
        "NAND": "1110",
        "NOT": "10",
    }.items()
}
EMPTY = Table(
    (*(Column(name, Cells.of(())) for name in ("x1", "x2")), Column("y", Cells.of(()), role="target"))
)
