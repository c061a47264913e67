"""The actions of the program, their shortcuts and menus."""
