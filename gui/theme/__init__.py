"""Colours, fonts and icons, and the style sheet made of them."""
