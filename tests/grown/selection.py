"""Which tests of the copied program run there (a plugin of pytest): those an entry more can make fail.

A test that is run for each entry of a table is run for the new one alone, and of a test of random cases the
first ones: what it finds for the others is found in the program itself.
"""

from __future__ import annotations

import pytest

from core.data.datasets import DATASETS
from core.nn.activations import ACTIVATIONS
from core.nn.initializers import INITIALIZERS
from core.nn.losses import LOSSES
from core.nn.optimizers import OPTIMIZERS

NEW = ("sine", "log_cosh", "adagrad", "small", "stripes")
SEEDS = 3
ENTRIES = {name for table in (ACTIVATIONS, LOSSES, OPTIMIZERS, INITIALIZERS, DATASETS) for name in table}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect tests of entries that the program had before."""
    assert ENTRIES.issuperset(NEW)
    others = [item for item in items if _is_of_another(item)]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item not in others]


def _is_of_another(item: pytest.Item) -> bool:
    callspec = getattr(item, "callspec", None)
    params = callspec.params if callspec else {}
    names = {one for one in params.values() if isinstance(one, str)}
    drawn = max(params.get("seed", 0), params.get("block", 0))
    return (bool(names & ENTRIES) and not names & set(NEW)) or drawn >= SEEDS
