"""Forward pass, backward pass and update written out as formulas with numbers."""
