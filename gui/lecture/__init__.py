"""The lecture: its window, the stages its scenes play on, its cards and exercises."""
