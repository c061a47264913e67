"""Computational graphs of numbers and matrices: parsing, evaluation and derivatives."""
