"""What every window has: its place on the screen, and its shortcut sheet."""
