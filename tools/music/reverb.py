"""A room for the music: convolution with the synthesised impulse of a hall, block by block.

Source: an impulse of noise that decays exponentially, faster at high frequencies, is the model of
late reverberation of Moorer, "About This Reverberation Business" (Computer Music Journal 3(2),
1979).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nightshoot.tools.music.struck import RATE, Sound

BLOCK = 1 << 17
"""Samples that go through the room at a time: 2.7 s."""

_BANDS = ((120.0, 1.9), (500.0, 1.75), (2000.0, 1.25), (6000.0, 0.7), (12_000.0, 0.35))
"""Centre in Hz and reverberation time (to -60 dB) in seconds: a wooden hall of middle size."""

_PREDELAY_S = 0.022
_LENGTH_S = 2.4
_CROSS = 0.35

Spectrum = npt.NDArray[np.complex64]


def impulse() -> Sound:
    """Gives the impulse response of the hall: (2, samples), decorrelated left and right.

    Its energy is 1 on each side, so that the room does not change the level of what it is sent.
    """
    rng = np.random.default_rng(1979)
    num = int(_LENGTH_S * RATE)
    time = np.arange(num) / RATE
    freqs = np.fft.rfftfreq(num, 1 / RATE)
    octaves = np.log2(np.maximum(freqs, 20.0))
    sides = []
    for _ in range(2):
        side = np.zeros(num)
        for centre, t60 in _BANDS:
            spectrum = np.fft.rfft(rng.standard_normal(num))
            spectrum *= np.exp(-(((octaves - np.log2(centre)) / 1.1) ** 2))
            spectrum *= freqs > 60
            band = np.fft.irfft(spectrum, num) * np.exp(-6.91 * time / t60)
            side += band / np.sqrt((band**2).sum()) * (0.6 if centre > 5000 else 1.0)
        # The first reflections arrive thinly, and the tail must reach nothing by its end.
        side *= np.minimum(1.0, time / 0.012) * np.minimum(1.0, (_LENGTH_S - time) / 0.4)
        side /= np.sqrt((side**2).sum())
        sides.append(np.concatenate([np.zeros(int(_PREDELAY_S * RATE)), side]))
    left, right = sides
    # A share of each side in the other keeps the hall wide but sound in mono.
    both = np.stack([left + _CROSS * right, right + _CROSS * left])
    return np.asarray(both / np.sqrt(1 + _CROSS**2), np.float32)


class Reverb:
    """Sends blocks through the hall, one after another; remembers the tail between them."""

    def __init__(self) -> None:
        response = impulse()
        self._size = 2 * BLOCK
        self._response: Spectrum = np.fft.rfft(response, self._size, axis=1).astype(np.complex64)
        self._tail = np.zeros((2, BLOCK), np.float32)

    def __call__(self, sent: Sound) -> Sound:
        """Gives the wet sound (2, BLOCK) of a mono block of exactly BLOCK samples."""
        spectrum = np.fft.rfft(sent, self._size)
        wet = np.fft.irfft(self._response * spectrum, self._size, axis=1).astype(np.float32)
        out = wet[:, :BLOCK] + self._tail
        self._tail = wet[:, BLOCK:]
        return np.asarray(out, np.float32)
