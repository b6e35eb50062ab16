"""Pictures and video by workflows of a ComfyUI server."""
