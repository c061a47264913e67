"""The stage that compares loss functions."""
