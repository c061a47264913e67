"""What views show, computed."""
