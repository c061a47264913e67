"""What leaves the window: files of a run, figures, films and links."""
