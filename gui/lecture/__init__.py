"""The lecture window: scenes, questions, exercises and speaker notes."""
