"""Exports: the files of a run, figures, films and links."""
