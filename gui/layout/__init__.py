"""How widgets share the room of a window and its screen."""
