"""The start of a bundle, in which `core` and `gui` are found without a change of the path."""

import os
import sys

from gui.launch import THREADS

if __name__ == "__main__":
    for name in THREADS:
        os.environ.setdefault(name, "1")
    from gui.cli.main import main

    sys.exit(main())
