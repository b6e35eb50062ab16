"""Painters of keyframes, one backend a file or a package."""
