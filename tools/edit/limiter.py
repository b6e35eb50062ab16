"""A limiter for true peaks that touches only what is over, and looks ahead.

The work is done in cells of 1 ms: where a cell comes near the ceiling, its true peak is measured;
the gain falls smoothly before a cell that is over and recovers after it.

Source: ITU-R BS.1770-5, annex 2: the true peak is that of the signal oversampled four times.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

CELL = 48
"""Samples of a cell: 1 ms at 48 kHz."""

ATTACK_DB = 0.6
RELEASE_DB = 0.06
"""How fast the gain falls before a peak and recovers after it, in dB a cell.

A peak 3 dB over is met 5 ms ahead and left in 50 ms: quicker than a syllable, slower than a period
of a voice.
"""

Sound = npt.NDArray[np.float32]
Curve = npt.NDArray[np.float32]

_HALF = 12
_SUSPECT = 0.7
"""A sample peak below this share of the ceiling hides no true peak above it in ordinary sound."""


def cell_peaks(sound: Sound) -> Curve:
    """Gives the largest sample of each cell, over both channels.

    Args:
        sound: (samples, 2) float32; the number of samples is a multiple of `CELL`.
    """
    size = np.maximum(np.abs(sound[:, 0]), np.abs(sound[:, 1]))
    return np.asarray(size.reshape(-1, CELL).max(axis=1), np.float32)


def excess_db(sound: Sound, before: Sound, after: Sound, ceiling: float) -> Curve:
    """Gives by how many dB each cell's true peak passes the ceiling; 0 where it does not.

    Args:
        sound: (samples, 2) float32, a multiple of `CELL` long.
        before: the last 12 samples or more ahead of it, (samples, 2).
        after: the first 12 samples or more behind it.
        ceiling: linear, full scale is 1.
    """
    peaks = cell_peaks(sound)
    suspects = np.flatnonzero(peaks > _SUSPECT * ceiling)
    if len(suspects):
        padded = np.concatenate([before[-_HALF:], sound, after[:_HALF]])
        reach = np.arange(CELL + 2 * _HALF)
        window = padded[(suspects * CELL)[:, None] + reach]
        peaks[suspects] = np.maximum(peaks[suspects], _between(window))
    over = np.maximum(peaks / np.float32(ceiling), np.float32(1.0))
    return np.asarray(20 * np.log10(over), np.float32)


def gain_curve(excess: Curve) -> Curve:
    """Gives the gain (linear) at the beginning of every cell, and at the end of the last.

    Within a cell the gain runs in a straight line, and it never passes what the cell needs.
    """
    if not excess.any():
        return np.ones(len(excess) + 1, np.float32)
    edges = np.zeros(len(excess) + 1, np.float64)
    edges[:-1] = excess
    edges[1:] = np.maximum(edges[1:], excess)
    place = np.arange(len(edges))
    falling = np.maximum.accumulate((edges - ATTACK_DB * place)[::-1])[::-1] + ATTACK_DB * place
    rising = np.maximum.accumulate(edges + RELEASE_DB * place) - RELEASE_DB * place
    reduction = np.maximum(np.maximum(falling, rising), 0)
    return np.asarray(10 ** (-reduction / 20), np.float32)


def ramps(edges: Curve, width: int) -> Curve:
    """Joins values at the edges of cells by straight lines: `width` samples a cell."""
    share = np.arange(width, dtype=np.float32) / np.float32(width)
    return np.asarray((edges[:-1, None] + np.diff(edges)[:, None] * share).reshape(-1), np.float32)


def _between(window: Sound) -> Curve:
    """Gives the largest magnitude at the three points between samples, per window."""
    peak = np.zeros(len(window), np.float32)
    taps = np.arange(-_HALF + 1, _HALF + 1)
    for phase in (0.25, 0.5, 0.75):
        kernel = np.sinc(phase - taps) * (0.5 + 0.5 * np.cos(np.pi * (phase - taps) / (_HALF + 1)))
        kernel = (kernel / kernel.sum()).astype(np.float32)
        point = np.zeros((len(window), CELL, 2), np.float32)
        for index, weight in enumerate(kernel):
            point += weight * window[:, index + 1 : index + 1 + CELL]
        peak = np.maximum(peak, np.abs(point).max(axis=(1, 2)))
    return np.asarray(peak, np.float32)
