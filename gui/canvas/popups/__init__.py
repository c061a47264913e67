"""The popups that open over the canvas for a layer."""
