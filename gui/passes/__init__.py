"""The numbers of one pass through the network: which samples they belong to, and their derivation."""
