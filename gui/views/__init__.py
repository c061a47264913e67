"""The views of a network: one module or one package for each."""
