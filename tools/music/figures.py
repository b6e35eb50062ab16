"""What accompanies a bar: broken chords, drums, bass, runs. In beats of the bar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from nightshoot.tools.music.manners import Beat, Figure
from nightshoot.tools.music.notes import Player
from nightshoot.tools.music.theory import Chord, Scale


@dataclass(frozen=True, slots=True)
class Hit:
    """A note of the accompaniment: when in the bar, which pitch, how strong (1 is usual)."""

    at: float
    pitch: int
    accent: float
    beats: float = 1.0


def figure(
    kind: Figure, chord: Chord, tonic: int, energy: float, *, bar: int, rng: Random
) -> list[Hit]:
    """Gives the accompaniment of one bar.

    Args:
        kind: which figure.
        chord: the harmony of the bar.
        tonic: MIDI number of the tonic of the film.
        energy: 0 to 1; more of it is denser.
        bar: the number of the bar, for figures that change from bar to bar.
        rng: decides small changes.
    """
    return _FIGURES[kind](ladder(chord, tonic), energy, bar, rng)


def _flow(tones: list[int], energy: float, bar: int, rng: Random) -> list[Hit]:
    del bar
    order = rng.choice(_WAVES)
    return [
        Hit(step / 2, tones[order[step]], 1.0 if step in (0, 4) else 0.72)
        for step in range(0, 8, 1 if energy > 0.36 else 2)
        if step == 0 or rng.random() > 0.08
    ]


def _drops(tones: list[int], energy: float, bar: int, rng: Random) -> list[Hit]:
    hits = [
        Hit(0, tones[0], 1.0, 4),
        Hit(0.08, tones[1], 0.7, 4),
        Hit(2, rng.choice(tones[2:5]), 0.6, 2),
    ]
    if energy > 0.3 or bar % 2:
        hits.append(Hit(rng.choice((1.0, 2.5, 3.0)), rng.choice(tones[2:5]), 0.5))
    return hits


def _roll(tones: list[int], energy: float, bar: int, rng: Random) -> list[Hit]:
    del bar, rng
    hits = [Hit(0.06 * step, pitch, 0.95 - 0.08 * step, 3) for step, pitch in enumerate(tones[:4])]
    echo = [Hit(2 + 0.5 * step, tones[3 - step], 0.6) for step in range(3)]
    return hits + (echo if energy > 0.3 else echo[:1])


def _drive(tones: list[int], energy: float, bar: int, rng: Random) -> list[Hit]:
    del bar, rng
    grid = 0.5 if energy < 0.6 else 0.25
    hits = []
    for step in range(int(4 / grid)):
        at = step * grid
        strong = at in (0.0, 1.5, 3.0)
        pitch = tones[1] if strong and at else tones[0]
        hits.append(Hit(at, pitch, 0.82 if strong else 0.36 + 0.1 * (step % 2 == 0), 0.4))
    return hits


def _skip(tones: list[int], energy: float, bar: int, rng: Random) -> list[Hit]:
    del energy, bar, rng
    hits = [Hit(0, tones[0], 1.0), Hit(2, tones[1], 0.85)]
    for at in (0.5, 1.5, 2.5, 3.5):
        hits += [Hit(at + 0.01 * voice, tones[2 + voice], 0.5, 0.4) for voice in range(2)]
    return hits


def _shiver(tones: list[int], energy: float, bar: int, rng: Random) -> list[Hit]:
    del energy, rng
    pitch = tones[1] if bar % 2 else tones[0]
    begin = 0.0 if bar % 4 == 3 else 2.0
    span = int((4 - begin) * 6)
    return [Hit(begin + step / 6, pitch, 0.2 + 0.5 * step / span, 0.16) for step in range(span)]


def _murmur(tones: list[int], energy: float, bar: int, rng: Random) -> list[Hit]:
    del energy, bar, rng
    rise = [*tones[1:5], tones[3], tones[2]]
    return [Hit(index * 2 / 3, pitch, 0.8 - 0.06 * index) for index, pitch in enumerate(rise)]


_WAVES = ((0, 1, 2, 3, 4, 3, 2, 1), (0, 1, 2, 4, 3, 4, 2, 1), (0, 2, 1, 3, 4, 2, 3, 1))
"""Orders in which a broken chord of five tones is played."""

_FIGURES: dict[Figure, Callable[[list[int], float, int, Random], list[Hit]]] = {
    Figure.FLOW: _flow,
    Figure.DROPS: _drops,
    Figure.ROLL: _roll,
    Figure.DRIVE: _drive,
    Figure.SKIP: _skip,
    Figure.SHIVER: _shiver,
    Figure.MURMUR: _murmur,
}


def ladder(chord: Chord, tonic: int) -> list[int]:
    """Spreads a chord for an accompanist: root, fifth, octave and two close tones above.

    It reaches no more than two octaves above the tonic's, so that the melody stays on top.
    """
    root = tonic + chord.root
    while root > tonic + 5:
        root -= 12
    fifth = chord.above[1] if len(chord.above) == 2 else chord.above[2]
    third = chord.above[1] + 12
    colour = chord.above[3] if len(chord.above) > 3 else fifth + 12
    if colour < 12:
        colour += 12
    return [root, root + fifth, root + 12, *sorted({root + third, root + colour, root + 24})[:2]]


_PATTERNS: dict[Beat, tuple[tuple[float, Player, float], ...]] = {
    Beat.NONE: (),
    Beat.HEART: ((0, Player.PULSE, 0.8), (0.42, Player.PULSE, 0.55)),
    Beat.DEEP: ((0, Player.DRUM, 0.45),),
    Beat.MARCH: (
        (0, Player.DRUM, 1.0),
        (1.5, Player.DRUM, 0.55),
        (2, Player.DRUM, 0.8),
        (3, Player.DRUM, 0.5),
        (3.5, Player.DRUM, 0.6),
    ),
    Beat.WAR: (
        (0, Player.DRUM, 1.0),
        (0.75, Player.DRUM, 0.6),
        (1.5, Player.DRUM, 0.85),
        (2, Player.DRUM, 0.6),
        (2.5, Player.DRUM, 0.5),
        (3, Player.DRUM, 0.95),
        (3.5, Player.DRUM, 0.7),
    ),
    Beat.DANCE: (
        (0, Player.PULSE, 0.45),
        (0.5, Player.WOODBLOCK, 0.35),
        (1, Player.WOODBLOCK, 0.6),
        (2, Player.PULSE, 0.35),
        (2.5, Player.WOODBLOCK, 0.35),
        (3, Player.WOODBLOCK, 0.6),
        (3.5, Player.WOODBLOCK, 0.4),
    ),
    Beat.SOFT: (
        (0, Player.PULSE, 0.5),
        (1, Player.SHAKER, 0.8),
        (1.5, Player.SHAKER, 0.45),
        (2, Player.PULSE, 0.4),
        (2.5, Player.SHAKER, 0.45),
        (3, Player.SHAKER, 0.8),
        (3.5, Player.SHAKER, 0.5),
    ),
}

DRUM_PITCH = {Player.DRUM: 36, Player.PULSE: 31, Player.WOODBLOCK: 84, Player.SHAKER: 60}
"""The pitch at which each drum is tuned."""


def beats(kind: Beat, energy: float, *, bar: int, rng: Random) -> list[tuple[Player, Hit]]:
    """Gives the drums of one bar; they thin out when energy is low and fill every fourth bar."""
    if kind is Beat.DEEP and bar % 2:
        return []
    hits = [
        (player, Hit(at, DRUM_PITCH[player], strength))
        for at, player, strength in _PATTERNS[kind]
        if strength >= 0.45 or energy > 0.4
    ]
    if kind in (Beat.MARCH, Beat.WAR) and bar % 4 == 3 and energy > 0.6:
        hits += [
            (Player.DRUM, Hit(3 + step / 4, DRUM_PITCH[Player.DRUM] + 4, 0.45 + 0.12 * step))
            for step in range(4)
        ]
    if kind is Beat.HEART and energy > 0.45 + 0.1 * rng.random():
        hits += [(player, Hit(hit.at + 2, hit.pitch, hit.accent * 0.85)) for player, hit in hits]
    return hits


def run(scale: Scale, tonic: int, *, upward: bool, beats: float) -> list[Hit]:
    """Sweeps a nail over the strings (刮奏): a run through three octaves of the scale."""
    size = len(scale.value)
    degrees = list(range(-size, 2 * size + 1))
    if not upward:
        degrees.reverse()
    last = len(degrees) - 1
    return [
        Hit(
            beats * (index / last) ** (0.85 if upward else 1.1),
            scale.pitch(tonic, degree),
            0.25 + 0.35 * (index / last if upward else 1 - index / last),
            0.3,
        )
        for index, degree in enumerate(degrees)
    ]
