"""The embedded painter: shots composed as layered SVG in the manner of the shadow play (皮影)."""
