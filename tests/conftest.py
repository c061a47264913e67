"""Every test draws off screen unless it is told otherwise."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
