"""The table: every row of the data with what the network says to it, and its loss."""
