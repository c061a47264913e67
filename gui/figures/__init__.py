"""Figures and films of widgets, and a reader of the texts they draw."""
