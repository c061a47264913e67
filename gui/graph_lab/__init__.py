"""The computational graph of an expression or a network, stepped through both ways."""
