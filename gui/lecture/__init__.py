"""The window of the lecture: scenes, questions, exercises, notes."""
