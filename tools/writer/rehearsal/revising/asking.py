"""How the reviser says that it does not know, or cannot: the words are in the data file."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import cast

import yaml

from nightshoot.domain.vocabulary import Locale

_MOST_CHOICES = 8
"""More choices than this are a list to search, not a question. Source: seven plus or minus two
items are held in mind at once (Miller, Psychological Review 1956)."""


class Unclear(Exception):
    """Something must be asked before anything is changed. It does not leave this package."""

    def __init__(self, text: str, choices: tuple[str, ...] = ()) -> None:
        super().__init__(text)
        self.text = text
        self.choices = tuple(dict.fromkeys(choices))[:_MOST_CHOICES]


class Impossible(Exception):
    """Something cannot be done, and why. It does not leave this package."""


@cache
def _replies() -> dict[str, dict[str, str]]:
    text = files(__package__).joinpath("replies.yaml").read_text(encoding="utf-8")
    return cast("dict[str, dict[str, str]]", yaml.safe_load(text))


def reply(name: str, locale: Locale, /, **parts: object) -> str:
    """Gives the reply of this name in a language, with its parts filled in."""
    return _replies()[name][locale.value].format(**parts)
