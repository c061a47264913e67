"""A pad on which a digit is drawn with the mouse, for the network to read."""
