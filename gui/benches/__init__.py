"""Benches: small tables of numbers to change, with what the engine makes of them."""
