"""How long words take to say, before anybody has said them."""

from __future__ import annotations

import re

CHARACTERS_PER_S = 4.2
"""Mandarin characters a second: a planning figure for Kokoro's voices, not measured here; the cut
goes by the recorded lines."""
WORDS_PER_S = 2.6
"""English words a second: a planning figure for Kokoro's voices, not measured here."""
GAP_S = 0.6
"""Silence in a shot around its lines, in seconds."""
SHORTEST_S = 2.5
"""A shot that speaks nothing lasts at least so long: a choice, as is the longest."""
LONGEST_S = 8.0
"""A shot that need not last longer lasts at most so long."""

_CHINESE = re.compile(r"[\u3400-\u9fff\u3040-\u30ff\uac00-\ud7af]")


def speech_s(text: str) -> float:
    """Estimates how long `text` takes to say, in seconds; any mix of scripts."""
    characters = len(_CHINESE.findall(text))
    words = [word for word in _CHINESE.sub(" ", text).split() if any(c.isalnum() for c in word)]
    letters = sum(map(len, words))
    return characters / CHARACTERS_PER_S + max(len(words), letters / 9) / WORDS_PER_S


def shot_s(spoken_s: float, *, at_least_s: float) -> float:
    """Estimates how long a shot lasts whose lines take `spoken_s` seconds."""
    return max(at_least_s, spoken_s + GAP_S if spoken_s else 0.0)
