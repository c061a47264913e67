"""The product of all layers of a linear network, which is a single layer."""
