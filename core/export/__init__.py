"""Exports: numbers as tables and arrays, models for other programs, a run as a script, reports."""
