"""Linear layers multiplied into one."""
