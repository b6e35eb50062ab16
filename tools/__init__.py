"""The crew's tools: painters, cameras, voices, composers, measures and the cutting room."""
