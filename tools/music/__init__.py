"""Composers of film music, one backend a file or a package."""
