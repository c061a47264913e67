"""Queries on a run: previews of edited weights, the history of parameters, and findings on its health."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..analysis.health import Finding
from ..analysis.run_health import run_findings
from ..arrays import Array
from ..nn.trainer import Phase, Snapshot
from .checkpoints import retrace, slice_of
from .run import Run
from .steps import revealed

MOST_SLICES = 32  # recomputed for a curve
LEAST_POINTS, MOST_POINTS = 32, 256
WAY_BYTES = 16 << 20


def preview(run: Run, theta: Array) -> Snapshot:
    """Return the snapshot that `Run.edit` would lead to, without changing the run. Raises Diverged."""
    place = run.edited
    replayer = run.navigator.replayer(place.iteration)
    replayer.restore(run.navigator.ends(place.iteration)[0])
    replayer.learning_rate.value = run.history.learning_rate(place.iteration)
    replayer.edit(theta)
    begun = replayer.snapshot()
    replayer.advance(Phase.UPDATE)
    return revealed(run.navigator.steps, begun, replayer.snapshot(), place.k)


def weight_history(run: Run, index: int) -> tuple[Array, Array]:
    """Return iterations (n,) and the values (n,) of parameter ``index`` of theta after them.

    These are the checkpoints and the newest state; if that is fast, states in between are recomputed.
    """
    points = [(t, float(theta[index])) for t, theta in _passed(run, run.history.iterations, MOST_POINTS)]
    iterations, values = np.array(points).T
    return iterations, values


def parameter_path(run: Run, *, retraced: bool = True) -> tuple[Array, Array]:
    """Return iterations (n,) and theta (n, parameters) after them, from the first to the newest.

    There are at most about `most_points` points. With ``retraced``, states between checkpoints are recomputed
    if that is fast.
    """
    most, kept = most_points(run.trainer.network.parameters), run.history.iterations
    whole = retraced and len(kept) <= most
    passed = list(_passed(run, kept[:: -(-len(kept) // most)], most if whole else 0))
    return np.array([t for t, _theta in passed]), np.array([theta for _t, theta in passed])


def most_points(parameters: int) -> int:
    """Return the approximate number of points in the path of a network with this many parameters."""
    return min(MOST_POINTS, max(LEAST_POINTS, WAY_BYTES // (8 * parameters)))


def _passed(run: Run, kept: tuple[int, ...], most: int) -> Iterator[tuple[int, Array]]:
    """Yield iterations and theta after them: those of ``kept``, up to ``most`` between them, the newest."""
    history = run.history
    first, newest = history.span
    quick = most and newest - first <= MOST_SLICES * slice_of(run.trainer)
    between = max(1, (newest - first) // most) if quick else 0
    for t, following in zip(kept, (*kept[1:], newest), strict=True):
        yield t, history.at(t).theta
        if between and t + between < following:
            replayer = run.navigator.replayer(t)
            replayer.restore(history.at(t))
            for stop in range(t + between, following, between):
                retrace(replayer, history, stop)
                yield stop, replayer.moment().theta
    yield newest, run.trainer.moment().theta


def findings_of(run: Run, snapshot: Snapshot) -> tuple[Finding, ...]:
    """Return what is wrong with the run at a snapshot of it, the likeliest cause first."""
    trainer = run.trainer
    return run_findings(trainer.network, trainer.dataset, snapshot, trainer.curves())
