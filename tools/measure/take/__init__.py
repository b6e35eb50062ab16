"""Measures of a filmed take, one a file."""
