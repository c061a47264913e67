"""The command line: training, explaining, checking scenes and rendering pictures without a window."""
