"""The band: who sits where, how loud, how far from the listener; and their notes, played once.

The same string plucked again sounds the same, so a struck note is made once for each of five
strengths and two ways of striking, and kept. A film of any length needs a few dozen megabytes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nightshoot.tools.music import struck, sung
from nightshoot.tools.music.notes import Event, Line, Note, Player
from nightshoot.tools.music.struck import Sound

_STRENGTHS = 5
_MOST_KEPT = 160


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a player sits in the hall."""

    gain: float
    pan: float
    """From -1 (left) to 1 (right)."""
    room: float
    """How much of the sound goes to the hall."""


# Set so that pieces of every mood measure -20 to -16 LUFS with peaks under 0.9 of full scale, and
# so that drums and basses leave at least half of the energy of a loud piece above 100 Hz.
SEATS: dict[Player, Seat] = {
    Player.GUZHENG: Seat(0.34, -0.22, 0.30),
    Player.PIPA: Seat(0.32, 0.26, 0.26),
    Player.PIANO: Seat(0.32, -0.1, 0.30),
    Player.CELESTA: Seat(0.20, 0.28, 0.45),
    Player.BASS: Seat(0.23, 0.0, 0.06),
    Player.BELL: Seat(0.25, 0.35, 0.7),
    Player.WOODBLOCK: Seat(0.10, 0.4, 0.35),
    Player.DRUM: Seat(0.32, -0.05, 0.35),
    Player.PULSE: Seat(0.36, 0.0, 0.12),
    Player.SHAKER: Seat(0.045, -0.42, 0.2),
    Player.ERHU: Seat(0.20, 0.12, 0.42),
    Player.XIAO: Seat(0.17, -0.14, 0.5),
    Player.STRINGS: Seat(0.085, 0.05, 0.45),
    Player.PAD: Seat(0.07, 0.0, 0.35),
    Player.WARM_PAD: Seat(0.06, 0.0, 0.3),
}

_STRINGS = {
    Player.GUZHENG: struck.GUZHENG,
    Player.PIPA: struck.PIPA,
    Player.PIANO: struck.PIANO,
    Player.BASS: struck.BASS,
}
_SINGERS = {Player.ERHU: sung.ERHU, Player.XIAO: sung.XIAO, Player.STRINGS: sung.STRINGS}

SUNG = frozenset(_SINGERS)
"""The players who join notes into lines."""


class Band:
    """Plays events; the same seed and the same events in the same order give the same sound."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._kept: dict[tuple[Player, int, int, int, int], Sound] = {}
        self._played = 0

    def play(self, event: Event) -> tuple[Sound, float]:
        """Plays one event.

        Returns:
            The sound, (2, samples) float32 with gain and place applied, and the share of it that
            goes to the hall.
        """
        self._played += 1
        seat = SEATS[event.player]
        if isinstance(event, Line):
            mono = sung.sing(_SINGERS[event.player], event, self._rng(self._played))
            return _placed(mono, seat.gain * event.notes[0].gain, seat.pan), seat.room
        if event.player in (Player.PAD, Player.WARM_PAD):
            warm = event.player is Player.WARM_PAD
            rng = self._rng(self._played)
            left, right = sung.pad(event.pitch, event.length_s, event.velocity, rng, warm=warm)
            return np.stack([left, right]) * np.float32(seat.gain * event.gain), seat.room
        # Low strings lie on one side of a long instrument and high ones on the other.
        pan = seat.pan + (event.pitch - 62) / 90 if event.player in _STRINGS else seat.pan
        pan = min(0.8, max(-0.8, pan))
        return _placed(self._struck(event), seat.gain * event.gain, pan), seat.room

    def _rng(self, *key: int) -> np.random.Generator:
        return np.random.default_rng([self._seed, *key])

    def _struck(self, note: Note) -> Sound:
        level = max(1, min(_STRENGTHS, round(note.velocity * _STRENGTHS)))
        key = (note.player, note.pitch, level, self._played % 2, note.bend)
        if key not in self._kept:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[key] = self._sounded(note, level / _STRENGTHS, key[3])
        sound = self._kept[key] * np.float32(note.velocity * _STRENGTHS / level)
        return _damped(sound, note)

    def _sounded(self, note: Note, velocity: float, way: int) -> Sound:
        rng = self._rng(1_000_000 + note.pitch, list(Player).index(note.player), way)
        match note.player:
            case Player.BELL:
                sound = struck.bell(note.pitch, velocity)
            case Player.CELESTA:
                sound = struck.celesta(note.pitch, velocity)
            case Player.WOODBLOCK:
                sound = struck.woodblock(note.pitch + 2 * way, velocity)
            case Player.SHAKER:
                sound = struck.shaker(velocity, rng)
            case Player.DRUM:
                sound = struck.drum(note.pitch, velocity, rng, length_s=0.34)
            case Player.PULSE:
                sound = struck.drum(note.pitch, velocity, rng, length_s=0.16)
            case _:
                sound = struck.string(_STRINGS[note.player], note.pitch, velocity, rng)
                if note.bend:
                    sound = struck.bent(sound, note.bend, 0.16, 5.2, 0.16)
        return sound


def _damped(sound: Sound, note: Note) -> Sound:
    """Stops a bass string when its note ends; other strings ring on."""
    if note.player is not Player.BASS:
        return sound
    num = int((note.length_s + 0.08) * struck.RATE)
    fade = int(0.07 * struck.RATE)
    if num >= len(sound):
        return sound
    short = sound[:num].copy()
    short[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32)
    return short


def _placed(mono: Sound, gain: float, pan: float) -> Sound:
    """Places a mono sound between the loudspeakers at constant power."""
    angle = (pan + 1) * np.pi / 4
    sides = np.array([[np.cos(angle)], [np.sin(angle)]]) * gain * np.sqrt(2)
    return np.asarray(mono * sides.astype(np.float32), np.float32)
