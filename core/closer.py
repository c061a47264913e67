"""A closer look at a run: other weights tried out, a weight over time, what is wrong."""

from __future__ import annotations

import numpy as np

from .course import Course
from .diagnostics import Finding, findings
from .history import retrace, slice_of
from .modules import Array
from .reveal import revealed
from .training import Phase, Snapshot

MOST_SLICES = 32  # that are computed again for a curve
MOST_POINTS = 256


def preview(course: Course, theta: Array) -> Snapshot:
    """Return what `Course.edit` would show; nothing changes. Raises Diverged."""
    place, scout = course.edited, course.walk.scout
    scout.restore(course.walk.ends(place.iteration)[0])
    scout.pace.learning_rate = course.history.learning_rate(place.iteration)
    scout.edit(theta)
    begun = scout.snapshot()
    scout.advance(Phase.UPDATE)
    return revealed(course.walk.steps, begun, scout.snapshot(), place.k)


def weight_history(course: Course, index: int) -> tuple[Array, Array]:
    """Return iterations and the value of parameter ``index`` of theta after them, (n,) each.

    They are the recorded moments and the newest one; where that is quick, what lies between is computed
    again.
    """
    history, scout = course.history, course.walk.scout
    first, newest = history.span
    between = (
        max(1, (newest - first) // MOST_POINTS) if newest - first <= MOST_SLICES * slice_of(scout) else 0
    )
    kept = history.iterations
    points: list[tuple[int, float]] = []
    for t, following in zip(kept, (*kept[1:], newest), strict=True):
        points.append((t, float(history.at(t).theta[index])))
        if between and t + between < following:
            scout.restore(history.at(t))
            for stop in range(t + between, following, between):
                retrace(scout, history, stop)
                points.append((stop, float(scout.moment().theta[index])))
    points.append((newest, float(course.trainer.moment().theta[index])))
    iterations, values = np.array(points).T
    return iterations, values


def findings_of(course: Course, theta: Array) -> tuple[Finding, ...]:
    """Return what is wrong with these parameters of the run's network on its training samples."""
    network, dataset = course.trainer.network, course.trainer.dataset
    x = dataset.x[:, dataset.train].astype(network.dtype)
    y = dataset.targets(network.n[-1])[:, dataset.train].astype(network.dtype)
    return findings(network, theta, x, y)
