"""The metrics of a network besides its accuracy."""
