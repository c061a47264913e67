"""Questions to guess before their answer is shown."""
