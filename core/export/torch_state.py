"""Writes the parameters of a network as the `state_dict` of a PyTorch module."""

from __future__ import annotations

from importlib import import_module
from io import BytesIO
from typing import Any

import numpy as np

from ..arrays import Array
from ..language import tr
from ..nn.network import Network
from ..project.json_io import FileError


def torch_package() -> Any:
    """Return the package `torch`. Raises FileError if it is not installed."""
    try:
        return import_module("torch")
    except ImportError:
        raise FileError(
            tr("This needs PyTorch, which is not installed: pip install 'glassnet[torch]'.")
        ) from None


def state_dict(network: Network, theta: Array) -> bytes:
    """Return the contents of a .pt file, to be read by ``torch.load(…, weights_only=True)``.

    It holds ``dense1.weight`` (n[1], n[0]), ``dense1.bias`` (n[1],) and so on: the parameters of a
    `torch.nn.Sequential` of layers `torch.nn.Linear` with these names.
    """
    torch = torch_package()
    found = {}
    for layer in network.layers:
        found[f"dense{layer.l}.weight"] = _tensor(torch, network.W(theta, layer.l).T)
        found[f"dense{layer.l}.bias"] = _tensor(torch, network.b(theta, layer.l))
    stream = BytesIO()
    torch.save(found, stream)
    return stream.getvalue()


def _tensor(torch: Any, values: Array) -> Any:
    return torch.from_numpy(np.array(values, order="C"))
