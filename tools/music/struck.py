"""Instruments that are struck or plucked, as sums of ringing modes.

A string, a bar or a skin rings in modes that each die away exponentially; one engine, `ring`,
sounds them all. Every function gives mono float32 at 48 kHz, with its peak near the velocity.

Source: Fletcher and Rossing, The Physics of Musical Instruments (2nd ed., 1998): plucked strings
(ch. 2 and 9: a pluck at the share p of the length excites mode k as sin(pi k p) / k, stiffness
raises it by sqrt(1 + B k^2)), bars (ch. 2.9), bells (ch. 21) and membranes (ch. 3).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

RATE = 48_000
"""Samples a second of all music."""

Sound = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.float64]

_COLUMNS = 512
_LIMIT_HZ = 11_000.0


def hertz(pitch: float) -> float:
    """Gives the frequency of a MIDI number."""
    return float(440.0 * 2.0 ** ((pitch - 69.0) / 12.0))


def ring(freqs: Numbers, amps: Numbers, decays_s: Numbers, seconds: float) -> Sound:
    """Sums modes that start as sines and die away, `seconds` long.

    The rotation of a mode over n = 512 i + j samples is a product of two short tables, which costs
    two multiplications a sample instead of a sine and an exponential.

    Args:
        freqs: frequencies in Hz; modes above 11 kHz are left out.
        amps: amplitude of each mode.
        decays_s: the time in which each mode falls to 1/e.
        seconds: the length of the sound.
    """
    heard = (freqs < _LIMIT_HZ) & (np.abs(amps) > 1e-5)
    freqs, amps, decays_s = freqs[heard], amps[heard], decays_s[heard]
    num = int(seconds * RATE)
    rows = -(-num // _COLUMNS)
    out = np.zeros((rows, _COLUMNS), np.float32)
    per_sample = -1.0 / (decays_s * RATE) + 2j * np.pi * freqs / RATE
    fine = np.exp(np.outer(per_sample, np.arange(_COLUMNS)))
    # A mode is followed down to -80 dB (9.2 time constants) and no further.
    lasts = np.minimum(rows, np.ceil(9.2 * decays_s * RATE / _COLUMNS).astype(int))
    for mode, last in enumerate(lasts):
        coarse = amps[mode] * np.exp(per_sample[mode] * _COLUMNS * np.arange(last))
        out[:last] += coarse.real.astype(np.float32)[:, None] * fine[mode].imag.astype(np.float32)
        out[:last] += coarse.imag.astype(np.float32)[:, None] * fine[mode].real.astype(np.float32)
    sound = out.reshape(-1)[:num]
    fade = min(num, int(0.05 * RATE))
    if fade:
        sound[num - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)
    return sound


@dataclass(frozen=True, slots=True, kw_only=True)
class StringMake:
    """How a string instrument is built."""

    pluck: float
    """Where the string is plucked, as a share of its length."""
    softness: float
    """How fast the finger or hammer damps high modes, per kHz, at medium strength."""
    decay_s: float
    """Decay of the fundamental at 220 Hz."""
    loss: float
    """How much sooner high modes die: per second and kHz squared."""
    stiffness: float
    body_hz: tuple[float, ...]
    """Resonances of the body, which lift the modes near them."""
    noise: float
    """How loud the nail, plectrum or felt is."""
    noise_hz: float
    attack_s: float
    ring_s: float


GUZHENG = StringMake(
    pluck=0.13, softness=0.45, decay_s=1.5, loss=0.5, stiffness=4e-5,
    body_hz=(190, 420, 850), noise=0.05, noise_hz=2600, attack_s=0.0015, ring_s=4.0,
)  # fmt: skip
PIPA = StringMake(
    pluck=0.09, softness=0.32, decay_s=0.42, loss=0.9, stiffness=6e-5,
    body_hz=(450, 620, 1400), noise=0.09, noise_hz=3200, attack_s=0.001, ring_s=1.6,
)  # fmt: skip
PIANO = StringMake(
    pluck=0.12, softness=0.75, decay_s=1.9, loss=0.8, stiffness=3e-4,
    body_hz=(110, 260), noise=0.03, noise_hz=500, attack_s=0.006, ring_s=4.5,
)  # fmt: skip
BASS = StringMake(
    pluck=0.3, softness=3.2, decay_s=0.9, loss=2.0, stiffness=2e-5,
    body_hz=(90, 180), noise=0.015, noise_hz=400, attack_s=0.008, ring_s=2.2,
)  # fmt: skip


def string(make: StringMake, pitch: int, velocity: float, rng: np.random.Generator) -> Sound:
    """Sounds one string; a harder pluck is brighter, a higher string shorter."""
    f0 = hertz(pitch)
    k = np.arange(1, 1 + max(1, min(30, int(_LIMIT_HZ / f0))), dtype=np.float64)
    freqs = k * f0 * np.sqrt(1 + make.stiffness * k * k)
    amps = np.sin(np.pi * k * make.pluck) / k
    amps *= np.exp(-make.softness * (1.8 - 1.4 * velocity) * (freqs - f0) / 1000)
    for body in make.body_hz:
        amps *= 1 + 0.8 * np.exp(-((np.log2(freqs / body) / 0.35) ** 2))
    amps *= 1 + 0.12 * rng.standard_normal(len(k))
    held = make.decay_s * (220 / f0) ** 0.45
    decays = 1 / (1 / held + make.loss * (freqs / 1000) ** 2)
    # The string also swings across the bridge, a little out of tune and shorter: two-stage decay.
    low = k <= 8
    freqs = np.concatenate([freqs, freqs[low] * 1.0007 + 0.15])
    amps = np.concatenate([amps, 0.5 * amps[low]])
    decays = np.concatenate([decays, 0.35 * decays[low]])
    sound = ring(freqs, amps, decays, min(make.ring_s, 5.5 * held + 0.2))
    sound *= _attack(len(sound), make.attack_s)
    sound *= velocity / max(1e-6, float(np.abs(sound).max()))
    tap = _burst(rng, 0.03, make.noise_hz, 0.006) * (make.noise * velocity)
    sound[: len(tap)] += tap[: len(sound)]
    return sound


def bent(sound: Sound, semitones: float, over_s: float, trill_hz: float, depth: float) -> Sound:
    """Pulls a plucked string to its pitch from `semitones` away, then sways it (按滑吟揉)."""
    time = np.arange(len(sound)) / RATE
    pull = semitones * np.exp(-((time / over_s) ** 2) * 2.0)
    sway = depth * np.sin(2 * np.pi * trill_hz * time) * np.clip((time - 0.25) / 0.4, 0, 1)
    speed = 2.0 ** ((pull + sway) / 12)
    read = np.cumsum(speed) - speed[0]
    bent = np.interp(read, np.arange(len(sound)), sound, right=0.0)
    return np.asarray(bent, np.float32)


def bell(pitch: int, velocity: float) -> Sound:
    """Strikes a small bell (磬): a clear note with quiet inharmonic partials."""
    f0 = hertz(pitch)
    freqs = f0 * np.array([1.0, 1.002, 2.0, 2.76, 4.1, 5.4])
    amps = np.array([1.0, 0.4, 0.22, 0.3, 0.12, 0.06]) * np.array([1, 1, 1, 1, velocity, velocity])
    decays = np.array([1.5, 1.3, 0.8, 0.5, 0.25, 0.15]) * (880 / f0) ** 0.4
    sound = ring(freqs, amps, decays, 4.5)
    sound *= _attack(len(sound), 0.002)
    return np.asarray(sound * (velocity / np.abs(sound).max()), np.float32)


def celesta(pitch: int, velocity: float) -> Sound:
    """Strikes a steel bar over a box: round, short, sweet."""
    f0 = hertz(pitch)
    freqs = f0 * np.array([1.0, 2.0, 3.0, 4.0, 6.3])
    amps = np.array([1.0, 0.16, 0.07, 0.2 * velocity, 0.05 * velocity])
    decays = np.array([0.9, 0.5, 0.3, 0.18, 0.08]) * (523 / f0) ** 0.3
    sound = ring(freqs, amps, decays, 2.8)
    sound *= _attack(len(sound), 0.003)
    return np.asarray(sound * (velocity / np.abs(sound).max()), np.float32)


def woodblock(pitch: int, velocity: float) -> Sound:
    """Knocks a wooden fish (木鱼)."""
    f0 = hertz(pitch)
    freqs, amps = f0 * np.array([1.0, 2.42, 3.9]), np.array([1.0, 0.35, 0.12])
    sound = ring(freqs, amps, np.array([0.035, 0.02, 0.01]), 0.3)
    return np.asarray(sound * (velocity / np.abs(sound).max()), np.float32)


def drum(pitch: int, velocity: float, rng: np.random.Generator, *, length_s: float) -> Sound:
    """Beats a skin: its pitch falls a little, high modes die at once, the stick is heard.

    Args:
        pitch: the MIDI number of the lowest mode.
        velocity: strength, 0 to 1.
        rng: decides the noise of the stick.
        length_s: the decay of the lowest mode.
    """
    f0 = hertz(pitch)
    freqs = f0 * np.array([1.0, 1.59, 2.14, 2.65, 3.16])
    amps = np.array([1.0, 0.4, 0.25, 0.14, 0.08]) * np.array([1, 1, *[0.4 + velocity] * 3])
    decays = length_s * np.array([1.0, 0.5, 0.35, 0.25, 0.2])
    sound = ring(freqs, amps, decays, 5 * length_s)
    sound = bent(sound, 3.0 * velocity, 0.07, 0.0, 0.0) * _attack(len(sound), 0.002)
    stick = _burst(rng, 0.06, 900.0, 0.012)
    sound[: len(stick)] += 0.22 * velocity * stick[: len(sound)]
    return np.asarray(sound * (velocity / np.abs(sound).max()), np.float32)


def shaker(velocity: float, rng: np.random.Generator) -> Sound:
    """Shakes seeds in a gourd, softly."""
    sound = _burst(rng, 0.12, 5200.0, 0.028)
    sound *= _attack(len(sound), 0.012)
    return np.asarray(sound * (velocity / np.abs(sound).max()), np.float32)


def _attack(num: int, seconds: float) -> Sound:
    """Gives a gain that rises smoothly from 0 to 1 in `seconds`."""
    rise = int(seconds * RATE)
    gain = np.ones(num, np.float32)
    gain[:rise] = 0.5 - 0.5 * np.cos(np.pi * np.arange(rise) / rise)[:num]
    return gain


def _burst(rng: np.random.Generator, seconds: float, centre_hz: float, decay_s: float) -> Sound:
    """Gives a short burst of noise around a frequency, about 1 at its peak."""
    num = int(seconds * RATE)
    spectrum = np.fft.rfft(rng.standard_normal(num))
    freqs = np.fft.rfftfreq(num, 1 / RATE)
    spectrum *= np.exp(-((np.log2(np.maximum(freqs, 1.0) / centre_hz) / 0.8) ** 2))
    noise = np.fft.irfft(spectrum, num) * np.exp(-np.arange(num) / (decay_s * RATE))
    noise *= np.minimum(1.0, np.arange(num, 0, -1) / (0.2 * num))
    return np.asarray(noise / np.abs(noise).max(), np.float32)
