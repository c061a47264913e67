"""The metrics of a network beside its accuracy."""
