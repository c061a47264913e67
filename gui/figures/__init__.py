"""Figures and films of what is shown, and what reads its texts."""
