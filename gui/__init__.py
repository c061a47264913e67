"""What people touch: the Qt window and the terminal."""
