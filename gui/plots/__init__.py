"""Axes, curves and pictures of data."""
