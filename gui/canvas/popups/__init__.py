"""What opens over the canvas for a layer."""
