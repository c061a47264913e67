"""Exercises: examples of the lecture with new random numbers, to be solved and checked."""
