"""Examples of the lecture with fresh numbers, to be worked out and checked."""
