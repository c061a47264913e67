"""The stage of softmax, from z to probabilities."""
