"""What is measured of a spoken line, one measure a file."""
