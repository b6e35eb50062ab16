"""How many syllables a text has, and how many a sound seems to have."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from nightshoot.tools.speech.reading import HAN
from nightshoot.tools.speech.trim import SAMPLE_RATE, Samples

_LATIN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_VOWELS = re.compile(r"[aeiouyàâäáãèéêëìíîïòóôöõùúûüýÿæœ]+")
_MUTE_E = re.compile(r"(?<![aeiouyl])e$|(?<=[aeiouy]l)e$")
_MUTE_ED = re.compile(r"(?<![aeiouytd])ed$")
_MUTE_ES = re.compile(r"(?<![aeiouyscxzghl])es$")

_LOWEST_HZ, _HIGHEST_HZ = 250.0, 3800.0
"""Where vowels are louder than all else. Source: de Jong and Wempe, Behavior Research Methods 41
(2009), find syllables as peaks of intensity; the band keeps out hum and the hiss of s and sh."""

_STEP_S = 0.005
_SMOOTHED = 11
_DIP_DB = 2.0
"""A peak counts where the level falls by this much after it. Source: de Jong and Wempe, 2 dB."""

_FLOOR_DB = 25.0
"""A peak counts where it is within this of the loudest. Source: as above."""


def syllables(text: str) -> int:
    """Counts the syllables of a text: one a Chinese character, and English ones by their vowels.

    English spelling gives about one word in ten a syllable too many or too few.
    """
    count = len(HAN.findall(text))
    for word in _LATIN.findall(HAN.sub(" ", text).casefold()):
        bare = word.replace("'", "").replace("’", "")
        for mute in (_MUTE_ED, _MUTE_ES, _MUTE_E):
            if mute.search(bare):
                bare = mute.sub("", bare)
                break
        count += max(1, len(_VOWELS.findall(bare)))
    return count


def peaks(sound: Samples) -> int:
    """Counts the peaks of loudness in a sound: about one a spoken syllable.

    Source: de Jong and Wempe, Behavior Research Methods 41 (2009).
    """
    step = round(SAMPLE_RATE * _STEP_S)
    if len(sound) < step * _SMOOTHED:
        return 0
    levels = _band_levels(sound, step)
    floor = float(np.quantile(levels, 0.95)) - _FLOOR_DB
    count, rising, extreme = 0, False, float(levels[0])
    for level in levels.tolist():
        if rising:
            extreme = max(extreme, level)
            if extreme - level >= _DIP_DB:
                count, rising, extreme = count + 1, False, level
        else:
            extreme = min(extreme, level)
            if level - extreme >= _DIP_DB and level > floor:
                rising, extreme = True, level
    return count + rising


def _band_levels(sound: Samples, step: int) -> npt.NDArray[np.float64]:
    """Gives the level of the band of the vowels every 5 ms, smoothed over 55 ms, in dB."""
    spectrum = np.fft.rfft(sound.astype(np.float64))
    pitch = np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE)
    spectrum[(pitch < _LOWEST_HZ) | (pitch > _HIGHEST_HZ)] = 0
    band = np.fft.irfft(spectrum, len(sound))
    frames = len(band) // step
    power = (band[: frames * step].reshape(frames, step) ** 2).mean(axis=1)
    window = np.hanning(_SMOOTHED + 2)[1:-1]
    smoothed = np.convolve(power, window / window.sum(), mode="same")
    return np.asarray(10 * np.log10(smoothed + 1e-9))
