"""The loss surface: J over a plane in parameter space, with training paths projected onto it.

A plane passes through a base theta and is spanned by two parameters or two directions. Training changes all
parameters, so a path in general lies outside the plane and is shown as its projection.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from time import perf_counter

import numpy as np

from ..arrays import Array
from ..nn.network import Network
from ..nn.passes import Passes, run_calls, terms, with_ones

NUMBERS_AT_ONCE = 1 << 18
WORK_AT_ONCE = 1 << 25  # parameters times samples that are processed in a few milliseconds
MOST_POINTS = 256
FLAT = 1e-12
DOUBLINGS = 3
SCOUTS = 13
RIM = 0.25
FARTHEST, FINEST = 1e100, 1e-9  # limits of a range: its distance from 0, and its width relative to that

Range = tuple[float, float]


@dataclass(frozen=True, eq=False)
class ParameterPlane:
    """The plane theta(u, v) = origin + u directions[0] + v directions[1], with orthonormal directions.

    ``origin`` is (parameters,), ``directions`` (2, parameters). ``places`` are the positions in theta of the
    two parameters u and v (None: u and v are lengths along directions).
    """

    origin: Array
    directions: Array
    places: tuple[int, int] | None = None

    def thetas(self, points: Array) -> Array:
        """Return theta (count, parameters) at points (count, 2) of the plane."""
        return self.origin + points @ self.directions

    def points(self, thetas: Array) -> Array:
        """Return thetas (count, parameters) projected onto the plane, (count, 2)."""
        if self.places is not None:
            return thetas[:, list(self.places)].astype(np.float64)
        shadows: Array = (thetas - self.origin) @ self.directions.T
        return shadows


def through_parameters(theta: Array, first: int, second: int) -> ParameterPlane:
    """Return the plane of the parameters at two positions in theta; the others keep their values.

    Raises ValueError if both are the same.
    """
    if first == second:
        raise ValueError("A plane needs two different parameters.")
    origin, directions = theta.astype(np.float64), np.zeros((2, theta.size))
    for k, place in enumerate((first, second)):
        origin[place], directions[k, place] = 0.0, 1.0
    return ParameterPlane(origin, directions, (first, second))


def along(theta: Array, directions: Array) -> ParameterPlane:
    """Return the plane through theta along two orthonormal directions (2, parameters)."""
    return ParameterPlane(theta.astype(np.float64), directions)


def random_directions(parameters: int, seed: int) -> Array:
    """Return two random orthonormal directions (2, parameters); at least 2 parameters are needed."""
    return _orthonormal(np.empty((0, parameters)), seed)


def main_directions(paths: Sequence[Array], seed: int = 0) -> tuple[Array, float]:
    """Return the two directions (2, parameters) of largest spread of paths, and its share.

    Each path is (count, parameters); long ones are thinned. The share is that of the squared distances from
    the mean of all points. Directions in which the points do not spread are drawn from ``seed``.
    """
    chosen = [path[:: -(-len(path) // MOST_POINTS)] for path in paths if len(path)]
    points = np.concatenate(chosen).astype(np.float64)
    centred = points - points.mean(axis=0)
    # The smaller of the two products has the same eigenvalues and is cheap for large networks.
    wide = centred.shape[1] > centred.shape[0]
    squares = centred @ centred.T if wide else centred.T @ centred
    sizes, vectors = np.linalg.eigh(squares)
    largest = np.argsort(sizes)[::-1][:2]
    total = float(np.trace(squares))
    kept = [k for k in largest if sizes[k] > FLAT * total > 0]
    found = vectors[:, kept].T @ centred if wide else vectors[:, kept].T
    found = found / np.linalg.norm(found, axis=1, keepdims=True)
    signs = [np.sign(row[np.abs(row).argmax()]) for row in found]
    found = found * np.array(signs).reshape(-1, 1)
    share = float(sizes[kept].sum()) / total if total > 0 else 1.0
    return _orthonormal(found, seed), min(1.0, share)


def _orthonormal(given: Array, seed: int) -> Array:
    """Return the given orthonormal rows, completed to two by random ones."""
    rows = list(given)
    generator = np.random.default_rng(seed)
    while len(rows) < 2:
        row = generator.standard_normal(given.shape[1])
        for _ in range(2):  # twice, because of rounding
            for other in rows:
                row = row - (row @ other) * other
        rows.append(row / np.linalg.norm(row))
    return np.array(rows)


class Losses:
    """J on one set for many theta: the training objective with penalty, without dropout.

    ``x`` is (n[0], samples), ``y`` is (n[L], samples). Passes are the engine's, in float64; they process the
    samples in ``parts``, each of which takes little time.
    """

    def __init__(self, network: Network, x: Array, y: Array) -> None:
        samples = x.shape[1]
        self.network, self._mask = network, network.weights_mask().astype(np.float64)
        self._scale = network.loss.scale(network.n[-1], samples)
        count = min(samples, -(-network.parameters * samples // WORK_AT_ONCE))
        cuts = np.linspace(0, samples, count + 1).astype(int).tolist()
        self.parts = tuple(_SampleChunk(network, x[:, a:b], y[:, a:b]) for a, b in pairwise(cuts))

    def of(self, thetas: Array) -> Array:
        """Return J (count,) of thetas (count, parameters); infinite or NaN on overflow."""
        return self.whole(sum((part.sums(thetas) for part in self.parts), np.zeros(len(thetas))), thetas)

    def whole(self, sums: Array, thetas: Array) -> Array:
        """Return J (count,) from the sums (count,) of all parts."""
        training = self.network.design.training
        with np.errstate(all="ignore"):
            J: Array = sums * self._scale
            if training.l1 or training.l2:
                W = thetas * self._mask
                J = J + training.l1 * np.abs(W).sum(axis=1) + training.l2 / 2 * np.square(W).sum(axis=1)
        return J


class _SampleChunk:
    """The losses of a part of the samples, for many theta."""

    def __init__(self, network: Network, x: Array, y: Array) -> None:
        samples = x.shape[1]
        self._network, self._theta = network, np.zeros(network.parameters)
        self._passes = Passes(network, self._theta, np.empty(0), samples)
        self._forward = self._passes.forward(with_ones(x))
        self._most = max(1, NUMBERS_AT_ONCE // (samples * network.n[-1]))
        self._y = np.tile(y.astype(np.float64), self._most)
        self._scored = np.empty(self._y.shape)

    def sums(self, thetas: Array) -> Array:
        """Return the loss summed over the samples (count,), for thetas (count, parameters)."""
        with np.errstate(all="ignore"):
            some = [self._some(thetas[k : k + self._most]) for k in range(0, len(thetas), self._most)]
        return np.concatenate([np.empty(0), *some])

    def _some(self, thetas: Array) -> Array:
        samples = self._passes.size
        scored = self._scored[:, : len(thetas) * samples]
        for k, theta in enumerate(thetas):
            np.copyto(self._theta, theta)
            run_calls(self._forward)
            scored[:, k * samples : (k + 1) * samples] = self._passes.loss_input
        losses = terms(self._network, scored, self._y[:, : scored.shape[1]]).sum(axis=0)
        sums: Array = losses.reshape(-1, samples).sum(axis=1)
        return sums


@dataclass(frozen=True, eq=False)
class LossSurface:
    """J (rows, columns) over a rectangle of a plane; row 0 is the top, as in an image.

    The outer points lie on the ends of ``u_range`` (horizontal) and ``v_range`` (vertical). NaN is not
    computed yet; infinity is an overflow.
    """

    plane: ParameterPlane
    u_range: Range
    v_range: Range
    J: Array

    @property
    def complete(self) -> bool:
        """Whether all points are computed."""
        return not bool(np.isnan(self.J).any())

    def height(self, points: Array) -> Array:
        """Return J at points (count, 2) by bilinear interpolation; outside, the value at the nearest edge."""
        rows, columns = self.J.shape
        (left, right), (low, high) = self.u_range, self.v_range
        c = np.clip((points[:, 0] - left) / (right - left), 0, 1) * (columns - 1)
        r = np.clip((high - points[:, 1]) / (high - low), 0, 1) * (rows - 1)
        c0, r0 = np.minimum(c.astype(int), columns - 2), np.minimum(r.astype(int), rows - 2)
        s, t = c - c0, r - r0
        upper = (1 - s) * self.J[r0, c0] + s * self.J[r0, c0 + 1]
        lower = (1 - s) * self.J[r0 + 1, c0] + s * self.J[r0 + 1, c0 + 1]
        between: Array = (1 - t) * upper + t * lower
        return between


class SurfaceSampling:
    """Computes a surface point by point, in time slices, so that the caller stays responsive."""

    def __init__(
        self, losses: Losses, plane: ParameterPlane, u_range: Range, v_range: Range, size: int
    ) -> None:
        self._losses, self._plane, self._ranges = losses, plane, (u_range, v_range)
        across, down = np.linspace(*u_range, size), np.linspace(*v_range[::-1], size)
        self._points = np.column_stack([np.tile(across, size), np.repeat(down, size)])
        self._J = np.full(size * size, np.nan)
        self._size, self._done, self._step = size, 0, 1
        self._sums = list[Array]()

    @property
    def complete(self) -> bool:
        """Whether all points are computed."""
        return self._done == self._J.size

    @property
    def share(self) -> float:
        """The share of the points that is computed, 0 … 1."""
        return self._done / self._J.size

    def go(self, seconds: float = np.inf) -> None:
        """Compute for about ``seconds``; at least one part of one pass."""
        end = perf_counter() + seconds
        while not self.complete:
            begun = perf_counter()
            count = self._go_through_part()
            now = perf_counter()
            if now >= end:
                return
            if len(self._losses.parts) == 1:
                fitting = count * (end - now) / max(now - begun, 1e-7)
                self._step = max(1, int(min(2 * self._step, fitting, self._J.size)))

    def _go_through_part(self) -> int:
        """Process the next part of the samples for the next points; return the number of points."""
        here = slice(self._done, min(self._done + self._step, self._J.size))
        thetas, parts = self._plane.thetas(self._points[here]), self._losses.parts
        self._sums.append(parts[len(self._sums)].sums(thetas))
        if len(self._sums) == len(parts):
            J = self._losses.whole(np.sum(self._sums, axis=0), thetas)
            self._J[here] = np.where(np.isnan(J), np.inf, J)
            self._done, self._sums = here.stop, []
        return len(thetas)

    def surface(self) -> LossSurface:
        """Return the surface as computed so far."""
        return LossSurface(self._plane, *self._ranges, self._J.reshape(self._size, self._size).copy())


def survey(
    losses: Losses, plane: ParameterPlane, u_range: Range, v_range: Range, size: int = 61
) -> LossSurface:
    """Return the complete surface of ``size`` x ``size`` points."""
    made = SurfaceSampling(losses, plane, u_range, v_range, size)
    made.go()
    return made.surface()


def room_for(points: Array, margin: float) -> tuple[Range, Range]:
    """Return the ranges of a square that contains points (count, 2) with a ``margin`` around them."""
    near = np.clip(np.nan_to_num(points), -FARTHEST, FARTHEST)
    low, high = near.min(axis=0), near.max(axis=0)
    centre, half = (low + high) / 2, float((high - low).max()) / 2 + margin
    half = max(half, FINEST * float(np.abs(centre).max()))
    (left, bottom), (right, top) = centre - half, centre + half
    return (float(left), float(right)), (float(bottom), float(top))


def with_valley(losses: Losses, plane: ParameterPlane, points: Array, margin: float) -> tuple[Range, Range]:
    """Return the ranges of a square with points (count, 2) and the nearby minimum of the plane, if any.

    The search samples a coarse square and doubles it while the minimum lies at its edge.
    """
    half = margin
    found = points
    for _ in range(DOUBLINGS):
        half *= 2
        ranges = room_for(points, half)
        J = survey(losses, plane, *ranges, SCOUTS).J
        if not np.isfinite(J).any():
            break
        r, c = np.unravel_index(int(np.where(np.isfinite(J), J, np.inf).argmin()), J.shape)
        (left, right), (low, high) = ranges
        u = left + (right - left) * c / (SCOUTS - 1)
        v = high - (high - low) * r / (SCOUTS - 1)
        found = np.vstack([points, [u, v]])
        if 0 < r < SCOUTS - 1 and 0 < c < SCOUTS - 1:
            break
    span = float(np.ptp(np.clip(np.nan_to_num(found), -FARTHEST, FARTHEST), axis=0).max())
    return room_for(found, max(margin, RIM * span))
