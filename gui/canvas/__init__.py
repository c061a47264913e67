"""The network drawn and edited by hand."""
