"""Loudness inside the program: K-weighted energy of sound in memory, cell by cell.

Quick enough to level every line of a film; the delivered film is measured by `loudness`.

Source: ITU-R BS.1770-5: the two filters (annex 1, tables 1 and 2, for 48 kHz), blocks of 400 ms
that overlap by three quarters, the gates.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

RATE = 48_000
CELL = 4800
"""Samples of a cell: 100 ms, the step of the measuring blocks."""

Sound = npt.NDArray[np.float32]
Energies = npt.NDArray[np.float64]

_SHELF = (
    (1.53512485958697, -2.69169618940638, 1.19839281085285),
    (-1.69065929318241, 0.73248077421585),
)
_HIGH_PASS = ((1.0, -2.0, 1.0), (-1.99004745483398, 0.99007225036621))
_OFFSET = -0.691
_ABSOLUTE_GATE = -70.0
_RELATIVE_GATE = -10.0


def cell_energies(sound: Sound) -> Energies:
    """Gives the K-weighted energy of every 100 ms, the sum of the channels' mean squares.

    Args:
        sound: (samples, 2) or (samples,) float32 at 48 kHz; a last part of a cell counts as if
            silence followed.
    """
    num = -(-len(sound) // CELL)
    # Two channels are one complex signal: the weights are even in frequency, so that the energies
    # of the real and the imaginary part add up.
    signal = np.zeros(num * CELL, np.complex64)
    signal[: len(sound)] = _paired(sound)
    spectrum = np.fft.fft(signal.reshape(num, CELL), axis=1)
    power = spectrum.real**2 + spectrum.imag**2
    return np.asarray((power * _weights()).sum(axis=1, dtype=np.float64) / CELL**2, np.float64)


def integrated(cells: Energies) -> float:
    """Gives the gated loudness in LUFS of cells in order; minus infinity for silence.

    Sound shorter than a block of 400 ms counts as one block of its own length.
    """
    if len(cells) == 0:
        return -math.inf
    width = min(4, len(cells))
    summed = np.concatenate([[0.0], np.cumsum(cells)])
    blocks = (summed[width:] - summed[:-width]) / width
    loud = blocks[blocks > _energy(_ABSOLUTE_GATE)]
    if len(loud) == 0:
        return -math.inf
    kept = loud[loud > loud.mean() * 10 ** (_RELATIVE_GATE / 10)]
    return _OFFSET + 10 * math.log10(float(kept.mean()))


def short_term(cells: Energies, cells_wide: int = 60) -> Energies:
    """Gives the loudness in LUFS around each cell: over six seconds, unless told otherwise.

    Nothing lies under -70 LUFS: silence has that.
    """
    half = cells_wide // 2
    summed = np.concatenate([[0.0], np.cumsum(cells)])
    place = np.arange(len(cells))
    low, high = np.maximum(place - half, 0), np.minimum(place + half, len(cells))
    mean = (summed[high] - summed[low]) / (high - low)
    return np.asarray(_OFFSET + 10 * np.log10(np.maximum(mean, _energy(_ABSOLUTE_GATE))))


def _energy(lufs: float) -> float:
    return float(10 ** ((lufs - _OFFSET) / 10))


def _paired(sound: Sound) -> npt.NDArray[np.complex64]:
    if sound.ndim == 1:
        return sound.astype(np.complex64)
    return np.ascontiguousarray(sound, np.float32).view(np.complex64)[:, 0]


def _weights() -> Sound:
    turn = np.exp(-2j * np.pi * np.abs(np.fft.fftfreq(CELL)))
    gain = np.ones(CELL)
    for (b0, b1, b2), (a1, a2) in (_SHELF, _HIGH_PASS):
        response = (b0 + b1 * turn + b2 * turn**2) / (1 + a1 * turn + a2 * turn**2)
        gain *= np.abs(response) ** 2
    return gain.astype(np.float32)
