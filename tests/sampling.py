"""Cases of a test: a few in the usual run, all of them with ``-m endurance``."""

from collections.abc import Sequence
from typing import Any

import pytest

endurance = pytest.mark.endurance


def spread(cases: Sequence[Any], usual: int) -> list[Any]:
    """Return the values of one parameter: about ``usual`` of them, evenly spread, are in the usual run."""
    every = max(1, len(cases) // usual)
    return [case if k % every == 0 else pytest.param(case, marks=endurance) for k, case in enumerate(cases)]
