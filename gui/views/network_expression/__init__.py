"""The whole network as one nested expression."""
