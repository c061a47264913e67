"""Runs that were pinned, compared with the present one."""
