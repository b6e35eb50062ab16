"""How well a voice suits a temperament: the words for both, in Chinese and in English."""

from __future__ import annotations

import re

from nightshoot.domain.vocabulary import Locale

_WORDS: dict[str, tuple[str, ...]] = {
    "calm": ("calm", "composed", "quiet", "平静", "冷静", "沉静", "从容", "淡然"),
    "steady": ("steady", "even", "sober", "reliable", "沉稳", "稳重", "老实"),
    "warm": ("warm", "kind", "friendly", "温暖", "温和", "和善", "热心", "慈"),
    "gentle": ("gentle", "soft", "shy", "tender", "温柔", "柔", "害羞", "腼腆"),
    "bright": ("bright", "cheerful", "sunny", "optimistic", "明亮", "开朗", "爽朗", "阳光"),
    "clear": ("clear", "crisp", "清亮", "清脆", "干练"),
    "lively": ("lively", "playful", "energetic", "naughty", "活泼", "调皮", "机灵", "俏皮"),
    "deep": ("deep", "low", "husky", "低沉", "浑厚", "沙哑"),
    "grave": ("grave", "stern", "strict", "solemn", "cold", "严厉", "严肃", "威严", "冷峻", "庄重"),
    "strong": ("strong", "bold", "fierce", "proud", "强", "豪", "刚", "霸", "傲", "勇"),
}
"""A temper and the words that mean it, in voices' own tags and in screenplays."""

_KIN: dict[str, tuple[str, ...]] = {
    "calm": ("steady", "gentle"),
    "steady": ("calm", "grave"),
    "warm": ("gentle", "calm"),
    "gentle": ("warm", "calm"),
    "bright": ("clear", "lively"),
    "clear": ("bright", "steady"),
    "lively": ("bright", "clear"),
    "deep": ("grave", "strong"),
    "grave": ("deep", "steady", "strong"),
    "strong": ("deep", "grave"),
}
"""What stands in for a temper that no voice has, nearest first."""


def tempers_in(text: str) -> tuple[str, ...]:
    """Gives the tempers that a text names, in the order of the table; empty: none is known."""
    said = text.casefold()
    latin = set(re.findall(r"[a-z]+", said))

    def names(word: str) -> bool:
        # `low` is not in `slow`; Chinese does not part its words.
        return word in latin if word.isascii() else word in said

    return tuple(name for name, words in _WORDS.items() if any(map(names, words)))


def temper_distance(voice: str, wanted: tuple[str, ...]) -> float:
    """Says how far a voice's temper is from those that are wanted: 0 is one of them, 1 is far."""
    has = tempers_in(voice)
    if set(has) & set(wanted):
        return 0.0
    ranks = [_KIN[want].index(one) + 1 for want in wanted for one in has if one in _KIN[want]]
    return min(ranks) / 4 if ranks else 1.0


def temper_word(temper: str, locale: Locale) -> str:
    """Gives a voice's temper in a language, as it is where the table does not know it."""
    if locale is Locale.ZH:
        for name in tempers_in(temper):
            return next(word for word in _WORDS[name] if not word.isascii())
    return temper
