"""Bundled designs, data, icons and scenes."""
