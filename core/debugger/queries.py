"""A closer look at a run: other weights tried out, the way it went, what is wrong."""

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

MOST_SLICES = 32  # that are computed again for a curve
LEAST_POINTS, MOST_POINTS = 32, 256
WAY_BYTES = 16 << 20


def preview(course: Run, theta: Array) -> Snapshot:
    """Return what `Run.edit` would show; nothing changes. Raises Diverged."""
    place = course.edited
    scout = course.walk.scout(place.iteration)
    scout.restore(course.walk.ends(place.iteration)[0])
    scout.learning_rate.value = course.history.learning_rate(place.iteration)
    scout.edit(theta)
    begun = scout.snapshot()
    scout.advance(Phase.UPDATE)
    return revealed(course.walk.steps, begun, scout.snapshot(), place.k)


def weight_history(course: Run, index: int) -> tuple[Array, Array]:
    """Return iterations and the value of parameter ``index`` of theta after them, (n,) each.

    They are the recorded moments and the newest one; where that is quick, what lies between is computed
    again.
    """
    points = [
        (t, float(theta[index])) for t, theta in _passed(course, course.history.iterations, MOST_POINTS)
    ]
    iterations, values = np.array(points).T
    return iterations, values


def way(course: Run, *, retraced: bool = True) -> tuple[Array, Array]:
    """Return iterations (n,) and theta (n, parameters) after them, from the first to the newest.

    Of the recorded moments so many are chosen as `most_points` says. ``retraced``: where that is quick,
    what lies between is computed again.
    """
    most, kept = most_points(course.trainer.network.parameters), course.history.iterations
    whole = retraced and len(kept) <= most
    passed = list(_passed(course, kept[:: -(-len(kept) // most)], most if whole else 0))
    return np.array([t for t, _theta in passed]), np.array([theta for _t, theta in passed])


def most_points(parameters: int) -> int:
    """Return of how many points a way through so many parameters is made, about."""
    return min(MOST_POINTS, max(LEAST_POINTS, WAY_BYTES // (8 * parameters)))


def _passed(course: Run, kept: tuple[int, ...], most: int) -> Iterator[tuple[int, Array]]:
    """Yield iterations and theta after them: those kept, about ``most`` between them, the newest one."""
    history = course.history
    first, newest = history.span
    quick = most and newest - first <= MOST_SLICES * slice_of(course.trainer)
    between = max(1, (newest - first) // most) if quick else 0
    for t, following in zip(kept, (*kept[1:], newest), strict=True):
        yield t, history.at(t).theta
        if between and t + between < following:
            scout = course.walk.scout(t)
            scout.restore(history.at(t))
            for stop in range(t + between, following, between):
                retrace(scout, history, stop)
                yield stop, scout.moment().theta
    yield newest, course.trainer.moment().theta


def findings_of(course: Run, snapshot: Snapshot) -> tuple[Finding, ...]:
    """Return what is wrong with the run at a moment of it, the likeliest cause first."""
    trainer = course.trainer
    return run_findings(trainer.network, trainer.dataset, snapshot, trainer.curves())
