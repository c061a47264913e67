"""Text as it is shown: plain, rich, formulas, labels, and what is said of a widget."""
