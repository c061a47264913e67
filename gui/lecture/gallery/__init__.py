"""The gallery: all scenes as thumbnails, with a search field."""
