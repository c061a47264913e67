"""The names of marks in learning curves, at which settings of the run were changed."""

from __future__ import annotations

from core.debugger.pinned_runs import differences
from core.language import tr
from core.nn.curves import Mark

MOST_SETTINGS = 2


def words_of(mark: Mark) -> str:
    """Return what applies from a mark on, such as "Momentum from here"; of many settings only the first."""
    found = differences([mark.before, mark.after])
    changed = [
        setting for setting in found if setting.values[1] and setting.place != "training.learning_rate"
    ]
    told = []
    for setting in changed[:MOST_SETTINGS]:
        title = tr(setting.title)
        whole = setting.place == "training.optimizer"
        told.append(setting.values[1] if whole else f"{title} {setting.values[1]}")
    more = " …" if len(changed) > MOST_SETTINGS else ""
    return tr("{settings} from here").format(settings=", ".join(told) + more)
