"""A pass written out as formulas."""
