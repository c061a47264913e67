"""Every colour, font and icon, and the style sheet made of them."""
