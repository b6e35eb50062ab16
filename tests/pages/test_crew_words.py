"""Whoever may be in a crew has a name on the pages."""

from __future__ import annotations

import pytest

from nightshoot.domain.vocabulary import Locale
from nightshoot.pages.words import WORDS
from nightshoot.sheet import CrewChoice


@pytest.mark.parametrize("locale", list(Locale))
def test_every_part_of_a_crew_has_words(locale: Locale) -> None:
    crew = CrewChoice(
        writer="a", image="b", video="c", voice="d", music="e", other_image=("f",),
        other_video=("g", "h"),
    )  # fmt: skip
    assert {part for part, _ in crew.parts} <= set(WORDS[locale])
