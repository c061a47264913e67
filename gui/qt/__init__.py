"""Adapters between the program and Qt: drawable numbers, deferred drawing, motion, typed signals."""
