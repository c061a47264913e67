"""Tests of the window in which a table is read."""
