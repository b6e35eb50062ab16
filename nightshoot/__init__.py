"""Nightshoot: a film crew of LLM agents for automated short drama."""

__version__ = "0.1.0"
