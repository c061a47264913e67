"""The window for importing a table: how it is read, and what the network's inputs are."""
