"""Backpropagation compared with central differences."""
