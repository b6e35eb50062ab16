"""The state graphs that direct the crew."""
