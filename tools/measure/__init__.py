"""Measures of pictures and sound, one a file."""
