"""Layout: how widgets share the room of a window, and windows that of the screen."""
