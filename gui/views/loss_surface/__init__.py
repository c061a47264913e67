"""The loss over two parameters or directions, with the paths of training on it."""
