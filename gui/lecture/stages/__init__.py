"""What a scene shows and plays: a stage for each kind of subject."""
