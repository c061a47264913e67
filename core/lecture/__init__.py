"""The scenes of the lecture, their file format, and the numbers shown in them."""
