"""What is measured of a finished film, one measure a file."""
