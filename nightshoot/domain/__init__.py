"""Frozen values without I/O: the words that the whole house speaks."""
