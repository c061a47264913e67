"""Questions that the audience answers before the solution is shown."""
