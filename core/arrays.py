"""The array type used throughout `core`, and arrays aligned to cache lines."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

CACHE_LINE = 64  # bytes


def aligned(shape: int | tuple[int, ...], dtype: Any) -> Array:
    """Return an array of zeros aligned to a cache line, on which NumPy's ufuncs run slightly faster."""
    array = np.zeros(shape, dtype)
    room = np.zeros(array.nbytes + CACHE_LINE, np.uint8)
    start = -room.ctypes.data % CACHE_LINE
    return room[start : start + array.nbytes].view(dtype).reshape(array.shape)
