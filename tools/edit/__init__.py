"""The cutting room: captions, conforming, transitions, the mix and the assembled film."""
