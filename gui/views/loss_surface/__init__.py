"""The loss over two parameters or directions, and the path of training on it."""
