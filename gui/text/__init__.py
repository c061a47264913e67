"""Texts: plain, rich, formulas, labels, and descriptions of widgets."""
