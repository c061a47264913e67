"""The neural-network engine: design, network, forward and backward passes, and training."""
