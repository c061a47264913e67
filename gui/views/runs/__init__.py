"""Pinned runs, compared with the present one."""
