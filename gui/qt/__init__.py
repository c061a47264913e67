"""What lies between the program and Qt: numbers it can draw, deferred drawing, motion, typed signals."""
