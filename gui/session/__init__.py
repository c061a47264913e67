"""Owners: document, run, thread."""
