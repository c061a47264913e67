"""Weights, values and gradients of a layer as matrices."""
