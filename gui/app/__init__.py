"""Windows put together."""
