"""The mini-batches of an epoch."""
