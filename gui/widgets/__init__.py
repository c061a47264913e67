"""Domain-free widgets; knows no network."""
