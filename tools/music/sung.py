"""Instruments that hold a tone: bowed strings, a bamboo flute, pads.

A line is one stream of sound whose pitch glides between notes and sways, read from a table of one
period; the instrument's body is a filter after it, so that vibrato moves the harmonics through the
body's resonances and the tone shimmers as it does in wood. Mono (pads: stereo) float32 at 48 kHz.

Source: Fletcher and Rossing, The Physics of Musical Instruments (2nd ed., 1998), ch. 10 (bowed
strings move like a sawtooth) and ch. 16 (flutes: few harmonics, breath noise around them).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nightshoot.tools.music.notes import Line, Note
from nightshoot.tools.music.struck import RATE, Numbers, Sound, hertz

_TABLE = 2048
_CONTROL = 48
"""Pitch and loudness are drawn every 48 samples (1 ms) and joined by straight lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """How an instrument that holds its tone sounds."""

    harmonics: tuple[float, ...]
    """Amplitudes of the harmonics, where given by hand; empty for a bowed sawtooth."""
    tilt: float
    """How fast the harmonics of a bowed string fall: 1 is a sawtooth."""
    body: tuple[tuple[float, float, float], ...]
    """Resonances: centre in Hz, gain, width in octaves."""
    floor: float
    """What the body lets through away from its resonances."""
    top_hz: float
    vibrato_hz: float
    vibrato: float
    """Depth in semitones when fully swayed."""
    glide_s: float
    attack_s: float
    release_s: float
    noise: float
    noise_hz: float


ERHU = Maker(
    harmonics=(), tilt=1.15, body=((520, 1.0, 0.6), (1150, 0.7, 0.5), (2500, 0.3, 0.5)), floor=0.32,
    top_hz=5200, vibrato_hz=5.6, vibrato=0.28, glide_s=0.09, attack_s=0.11, release_s=0.16,
    noise=0.012, noise_hz=2800,
)  # fmt: skip
STRINGS = Maker(
    harmonics=(), tilt=1.2, body=((280, 1.0, 0.8), (560, 0.8, 0.7), (1500, 0.3, 0.6)), floor=0.3,
    top_hz=4200, vibrato_hz=5.1, vibrato=0.2, glide_s=0.06, attack_s=0.2, release_s=0.3,
    noise=0.006, noise_hz=2200,
)  # fmt: skip
XIAO = Maker(
    harmonics=(1.0, 0.2, 0.24, 0.05, 0.06, 0.02), tilt=0.0, body=((700, 0.4, 1.2),), floor=0.8,
    top_hz=5000, vibrato_hz=4.7, vibrato=0.2, glide_s=0.035, attack_s=0.09, release_s=0.14,
    noise=0.055, noise_hz=1300,
)  # fmt: skip


def sing(maker: Maker, line: Line, rng: np.random.Generator) -> Sound:
    """Plays a line in one bow or breath; the sound starts with its first note."""
    notes = line.notes
    begin = notes[0].start_s
    end = notes[-1].start_s + notes[-1].length_s - begin
    steps = int((end + maker.release_s + 0.05) * RATE / _CONTROL) + 1
    time = np.arange(steps) * _CONTROL / RATE
    pitch, loud = _pitch(maker, notes, time, rng), _loudness(maker, notes, time)
    sample = np.arange(steps * _CONTROL, dtype=np.float64) / _CONTROL
    control = np.arange(steps)
    freq = np.interp(sample, control, 440.0 * 2.0 ** ((pitch - 69) / 12))
    gain = np.interp(sample, control, loud).astype(np.float32)
    highest = float(freq.max())
    phase = np.cumsum(freq / RATE)
    tone = _read(_period(maker, highest), phase) * gain
    # What is played louder is brighter: the harmonics above the fundamental grow faster than it.
    tone = (
        tone * (0.55 + 0.45 * gain) + _read(_period(maker, highest, plain=True), phase) * gain * 0.2
    )
    noise = rng.standard_normal(len(tone)).astype(np.float32) * gain
    return _through_body(maker, tone, noise, float(np.median(freq)))


def pad(
    pitch: int, length_s: float, velocity: float, rng: np.random.Generator, *, warm: bool
) -> tuple[Sound, Sound]:
    """Holds one note of a soft chord: a left and a right voice, slowly beating.

    Args:
        pitch: the MIDI number.
        length_s: how long it is held; it swells before and fades after that.
        velocity: strength, 0 to 1.
        rng: decides phases and the pace of the beating.
        warm: fewer high harmonics and a faster swell.
    """
    swell, fade = (0.9, 1.4) if warm else (1.5, 2.0)
    num = int((length_s + fade) * RATE)
    time = np.arange(0, num + _CONTROL, _CONTROL) / RATE
    rise = np.clip(time / min(swell, max(0.3, length_s)), 0, 1)
    fall = np.clip((length_s + fade - time) / fade, 0, 1)
    shape = (rise * rise * (3 - 2 * rise)) * (fall * fall * (3 - 2 * fall))
    k = np.arange(1, max(2, min(10, int(3200 / hertz(pitch)))))
    partials = np.exp(-(k - 1) * (0.85 if warm else 0.6)) / k**0.3
    table = np.zeros(_TABLE)
    for number, amp in zip(k, partials, strict=True):
        table += amp * np.sin(2 * np.pi * (number * np.arange(_TABLE) / _TABLE + rng.random()))
    table = (table / np.abs(table).max()).astype(np.float32)
    sides = []
    for detune in (-0.045, 0.045):
        sway = 1 + 0.2 * np.sin(2 * np.pi * (rng.uniform(0.1, 0.25) * time + rng.random()))
        gain = np.interp(np.arange(num) / _CONTROL, np.arange(len(time)), shape * sway * velocity)
        phase = np.arange(num, dtype=np.float64) * (hertz(pitch + detune) / RATE) + rng.random()
        sides.append(_read(table, phase) * gain.astype(np.float32))
    left, right = sides
    return 0.8 * left + 0.35 * right, 0.8 * right + 0.35 * left


def _pitch(
    maker: Maker, notes: tuple[Note, ...], time: Numbers, rng: np.random.Generator
) -> Numbers:
    """Draws the pitch: notes joined by glides, vibrato that wakes in long notes, a slight drift."""
    pitch = np.full(len(time), float(notes[0].pitch))
    sway = np.zeros(len(time))
    begin = notes[0].start_s
    pitch -= 0.35 * np.exp(-time / 0.035)
    for before, note in zip((None, *notes[:-1]), notes, strict=True):
        at = note.start_s - begin
        since = time - at
        if before is not None:
            move = np.clip(since / maker.glide_s + 0.5, 0, 1)
            pitch += (note.pitch - before.pitch) * move * move * (3 - 2 * move)
        held = (since >= 0) & (since < note.length_s + maker.release_s)
        wakes = np.clip((since - 0.22) / 0.45, 0, 1)
        sway = np.where(held, wakes * (0.6 + 0.6 * note.velocity), sway)
    rate = maker.vibrato_hz * (1 + 0.05 * np.sin(2 * np.pi * (0.31 * time + rng.random())))
    turning = 2 * np.pi * np.cumsum(rate) * _CONTROL / RATE
    drift = 0.03 * np.sin(2 * np.pi * (0.43 * time + rng.random()))
    return np.asarray(pitch + maker.vibrato * sway * np.sin(turning) + drift, np.float64)


def _loudness(maker: Maker, notes: tuple[Note, ...], time: Numbers) -> Numbers:
    """Draws the loudness: each note swells and leans back, the line ends softly."""
    loud = np.zeros(len(time))
    begin = notes[0].start_s
    for index, note in enumerate(notes):
        since = time - (note.start_s - begin)
        rise = np.clip(since / (maker.attack_s if index == 0 else 0.05), 0, 1)
        arch = 0.82 + 0.18 * np.sin(np.pi * np.clip(since / max(note.length_s, 0.2), 0, 1))
        inside = since >= 0
        level = note.velocity * arch
        floor = 0.0 if index == 0 else 0.72 * float(notes[index - 1].velocity)
        loud = np.where(inside, floor + (level - floor) * rise * rise * (3 - 2 * rise), loud)
    over = time - (notes[-1].start_s + notes[-1].length_s - begin)
    fall = np.clip(1 - over / maker.release_s, 0, 1)
    return np.asarray(loud * fall * fall * (3 - 2 * fall), np.float64)


def _period(maker: Maker, highest_hz: float, *, plain: bool = False) -> Sound:
    """Draws one period of the tone, without harmonics that could fold back or sting."""
    if plain:
        amps = np.ones(1)
    else:
        k = np.arange(1, max(2, min(40, int(min(maker.top_hz * 1.6, 16_000) / highest_hz) + 1)))
        given = np.array(maker.harmonics[: len(k)]) if maker.harmonics else 1.0 / k**maker.tilt
        amps = given / (1 + (k[: len(given)] * highest_hz / maker.top_hz) ** 4)
    turn = 2 * np.pi * np.arange(_TABLE) / _TABLE
    table = np.zeros(_TABLE)
    for number, amp in enumerate(amps, start=1):
        table += amp * np.sin(number * turn)
    return np.asarray(table / np.abs(table).max(), np.float32)


def _read(table: Sound, phase: Numbers) -> Sound:
    """Reads a table at phases in turns, between its points by straight lines."""
    place = (phase % 1.0) * _TABLE
    index = place.astype(np.int32)
    share = (place - index).astype(np.float32)
    looped = np.append(table, table[:1])
    index %= _TABLE
    return np.asarray(looped[index] * (1 - share) + looped[index + 1] * share, np.float32)


def _through_body(maker: Maker, tone: Sound, noise: Sound, pitch_hz: float) -> Sound:
    """Adds breath or bow noise and sends the tone through the body's resonances."""
    size = _good_size(len(tone) + 2048)
    freqs = np.fft.rfftfreq(size, 1 / RATE)
    octaves = np.log2(np.maximum(freqs, 20.0))
    body = np.full(len(freqs), maker.floor)
    for centre, gain, width in maker.body:
        body += gain * np.exp(-(((octaves - np.log2(centre)) / width) ** 2))
    body *= 1 / (1 + (50.0 / np.maximum(freqs, 1.0)) ** 4)
    hiss = np.exp(-(((octaves - np.log2(maker.noise_hz)) / 1.1) ** 2))
    hiss += 1.5 * np.exp(-(((octaves - np.log2(2 * pitch_hz)) / 0.3) ** 2))
    spectrum = np.fft.rfft(tone, size) * body.astype(np.float32)
    spectrum += np.fft.rfft(noise, size) * (maker.noise * hiss).astype(np.float32)
    out = np.fft.irfft(spectrum, size)[: len(tone)].astype(np.float32)
    fade = int(0.02 * RATE)
    out[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32)
    return out


def _good_size(num: int) -> int:
    """Gives a length, at least `num`, whose FFT is quick."""
    size = 1 << max(0, num - 1).bit_length()
    return next((part for part in (size * 5 // 8, size * 3 // 4) if part >= num), size)
