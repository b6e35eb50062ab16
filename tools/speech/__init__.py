"""Voices, one backend a file, and the cast list that assigns them."""
