"""Measures of a scene: one shot beside the others, a file each."""
