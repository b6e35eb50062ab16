"""Turns a line into the phoneme symbols that Kokoro was trained on, Chinese and English mixed.

Chinese goes through words (rjieba), pinyin with tone sandhi (pypinyin) and misaki's table of pinyin
to IPA; Latin letters go through espeak-ng and the table by which misaki maps its IPA.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from nightshoot.tools.speech.reading import HAN

EnglishIpa = Callable[[str, str], str]
"""Gives the IPA of words with an accent, with `^` between the letters of one sound."""

_LATIN = rf"(?:(?!{HAN.pattern})[^\W_])"
_RUNS = re.compile(
    rf"({HAN.pattern}+)|({_LATIN}+(?:(?:['’]| +|[-.](?={_LATIN})){_LATIN}+)*)|(\s+)|(.)", re.DOTALL
)
_MARKS = {
    "，": ",", "、": ",", "。": ".", "．": ".", "！": "!", "？": "?", "：": ":", "；": ";",
    "–": "—", "―": "—", "─": "—", "·": " ", "・": " ", "「": "“", "」": "”", "『": "“", "』": "”",
    "《": "", "》": "", "〈": "", "〉": "", "«": "“", "»": "”", "\n": ". ",
}  # fmt: skip
_KEPT = frozenset(',.!?:;…—“”"')
_TONES = (("˧˩˧", "↓"), ("˧˥", "↗"), ("˥˩", "↘"), ("˥", "→"))
_PARTICLES = {("地", "uv"): "de5", ("得", "ud"): "de5", ("着", "uz"): "zhe5", ("了", "ul"): "le5"}
_SYMBOLS = {"%": " percent ", "&": " and ", "+": " plus ", "@": " at ", "$": " dollars "}

_SOUNDS = (
    ("ʔˌn\u0329", "ʔn"), ("ʔn\u0329", "ʔn"), ("a^ɪ", "I"), ("a^ʊ", "W"), ("d^ʒ", "ʤ"), ("e^ɪ", "A"),
    ("t^ʃ", "ʧ"), ("ɔ^ɪ", "Y"), ("ə^l", "ᵊl"), ("ʲo", "jo"), ("ʲə", "jə"), ("ʲ", ""), ("ɚ", "əɹ"),
    ("r", "ɹ"), ("x", "k"), ("ç", "k"), ("ɐ", "ə"), ("ɬ", "l"), ("\u0303", ""),
)  # fmt: skip
_BRITISH = (("e^ə", "ɛː"), ("iə", "ɪə"), ("ə^ʊ", "Q"))
_AMERICAN = (("o^ʊ", "O"), ("ɜːɹ", "ɜɹ"), ("ɜː", "ɜɹ"), ("ɪə", "iə"), ("ː", ""))
_LAST = (("^", ""), ("ɾ", "T"), ("ʔ", "t"), ("g", "ɡ"))
"""Source: misaki 0.9.4, espeak.py, `EspeakFallback`, the map to the symbols that Kokoro learnt."""


def kokoro_phonemes(text: str, *, british: bool, english: EnglishIpa) -> str:
    """Gives the phonemes of a spoken text, with its punctuation.

    Args:
        text: what `spoken_text` gave.
        british: British vowels for Latin letters, for British voices.
        english: asks espeak-ng.
    """
    accent = "en" if british else "en-us"
    for symbol, words in _SYMBOLS.items():
        text = text.replace(symbol, words)
    for mark, plain in _MARKS.items():
        text = text.replace(mark, f"{plain} " if plain and plain in ",.!?:;" else plain)
    said: list[str] = []
    for han, latin, space, other in _RUNS.findall(text):
        if han:
            said.append(f" {chinese_phonemes(han)} ")
        elif latin:
            said.append(_as_kokoro(english(latin, accent), british=british))
        elif space:
            said.append(" ")
        elif other in _KEPT:
            said.append(other)
        else:
            said.append(" ")
    joined = re.sub(r"\s+", " ", "".join(said)).strip()
    joined = re.sub(r"\s+([,.!?:;…”])", r"\1", joined)
    return re.sub(r"([,.!?:;])(?:\s*[,.:;])+", r"\1", joined)


def chinese_phonemes(text: str) -> str:
    """Gives the phonemes of a run of Chinese characters, a space between words."""
    import rjieba
    from pypinyin import Style, lazy_pinyin

    words: list[str] = []
    for word, part in rjieba.tag(text):
        particle = _PARTICLES.get((word, part))
        syllables = (
            [particle]
            if particle
            else lazy_pinyin(
                word,
                style=Style.TONE3,
                neutral_tone_with_five=True,
                tone_sandhi=True,
                errors="ignore",
            )
        )
        words.append("".join(syllable_phonemes(syllable) for syllable in syllables))
    return " ".join(word for word in words if word)


@lru_cache(maxsize=2048)
def syllable_phonemes(pinyin: str) -> str:
    """Gives the phonemes of a syllable of pinyin (`hao3`); empty for one that does not exist."""
    from misaki.transcription import pinyin_to_ipa

    try:
        sounds = "".join(pinyin_to_ipa(pinyin)[0])
    except (ValueError, AssertionError):
        return ""
    for tone, arrow in _TONES:
        sounds = sounds.replace(tone, arrow)
    for old, new in (("ɻ\u0329", "ɨ"), ("ɹ\u0329", "ɨ"), ("\u032f", "")):
        sounds = sounds.replace(old, new)
    return sounds


def _as_kokoro(ipa: str, *, british: bool) -> str:
    ipa = re.sub(r"\([a-z-]+\)", "", ipa)
    for old, new in _SOUNDS:
        ipa = ipa.replace(old, new)
    ipa = re.sub(r"(\S)\u0329", r"ᵊ\1", ipa).replace("\u0329", "")
    for old, new in _BRITISH if british else _AMERICAN:
        ipa = ipa.replace(old, new)
    for old, new in _LAST:
        ipa = ipa.replace(old, new)
    return ipa


def in_breaths(phonemes: str, most: int) -> list[str]:
    """Parts phonemes into pieces of at most `most` symbols, at the strongest mark that fits.

    Sentences stay whole where they can; a piece without a mark is parted at a space, and one
    without a space in the middle.
    """
    pieces: list[str] = []
    rest = phonemes.strip()
    while len(rest) > most:
        at = max((rest.rfind(mark, 0, most) for mark in (". ", "! ", "? ", "… ")), default=-1)
        if at < most // 3:
            at = max(rest.rfind(mark, 0, most) for mark in (", ", "; ", ": ", "— "))
        if at < most // 3:
            at = rest.rfind(" ", 0, most) - 1
        at = most - 1 if at < 1 else at
        pieces.append(rest[: at + 1].strip())
        rest = rest[at + 1 :].strip()
    return [piece for piece in (*pieces, rest) if piece]
