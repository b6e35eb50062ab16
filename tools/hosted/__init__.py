"""Pictures, video and speech by services over the network."""
