"""Readers of what people hand in: briefs, stories, screenplays, storyboard tables."""

from nightshoot.sources.reading import read_source

__all__ = ["read_source"]
