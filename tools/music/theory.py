"""Scales, chords and tunes: what is played, before anybody plays it.

Pitches are MIDI numbers (69 is A4 = 440 Hz), degrees count the notes of a scale from its tonic (0),
upwards and downwards without end, and times are beats.

Source: the five modes of the Chinese pentatonic scale (宫商角徵羽) and the four-part period
起承转合 as Li Yinghai, 汉族调式及其和声 (1959), describes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from random import Random


class Scale(Enum):
    """The notes a melody may use, as semitones above the tonic."""

    GONG = (0, 2, 4, 7, 9)
    SHANG = (0, 2, 5, 7, 10)
    JUE = (0, 3, 5, 8, 10)
    ZHI = (0, 2, 5, 7, 9)
    YU = (0, 3, 5, 7, 10)
    INSEN = (0, 1, 5, 7, 8)
    WHOLE_TONE = (0, 2, 4, 6, 8, 10)
    LYDIAN = (0, 2, 4, 6, 7, 11)
    DORIAN = (0, 2, 3, 7, 9, 10)
    AEOLIAN = (0, 2, 3, 7, 8, 10)
    PHRYGIAN = (0, 1, 3, 7, 8)

    def pitch(self, tonic: int, degree: int) -> int:
        """Gives the MIDI number of a degree, any number of octaves up or down."""
        octave, step = divmod(degree, len(self.value))
        return tonic + 12 * octave + int(self.value[step])


@dataclass(frozen=True, slots=True)
class Chord:
    """A harmony: a root in semitones above the tonic, and what sounds above it."""

    root: int
    above: tuple[int, ...]

    @property
    def classes(self) -> frozenset[int]:
        """The pitch classes of the chord, relative to the tonic."""
        return frozenset((self.root + step) % 12 for step in self.above)


_QUALITIES = {
    "": (0, 4, 7),
    "m": (0, 3, 7),
    "5": (0, 7),
    "2": (0, 2, 7),
    "4": (0, 5, 7),
    "9": (0, 4, 7, 14),
    "m9": (0, 3, 7, 14),
    "M7": (0, 4, 7, 11),
    "m7": (0, 3, 7, 10),
    "+": (0, 4, 8),
    "o": (0, 3, 6),
    "tt": (0, 6),
}


def chords(spelled: str) -> tuple[Chord, ...]:
    """Reads chords such as `0 9m 5 7:4`: semitones above the tonic, and a quality."""
    found = []
    for word in spelled.split():
        digits = "".join(letter for letter in word.split(":")[0] if letter.isdigit())
        quality = word[len(digits) :].removeprefix(":")
        found.append(Chord(int(digits), _QUALITIES[quality]))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Tone:
    """A note of a melody inside a bar, in beats and degrees."""

    at: float
    beats: float
    degree: int


Cell = tuple[tuple[float, float], ...]
"""A rhythm of one bar of four beats: onsets and lengths."""

SPARSE: tuple[Cell, ...] = (
    ((0, 3),),
    ((0, 2), (2, 1.5)),
    ((1, 2.5),),
    ((0, 1), (1, 2.5)),
    ((0, 2.5), (3, 1)),
)
SINGING: tuple[Cell, ...] = (
    ((0, 2), (2, 1), (3, 1)),
    ((0, 1.5), (1.5, 0.5), (2, 2)),
    ((0, 1), (1, 1), (2, 2)),
    ((0, 1.5), (1.5, 0.5), (2, 1), (3, 1)),
    ((0, 1), (1, 0.5), (1.5, 0.5), (2, 2)),
    ((0, 3), (3, 0.5), (3.5, 0.5)),
)
LIVELY: tuple[Cell, ...] = (
    ((0, 1), (1, 0.5), (1.5, 0.5), (2, 1), (3, 1)),
    ((0, 0.5), (0.5, 0.5), (1, 1), (2, 0.5), (2.5, 0.5), (3, 1)),
    ((0, 0.75), (0.75, 0.25), (1, 1), (2, 0.75), (2.75, 0.25), (3, 1)),
    ((0, 0.5), (0.5, 0.25), (0.75, 0.25), (1, 0.5), (1.5, 0.5), (2, 1.5), (3.5, 0.5)),
    ((0, 1.5), (1.5, 0.5), (2, 0.5), (2.5, 0.5), (3, 1)),
)
DRIVING: tuple[Cell, ...] = (
    ((0, 1.5), (1.5, 1.5), (3, 1)),
    ((0, 1), (1, 0.5), (1.5, 0.5), (2, 2)),
    ((0, 0.5), (0.5, 0.5), (1, 1), (2, 1.5), (3.5, 0.5)),
    ((0, 2), (2, 0.75), (2.75, 0.25), (3, 1)),
)

_LENGTH = 8
_TOP, _BOTTOM = 8, -2


@dataclass(frozen=True, slots=True)
class Tune:
    """The theme of a film: eight bars of contour, in four phrases of two bars.

    The contour is kept apart from rhythm and scale, so that every mood sings the same theme in its
    own way.
    """

    contours: tuple[tuple[int, ...], ...]
    """Eight bars, each eight degrees from its first beat to its last."""
    rhythm: tuple[int, ...]
    """Which rhythm of its mood each bar takes; equal numbers are equal rhythms."""

    def bar(self, index: int, cells: tuple[Cell, ...], scale: Scale, chord: Chord) -> list[Tone]:
        """Gives bar `index` of the theme (it repeats after eight) over a chord.

        The first note of the bar leans on the chord, the rest follow the contour; the last bar of
        the period comes home to the tonic, the fourth stays open on the fifth.
        """
        index %= _LENGTH
        cell = cells[self.rhythm[index] % len(cells)]
        closing = index % 2 == 1
        if closing:
            cell = _closed(cell)
        contour = self.contours[index]
        places = [round(at / 4 * (_LENGTH - 1)) for at, _ in cell]
        degrees = [_widened(contour[place], scale) for place in places]
        degrees[0] = _leaning(degrees[0], scale, chord)
        if index == _LENGTH - 1:
            degrees[-1] = _nearest_home(degrees[-1], scale)
        elif closing:
            degrees[-1] = _leaning(degrees[-1], scale, chord)
        return [Tone(at, beats, degree) for (at, beats), degree in zip(cell, degrees, strict=True)]


def tune(seed: int) -> Tune:
    """Invents a theme; the same seed always gives the same one."""
    rng = Random(f"tune/{seed}")
    start = rng.choice((0, 2, 3, 3, 4))
    first = _walk(rng, start, rng.choice((1, 1, -1)))
    second = _walk(rng, first[-1], -1 if first[-1] > 3 else 1)
    lift = rng.choice((1, 2, -1))
    answer = _walk(rng, first[-1] + lift, -1)
    turn = _walk(rng, rng.choice((4, 5)), 1)
    after = _walk(rng, turn[-1], -1)
    home = _walk(rng, rng.choice((2, 3)), -1)
    moved = tuple(_inside(degree + lift) for degree in first)
    a, b, c, d = (rng.randrange(60) for _ in range(4))
    return Tune((first, second, moved, answer, turn, after, first, home), (a, b, a, b, c, d, a, b))


def ornamented(tones: list[Tone], rng: Random) -> list[Tone]:
    """Gives a variation: long notes sway to a neighbour and back, as a repeat is sung."""
    varied: list[Tone] = []
    for tone in tones:
        if tone.beats >= 1.5 and rng.random() < 0.6:
            step = rng.choice((1, 1, -1))
            half = tone.beats - 0.5
            varied += [
                Tone(tone.at, half - 0.5, tone.degree),
                Tone(tone.at + half - 0.5, 0.5, tone.degree + step),
                Tone(tone.at + half, 0.5, tone.degree),
            ]
        else:
            varied.append(tone)
    return varied


def _closed(cell: Cell) -> Cell:
    """Ends a phrase on a long note and leaves a breath after it."""
    kept = [(at, beats) for at, beats in cell if at < 2] or [(0.0, 2.0)]
    at, _ = kept[-1]
    if at + 0.5 <= 2 and len(kept) > 1:
        return (*[(a, min(b, 2 - a)) for a, b in kept], (2.0, 1.5))
    return (*kept[:-1], (at, 3.25 - at))


def _walk(rng: Random, start: int, slope: int) -> tuple[int, ...]:
    """Walks eight degrees, mostly by step; after a leap it turns back, as voices do."""
    degrees, here, owed = [_inside(start)], _inside(start), 0
    for _ in range(_LENGTH - 1):
        if owed:
            step, owed = -owed, 0
        else:
            step = rng.choice((slope, slope, -slope, 0, 2 * slope, slope, -slope))
            if abs(step) > 1:
                owed = step // abs(step)
        here = _inside(here + step)
        degrees.append(here)
    return tuple(degrees)


def _inside(degree: int) -> int:
    if degree > _TOP:
        return 2 * _TOP - degree
    return 2 * _BOTTOM - degree if degree < _BOTTOM else degree


def _widened(degree: int, scale: Scale) -> int:
    """Keeps the height of a contour (which counts five to the octave) on a scale of six."""
    return round(degree * len(scale.value) / 5)


def _leaning(degree: int, scale: Scale, chord: Chord) -> int:
    for step in (0, 1, -1, 2, -2):
        if scale.pitch(0, degree + step) % 12 in chord.classes:
            return degree + step
    return degree


def _nearest_home(degree: int, scale: Scale) -> int:
    size = len(scale.value)
    return size * round(degree / size)
