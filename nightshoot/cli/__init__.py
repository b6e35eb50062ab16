"""The command line: `nightshoot make`, `resume`, `show`, `tools`, `doctor`."""

from nightshoot.cli.app import main

__all__ = ["main"]
