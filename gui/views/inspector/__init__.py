"""What is selected, with the formulas and numbers of this pass."""
