"""The engine, its analyses and its files; knows no window."""
