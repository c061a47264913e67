"""Scalar and matrix computational graphs."""
