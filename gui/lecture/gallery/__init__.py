"""All scenes as pictures, to search and to open."""
