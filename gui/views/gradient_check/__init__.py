"""Backpropagation against central differences."""
