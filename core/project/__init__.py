"""Reading and writing of the project's files."""
