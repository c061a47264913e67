"""Gradients and a hundred training steps, compared with PyTorch in double precision to 1e-9."""

import itertools

import numpy as np
import pytest
from msgspec.structs import replace

from core.nn.design import Dense
from core.nn.losses import LOSSES, BinaryCrossEntropy, CategoricalCrossEntropy, Huber
from core.nn.network import Network
from core.nn.optimizers import Adam, GradientDescent, Momentum, Nesterov, RMSProp
from core.nn.passes import evaluate
from core.nn.trainer import Phase, Trainer
from tests.core.making import classes, network, reductions, suiting, values

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.oracle
F = torch.nn.functional
torch.set_num_threads(1)

G = {
    "linear": lambda z, alpha: z,
    "sigmoid": lambda z, alpha: torch.sigmoid(z),
    "tanh": lambda z, alpha: torch.tanh(z),
    "relu": lambda z, alpha: F.relu(z),
    "leaky_relu": lambda z, alpha: F.leaky_relu(z, 0.01 if alpha is None else alpha),
    "elu": lambda z, alpha: F.elu(z, 1.0 if alpha is None else alpha),
    "gelu": lambda z, alpha: F.gelu(z, approximate="tanh"),
    "softplus": lambda z, alpha: F.softplus(z, threshold=1000),
    "softmax": lambda z, alpha: torch.softmax(z, dim=0),
}


def torch_z(design, theta, features, x):
    """Return z of the output layer and its activation's name, using the network's layout of theta."""
    a, place, n_in = x, 0, features
    for layer in design.dense:
        block = theta[place : place + (n_in + 1) * layer.neurons].reshape(n_in + 1, layer.neurons)
        z = block[:-1].T @ a + block[-1][:, None]
        if isinstance(layer.activation, str):
            a = G[layer.activation](z, layer.alpha)
        else:
            rows = zip(layer.activation, z, strict=True)
            a = torch.stack([G[name](row, layer.alpha) for name, row in rows])
        place, n_in = place + (n_in + 1) * layer.neurons, layer.neurons
    return z, a


def torch_J(design, theta, features, x, y):
    loss = design.training.loss
    kind, output = loss.__struct_config__.tag, design.dense[-1].activation
    z, o = torch_z(design, theta, features, x)
    samples = y.shape[1]
    outputs = 1 if kind == "cce" else len(y)
    over_outputs = getattr(loss, "over_outputs", "sum")
    whole = {"mean": 1, "sum": outputs, "half sum": outputs / 2}[over_outputs]
    return _torch_mean(z, o, y, loss, output) * whole * (samples if loss.over_samples == "sum" else 1)


def _torch_mean(z, o, y, loss, output):
    """Return PyTorch's loss, averaged over all outputs and samples (cross-entropy: over the samples)."""
    kind = loss.__struct_config__.tag
    if kind == "bce":
        return F.binary_cross_entropy_with_logits(z, y)
    if kind == "hinge":
        return torch.clamp(1 - y * o, min=0).mean()
    if kind == "cce" and output == "softmax":
        return F.cross_entropy(z.T, y.T)
    if kind == "cce":
        return -(y * F.logsigmoid(z)).sum() / y.shape[1]
    kinds = {"mse": F.mse_loss, "mae": F.l1_loss}
    return F.huber_loss(o, y, delta=loss.delta) if kind == "huber" else kinds[kind](o, y)


def torch_gradient(net, theta, x, y):
    leaf = torch.tensor(theta, dtype=torch.float64, requires_grad=True)
    J = torch_J(net.design, leaf, net.n[0], torch.tensor(x), torch.tensor(y, dtype=torch.float64))
    J.backward()
    return float(J.detach()), leaf.grad.numpy()


def pairs():
    for loss in ("mse", "mae", "huber", "hinge", "bce", "cce"):
        for activation in G:
            if loss == "bce" and activation != "sigmoid":
                continue
            if loss == "cce" and activation not in ("sigmoid", "softmax"):
                continue
            yield activation, loss


@pytest.mark.parametrize(("activation", "loss"), list(pairs()))
def test_gradients_of_every_pair(activation, loss):
    outputs = 3
    kinds = [Huber(0.8)] if loss == "huber" else reductions(LOSSES[loss])
    dataset = suiting(kinds[0], outputs)
    for hidden, kind in itertools.zip_longest(G, kinds, fillvalue=kinds[0]):
        net = network([Dense(4, hidden), Dense(outputs, activation)], kind, dataset)
        theta = np.random.default_rng(1).normal(size=net.parameters)
        y = dataset.targets(outputs)
        ours = evaluate(net, theta, dataset.x, y)
        J, g = torch_gradient(net, theta, dataset.x, y)
        assert np.isclose(ours.J, J, rtol=1e-12)
        assert np.allclose(ours.g, g, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("z", [1000.0, -1000.0, 37.0, -37.0])
def test_far_out_gradients(z):
    for loss, outputs, activation in (
        (BinaryCrossEntropy(), 1, "sigmoid"),
        (CategoricalCrossEntropy(), 3, "softmax"),
    ):
        dataset = classes(max(2, outputs), features=1, samples=6)
        net = network([Dense(outputs, activation)], loss, dataset)
        theta = np.zeros(net.parameters)
        theta[-1] = z
        y = dataset.targets(outputs)
        ours = evaluate(net, theta, dataset.x, y)
        J, g = torch_gradient(net, theta, dataset.x, y)
        assert np.isclose(ours.J, J, rtol=1e-12)
        assert np.allclose(ours.g, g, rtol=1e-9, atol=1e-15)


PEERS = {
    "gradient_descent": (GradientDescent(), lambda p: torch.optim.SGD(p, lr=0.05)),
    "momentum": (Momentum(0.9), lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9)),
    "nesterov": (Nesterov(0.9), lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True)),
    "rmsprop": (RMSProp(), lambda p: torch.optim.RMSprop(p, lr=0.05, alpha=0.99, eps=1e-8)),
    "adam": (Adam(), lambda p: torch.optim.Adam(p, lr=0.05, betas=(0.9, 0.999), eps=1e-8)),
}


@pytest.mark.parametrize("batch_size", [23, 5])
@pytest.mark.parametrize("name", PEERS)
def test_a_hundred_steps_of_every_optimizer(name, batch_size):
    optimizer, peer_of = PEERS[name]
    dataset = classes(3, samples=23)
    layers = [Dense(4, ("tanh", "gelu", "softplus", "elu")), Dense(5, "sigmoid"), Dense(3, "softmax")]
    settings = {"gradient_descent": "mini-batch", "batch_size": batch_size, "learning_rate": 0.05}
    net = network(layers, CategoricalCrossEntropy(), dataset, optimizer=optimizer, **settings)
    trainer = Trainer(net, dataset)
    theta = torch.tensor(trainer.snapshot().theta, requires_grad=True)
    peer = peer_of([theta])
    y = dataset.targets(3)
    for step in range(100):
        trainer.advance(Phase.UPDATE)
        samples = trainer.snapshot().values.samples
        peer.zero_grad()
        J = torch_J(net.design, theta, 2, torch.tensor(dataset.x[:, samples]), torch.tensor(y[:, samples]))
        J.backward()
        peer.step()
        assert np.allclose(trainer.snapshot().theta, theta.detach().numpy(), rtol=1e-9, atol=1e-9), step


def test_steps_with_penalties_on_the_weights():
    dataset = values(samples=12)
    net = network([Dense(3), Dense(1, "linear")], LOSSES["mse"](), dataset, l2=0.1, l1=0.02)
    net = Network(replace(net.design, training=replace(net.design.training, learning_rate=0.05)), dataset)
    trainer = Trainer(net, dataset)
    theta = torch.tensor(trainer.snapshot().theta, requires_grad=True)
    peer = torch.optim.SGD([theta], lr=0.05)
    mask = torch.tensor(net.weights_mask())
    for _ in range(100):
        peer.zero_grad()
        W = theta * mask
        J = torch_J(net.design, theta, 2, torch.tensor(dataset.x), torch.tensor(dataset.labels))
        (J + 0.05 * (W**2).sum() + 0.02 * W.abs().sum()).backward()
        peer.step()
    trainer.run(100)
    assert np.allclose(trainer.snapshot().theta, theta.detach().numpy(), rtol=1e-9, atol=1e-9)
