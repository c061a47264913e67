"""The canvas: the network drawn, explored and edited by hand."""
