"""Figures and worked lines that several stages show."""
