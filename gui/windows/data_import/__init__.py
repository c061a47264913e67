"""The window in which a table is read: how it is understood, and what the network gets from it."""
