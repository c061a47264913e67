"""The computations behind the views."""
