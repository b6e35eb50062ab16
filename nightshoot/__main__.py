"""Lets `python -m nightshoot` do what `nightshoot` does."""

from nightshoot.cli import main

if __name__ == "__main__":
    main()
