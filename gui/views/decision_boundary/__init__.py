"""The network's output over the plane of two inputs, with its decision boundary."""
