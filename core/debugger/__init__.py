"""A run in time: steps, checkpoints, branches."""
