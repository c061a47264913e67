"""Stepping through a training run forwards and backwards: steps, checkpoints, branches."""
