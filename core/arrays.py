"""The type of every array of numbers in the engine, and how its arrays are laid in memory."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

CACHE_LINE = 64  # bytes


def aligned(shape: int | tuple[int, ...], dtype: Any) -> Array:
    """Return zeros that begin at a cache line of the processor: ufuncs on them are a little faster."""
    array = np.zeros(shape, dtype)
    room = np.zeros(array.nbytes + CACHE_LINE, np.uint8)
    start = -room.ctypes.data % CACHE_LINE
    return room[start : start + array.nbytes].view(dtype).reshape(array.shape)
