"""How loud the music is while people speak: a curve of gain, drawn a hundred times a second.

The voice has the room; the music steps back a moment before a line begins, stays back over the
short pauses inside a passage, and comes forward again where nobody speaks.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

STEP = 480
"""Samples between two points of the curve: 10 ms at 48 kHz."""

UNDER_DB = -14.0
"""The music under speech, in LU below the speech.

Source: Torcoli et al., "Background Ducking to Produce Esthetically Pleasing Audio for TV with Clear
Speech" (AES 146, 2019), where differences of 10 to 15 LU are liked.
"""
GAP_DB = -4.0
"""The music where nobody speaks, on the same scale."""
SWELL_DB = -1.5
"""The music in long gaps and after the last line."""

_FALL_DB_S = 32.0
_RISE_DB_S = 9.0
_SWELL_AFTER_S = 3.0
_AHEAD_S = 0.12
_HOLD_S = 0.3
_PAUSE_S = 0.9
_RIDE = 0.5
_MOST_UP_DB, _MOST_DOWN_DB = 4.0, 3.0
_SILENT = 10 ** (-50 / 20)

Curve = npt.NDArray[np.float32]
Activity = npt.NDArray[np.bool_]


def active(lines: Sequence[tuple[int, Curve]], num: int) -> Activity:
    """Says for each step of `num` samples whether somebody speaks.

    Args:
        lines: the first sample of each line on the timeline, and its sound, mono.
        num: the length of the film in samples.
    """
    steps = num // STEP + 2
    speaks = np.zeros(steps, np.bool_)
    for begin, sound in lines:
        first = begin // STEP
        whole = np.zeros((-(-(len(sound) + begin % STEP) // STEP), STEP), np.float32)
        whole.reshape(-1)[begin % STEP : begin % STEP + len(sound)] = sound
        loud = np.sqrt((whole**2).mean(axis=1)) > _SILENT
        room = max(0, steps - first)
        speaks[first : first + len(loud)] |= loud[:room]
    return _joined(speaks, round(_PAUSE_S * 100))


def curve(speaks: Activity) -> Curve:
    """Gives the gain of the music in dB relative to speech, at every step.

    It looks ahead: where a line begins, the music is already down.
    """
    steps = len(speaks)
    target = np.full(steps, GAP_DB)
    for begin, end in _runs(~speaks):
        if (end - begin) / 100 >= _SWELL_AFTER_S:
            # A gap between two lines swells once it is under way; the last one to the end.
            target[begin:end] = SWELL_DB
    widened = speaks.copy()
    for begin, end in _runs(speaks):
        widened[max(0, begin - round(_AHEAD_S * 100)) : end + round(_HOLD_S * 100)] = True
    target[widened] = UNDER_DB
    place = np.arange(steps) / 100
    before = np.minimum.accumulate((target + _FALL_DB_S * place)[::-1])[::-1] - _FALL_DB_S * place
    after = np.minimum.accumulate(target - _RISE_DB_S * place) + _RISE_DB_S * place
    drawn = np.minimum(before, after)
    # Corners in a curve of gain are heard as a nudge: round them over 90 ms.
    window = np.hanning(11)[1:-1]
    padded = np.pad(drawn, len(window) // 2, mode="edge")
    return np.convolve(padded, window / window.sum(), mode="valid").astype(np.float32)


def ridden(short_term: npt.NDArray[np.float64], loud: float, steps: int) -> Curve:
    """Rides the fader: gives the gain in dB that halves the music's own swings, at every step.

    A passage that the composer wrote softly is still heard under speech, and a loud one does not
    crowd it.

    Args:
        short_term: the loudness of the music around every 100 ms, in LUFS.
        loud: the loudness of all of it.
        steps: how many points the curve has.
    """
    wanted = np.clip(_RIDE * (loud - short_term), -_MOST_DOWN_DB, _MOST_UP_DB)
    # A point of the loudness stands for the middle of its 100 ms.
    place = np.arange(steps) / 10 - 0.5
    return np.interp(place, np.arange(len(wanted)), wanted).astype(np.float32)


def _joined(speaks: Activity, pause: int) -> Activity:
    """Closes pauses between spoken stretches that are too short for the music to come forward."""
    joined = speaks.copy()
    for begin, end in _runs(~speaks):
        if begin > 0 and end < len(speaks) and end - begin < pause:
            joined[begin:end] = True
    return joined


def _runs(flags: Activity) -> list[tuple[int, int]]:
    """Gives the first and the one-past-last index of every stretch of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
