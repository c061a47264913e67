"""What leaves the program: numbers as tables and arrays, and a run as a script."""
