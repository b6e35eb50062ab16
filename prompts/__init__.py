"""The crew's prompts: text files, and the loader that renders them."""

from nightshoot.prompts.loader import Prompts

__all__ = ["Prompts"]
