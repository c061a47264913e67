"""Scenes and their numbers."""
