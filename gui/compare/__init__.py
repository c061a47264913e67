"""Networks that differ in one thing, trained side by side."""
