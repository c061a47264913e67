"""The table: every row of the data with the network's outputs, and its loss."""
