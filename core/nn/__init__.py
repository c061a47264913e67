"""The engine: design → network → passes → trainer."""
