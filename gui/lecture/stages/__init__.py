"""The stages of scenes: a kind of stage for each kind of subject."""
