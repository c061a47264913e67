"""One file or one folder a view, nothing else."""
