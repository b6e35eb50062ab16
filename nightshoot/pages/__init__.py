"""The HTML pages of a production."""
