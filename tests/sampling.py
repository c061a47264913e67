"""Cases of a test: a few in the usual run, all of them with ``-m endurance``."""

from collections.abc import Sequence
from itertools import product
from typing import Any

import pytest

endurance = pytest.mark.endurance


def spread(cases: Sequence[Any], usual: int) -> list[Any]:
    """Return the values of one parameter: ``usual`` of them, evenly spread, are in the usual run."""
    chosen = {round(k * (len(cases) - 1) / max(1, usual - 1)) for k in range(usual)}
    return [case if k in chosen else pytest.param(case, marks=endurance) for k, case in enumerate(cases)]


def covering(*axes: Sequence[Any]) -> list[Any]:
    """Return every combination of one value of each axis: in the usual run, a few that hold each value once.

    As many are in the usual run as the longest axis has values, without those that `spread` leaves out. Where
    a value comes round again, its partner is the one after the one it had before.
    """
    marked = type(pytest.param())
    usual = [[k for k, value in enumerate(axis) if not isinstance(value, marked)] for axis in axes]
    chosen = {
        tuple(own[(k + k // len(own)) % len(own)] for own in usual) for k in range(max(map(len, usual)))
    }
    plain = [[value.values[0] if isinstance(value, marked) else value for value in axis] for axis in axes]
    return [
        pytest.param(
            *(axis[k] for axis, k in zip(plain, places, strict=True)),
            marks=() if places in chosen else endurance,
        )
        for places in product(*(range(len(axis)) for axis in axes))
    ]
