"""One sample of a scene's network: every number of its passes, and the scene with one number changed."""

from __future__ import annotations

from functools import cached_property
from typing import Literal, NamedTuple

from msgspec.structs import replace

from ..analysis.layer_matrices import da_dz, dz_da
from ..arrays import Array
from ..data.datasets import OWN_TABLE
from ..data.table_edits import set_cells
from ..nn.design import Design
from ..nn.passes import Pass, evaluate
from .subjects import Networks, made


class NumberPlace(NamedTuple):
    """The place of a number that can be changed: a weight, a bias, an input or a target.

    A weight leads from neuron ``source`` to ``neuron`` of ``layer`` (from 1); inputs and targets have no
    layer. Neurons count from 0.
    """

    kind: Literal["weight", "bias", "input", "target"]
    neuron: int
    layer: int = 0
    source: int = 0


class OneSample:
    """The first network of a subject with one of its samples; vectors have the shape (n[l],).

    ``n`` are the neurons of all layers, those of the inputs first. Raises DesignError, FileError.
    """

    def __init__(self, subject: Networks, sample: int = 0) -> None:
        self.subject, self.sample = subject, sample
        self.start = subject.networks[0]
        one = made(self.start)
        self.network, self.dataset, self.theta = one.network, one.dataset, one.theta
        self.n = one.network.n
        self.x = self.dataset.x[:, sample]
        self.y = self.dataset.targets(self.n[-1])[:, sample]

    @cached_property
    def values(self) -> Pass:
        """The forward and the backward pass of the sample."""
        return evaluate(self.network, self.theta, self.x[:, None], self.y[:, None])

    def W(self, l: int) -> Array:
        """Return W[l] (n[l-1], n[l])."""
        return self.network.W(self.theta, l)

    def b(self, l: int) -> Array:
        """Return b[l]."""
        return self.network.b(self.theta, l)

    def z(self, l: int) -> Array:
        """Return z[l]."""
        return self.values.z[l][:, 0]

    def a(self, l: int) -> Array:
        """Return a[l]; a[0] are the inputs."""
        return self.values.a[l][:, 0]

    def delta(self, l: int) -> Array:
        """Return delta[l] = dJ/dz[l]."""
        assert self.values.delta is not None
        return self.values.delta[l][:, 0]

    def upstream(self, l: int) -> Array:
        """Return dJ/da[l]; of the inputs, l = 0, it is W[1] delta[1]."""
        if l == 0:
            return dz_da(self.network, self.theta, 1) @ self.delta(1)
        assert self.values.da is not None
        return self.values.da[l][:, 0]

    def gradient(self, l: int) -> Array:
        """Return dJ/dW[l] (n[l-1], n[l])."""
        assert self.values.g is not None
        return self.network.W(self.values.g, l)

    def slopes(self, l: int) -> Array:
        """Return da[l]/dz[l] (n[l], n[l]), diagonal if every activation is of one neuron."""
        return da_dz(self.network, self.values, l, 0)

    def jacobian(self, l: int) -> Array:
        """Return da[l]/da[l-1] (n[l-1], n[l]): a row for each input, a column for each output."""
        return dz_da(self.network, self.theta, l) @ self.slopes(l)

    # -- changes ---------------------------------------------------------------------------------------

    def number(self, place: NumberPlace) -> float:
        """Return the number at a place."""
        match place.kind:
            case "weight":
                return float(self.W(place.layer)[place.source, place.neuron])
            case "bias":
                return float(self.b(place.layer)[place.neuron])
            case "input":
                return float(self.x[place.neuron])
        return float(self.y[place.neuron])

    def can_change(self, place: NumberPlace) -> bool:
        """Whether a number can be changed: a parameter, or a number of a table that is used unscaled."""
        return place.kind in ("weight", "bias") or self._cell(place) is not None

    def with_number(self, place: NumberPlace, value: float) -> Networks:
        """Return the subject with another number at a place that can be changed."""
        if place.kind in ("weight", "bias"):
            theta = self.theta.copy()
            if place.kind == "weight":
                self.network.W(theta, place.layer)[place.source, place.neuron] = value
            else:
                self.network.b(theta, place.layer)[place.neuron] = value
            return self._with(theta=tuple(float(number) for number in theta))
        cell, design = self._cell(place), self.network.design
        assert cell is not None
        assert design.data.table is not None
        table = set_cells(design.data.table, {cell: value})
        changed: Design = replace(design, data=replace(design.data, table=table))
        return self._with(design=changed)

    def _with(self, **changes: object) -> Networks:
        theta = tuple(float(number) for number in self.theta)
        start = replace(self.start, **{"design": self.network.design, "theta": theta, **changes})
        return replace(self.subject, networks=(start, *self.subject.networks[1:]))

    def _cell(self, place: NumberPlace) -> tuple[int, int] | None:
        """Return row and column of an input or target in the design's table; None: it has none."""
        data = self.network.design.data
        if data.source != OWN_TABLE.name or data.table is None or self.dataset.rows is None:
            return None
        table, role = data.table, "input" if place.kind == "input" else "target"
        columns = [k for k, column in enumerate(table.columns) if column.role == role]
        kinds = {(table.columns[k].type, table.columns[k].entry) for k in columns}
        if kinds != {("number", "unscaled")} or place.neuron >= len(columns) or table.autoencoder:
            return None
        return int(self.dataset.rows[self.sample]), columns[place.neuron]
