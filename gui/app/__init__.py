"""The windows of the program, assembled from their views."""
