"""The neural-network engine, analyses of it, and the project's files; contains no GUI code."""
