"""The entry of the program: puts the folder of `core` and `gui` on the path, and begins.

Installed, that folder is `site-packages/glassnet`, where Python does not look by itself.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = str(Path(__file__).resolve().parent.parent)
THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")
"""These networks are small: BLAS works in one thread."""


def main(argv: list[str] | None = None) -> int:
    """Run `glassnet` with these arguments (None: the command line's); return the exit code."""
    if sys.path[:1] != [ROOT]:
        sys.path.insert(0, ROOT)
    for name in THREADS:
        os.environ.setdefault(name, "1")
    from gui.cli.main import main as run  # noqa: PLC0415 - after the path is set

    return run(argv)
