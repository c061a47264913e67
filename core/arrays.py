"""The type of every array of numbers in the engine."""

from typing import Any

from numpy.typing import NDArray

Array = NDArray[Any]
