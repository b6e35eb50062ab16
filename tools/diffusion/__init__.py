"""Pictures and video by diffusers: one file a family of models, run in a process of its own."""
