"""What the canvas draws: one QGraphicsItem a file."""
