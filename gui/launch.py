"""The entry point: puts the folder of `core` and `gui` on the module path, and starts the program.

When installed, that folder is `site-packages/glassnet`, which is not on Python's default path.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = str(Path(__file__).resolve().parent.parent)
THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")
"""Limited to one thread, since the networks are small."""


def main(argv: list[str] | None = None) -> int:
    """Run `glassnet` with ``argv`` (None: the arguments of the process); return the exit code."""
    if sys.path[:1] != [ROOT]:
        sys.path.insert(0, ROOT)
    for name in THREADS:
        os.environ.setdefault(name, "1")
    from gui.cli.main import main as run  # noqa: PLC0415 - after the path is set

    return run(argv)
