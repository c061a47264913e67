"""The stage that compares activation functions."""
