"""The gallery: all scenes as thumbnails, to search and to open."""
