"""Agents of the crew, one job a file: typed input in, typed output out."""
