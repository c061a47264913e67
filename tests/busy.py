"""Run the tests three times while other processes keep every core busy: ``python -m tests.busy``.

The tests must not depend on the speed of the machine. Arguments are passed to pytest.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).parents[1]
TIMES = 3


@contextmanager
def busy_cores() -> Iterator[None]:
    """Keep one busy process running per core."""
    spinning = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(os.cpu_count() or 1)
    ]
    try:
        yield
    finally:
        for process in spinning:
            process.kill()
            process.wait()


def main() -> int:
    """Return the number of failed runs."""
    failed = 0
    with busy_cores():
        for k in range(1, TIMES + 1):
            begun = perf_counter()
            code = subprocess.run(
                [sys.executable, "-m", "pytest", *sys.argv[1:]], cwd=ROOT, check=False
            ).returncode
            failed += code != 0
            minutes, seconds = divmod(round(perf_counter() - begun), 60)
            print(
                f"run {k} of {TIMES}: {'green' if code == 0 else 'red'}, {minutes} min {seconds} s",
                flush=True,
            )
    return failed


if __name__ == "__main__":
    raise SystemExit(main())
