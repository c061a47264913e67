"""The objects that own the open document, its training run, and the training thread."""
