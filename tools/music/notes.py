"""What a composer writes down: notes, and the players who play them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Player(StrEnum):
    """An instrument of the band."""

    GUZHENG = "guzheng"
    PIPA = "pipa"
    PIANO = "piano"
    CELESTA = "celesta"
    BASS = "bass"
    BELL = "bell"
    WOODBLOCK = "woodblock"
    DRUM = "drum"
    PULSE = "pulse"
    SHAKER = "shaker"
    ERHU = "erhu"
    XIAO = "xiao"
    STRINGS = "strings"
    PAD = "pad"
    WARM_PAD = "warm_pad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A note that is struck or plucked, or one of a line or a pad."""

    player: Player
    start_s: float
    length_s: float
    """How long it is held; what is struck rings on after that, as its nature is."""
    pitch: int
    """A MIDI number."""
    velocity: float
    """Strength from 0 (nothing) to 1 (as hard as it goes)."""
    gain: float = 1.0
    """A factor on the level that leaves the tone as it is."""
    bend: int = 0
    """Semitones from which a plucked string is pulled to its pitch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Notes that one bow or one breath joins, in order and not overlapping."""

    player: Player
    notes: tuple[Note, ...]


Event = Note | Line


def start_of(event: Event) -> float:
    """Gives the second at which an event begins."""
    return event.start_s if isinstance(event, Note) else event.notes[0].start_s
