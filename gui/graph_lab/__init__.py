"""The computational graph of an expression or a network, stepped through in both directions."""
