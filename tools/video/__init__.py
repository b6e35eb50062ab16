"""Cameras: what turns a keyframe into a clip, one backend a file or a package."""
