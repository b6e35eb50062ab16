"""Writers that need no language model, one backend a package."""
