"""The way to play a mood: tempo, mode, harmony, instruments and figures."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from nightshoot.tools.music.notes import Player
from nightshoot.tools.music.theory import (
    Cell,
    Chord,
    Scale,
    chords,
)


class Figure(Enum):
    """What the accompaniment plays in a bar."""

    FLOW = auto()
    """Broken chords, up and down, in quavers."""
    DROPS = auto()
    """A low note and a few high ones, far apart."""
    ROLL = auto()
    """A chord rolled upwards, then its echo."""
    DRIVE = auto()
    """Repeated notes in groups of 3 + 3 + 2."""
    SKIP = auto()
    """Low note on the beat, chord off the beat."""
    SHIVER = auto()
    """A quiet tremolo that swells."""
    MURMUR = auto()
    """Whole tones or thirds that climb in slow waves."""


class Beat(Enum):
    """What the drums do."""

    NONE = auto()
    HEART = auto()
    MARCH = auto()
    DANCE = auto()
    WAR = auto()
    DEEP = auto()
    SOFT = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """The way to play one mood."""

    bpm: float
    scale: Scale
    chords: tuple[Chord, ...]
    """Eight, one for each bar of the theme."""
    cells: tuple[Cell, ...]
    leads: tuple[Player, ...]
    """Who sings the theme; the next one takes it over when it comes again."""
    octave: int
    """Octaves between the tonic of the film (about 150 Hz) and that of the melody."""
    comp: Player
    figure: Figure
    pad: Player | None
    beat: Beat
    bass: Player | None
    energy: float
    """From 0 (hardly there) to 1."""
    trim_db: float = 0.0
    """Brings the mood to its place among the others: -20 LUFS (desolate) to -16 LUFS (furious).

    Source: measured on pieces of 40 s."""
    rest_bars: int = 2
    """How long the lead is silent before it sings again."""

    @property
    def gain(self) -> float:
        """The trim as a factor."""
        return float(10 ** (self.trim_db / 20))


def manner(
    bpm: float,
    scale: Scale,
    spelled: str,
    *,
    cells: tuple[Cell, ...],
    leads: tuple[Player, ...],
    octave: int = 1,
    comp: Player,
    figure: Figure,
    energy: float,
    pad: Player | None = None,
    beat: Beat = Beat.NONE,
    bass: Player | None = None,
    trim_db: float = 0.0,
    rest_bars: int = 2,
) -> Manner:
    """Makes a manner; `spelled` names its eight chords as `theory.chords` reads them."""
    found = chords(spelled)
    assert len(found) == 8
    return Manner(
        bpm=bpm, scale=scale, chords=found, cells=cells, leads=leads, octave=octave, comp=comp,
        figure=figure, pad=pad, beat=beat, bass=bass, energy=energy, trim_db=trim_db,
        rest_bars=rest_bars,
    )  # fmt: skip
