"""The engine of Glassnet: NumPy, no Qt, no printing, no clock, no global state."""
