"""What every window has: its place on the screen, and the sheet of its keys."""
