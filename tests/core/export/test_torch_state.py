"""The parameters as a `state_dict`: a module of PyTorch with them gives the program's outputs."""

from __future__ import annotations

from collections import OrderedDict
from io import BytesIO

import numpy as np
import pytest

from core.analysis.sample_losses import sample_losses
from core.export.torch_state import state_dict
from core.project.files import examples, read
from tests.core.export.scripts import trainer_of


@pytest.mark.oracle
def test_a_module_of_pytorch_loads_it() -> None:
    torch = pytest.importorskip("torch")
    trainer = trainer_of(read(examples()["iris"]).design)
    trainer.run(30)
    network, theta = trainer.network, trainer.snapshot().theta
    kinds = {"tanh": torch.nn.Tanh, "relu": torch.nn.ReLU, "sigmoid": torch.nn.Sigmoid}
    parts: OrderedDict[str, object] = OrderedDict()
    for layer in network.layers:
        parts[f"dense{layer.l}"] = torch.nn.Linear(layer.n_in, layer.n_out, dtype=torch.float64)
        made = kinds.get(layer.activations[0])
        parts[f"activation{layer.l}"] = torch.nn.Softmax(dim=1) if made is None else made()
    module = torch.nn.Sequential(parts)
    module.load_state_dict(torch.load(BytesIO(state_dict(network, theta)), weights_only=True))
    o = module(torch.from_numpy(trainer.dataset.x.T)).detach().numpy().T
    np.testing.assert_allclose(o, sample_losses(network, theta, trainer.dataset).o, rtol=1e-12)
