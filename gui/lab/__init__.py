"""The computational-graph lab: an expression or a network as a graph, walked forward and backward."""
