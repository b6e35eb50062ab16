"""The embedded camera: films a layered painting plane by plane, with parallax."""
