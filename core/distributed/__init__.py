"""Training with PyTorch, in one process or in many on several machines."""
