"""One file a view: each is told a value and answers in requests."""
