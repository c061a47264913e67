"""The command line: training, explaining, checking scenes and taking pictures without a window."""
