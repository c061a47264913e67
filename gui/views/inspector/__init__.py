"""The inspector: the formulas and numbers of the selected item in this pass."""
