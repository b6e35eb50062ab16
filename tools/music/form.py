"""The form of a piece: sections of whole beats that fill the film's stretches of mood.

Each stretch of mood is a section of whole half-bars that fills it exactly, so that the music turns
where the film does. The last one comes to rest before the film ends.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from nightshoot.domain.vocabulary import Mood
from nightshoot.tools.music.manners import Manner
from nightshoot.tools.protocols import MoodSpan

SHORTEST_S = 6.0
"""A stretch of mood shorter than this joins its neighbour: music that turns faster is restless."""

_FORMS: dict[int, tuple[int | None, ...]] = {
    1: (7,),
    2: (6, 7),
    3: (None, 6, 7),
    4: (0, 1, 6, 7),
    5: (None, 0, 1, 6, 7),
    6: (0, 1, 4, 5, 6, 7),
    7: (None, 0, 1, 4, 5, 6, 7),
    8: (0, 1, 2, 3, 4, 5, 6, 7),
}
"""Which bars of the theme a short section sings; None is a bar without the lead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A stretch of the film in one mood, divided into beats."""

    manner: Manner
    times: tuple[float, ...]
    """The second of every beat, and of the end of the last one."""
    bars: tuple[int | None, ...]
    """The bar of the theme that each bar of the section sings."""

    @property
    def bpm(self) -> float:
        """The tempo at which the section is really played, in beats a minute."""
        return 60 * (len(self.times) - 1) / (self.times[-1] - self.times[0])

    def second(self, beat: float) -> float:
        """Gives the second at which a beat of the section falls; beats may lie between beats."""
        index = min(max(math.floor(beat), 0), len(self.times) - 2)
        here, after = self.times[index], self.times[index + 1]
        return here + (beat - index) * (after - here)


def merged(spans: tuple[MoodSpan, ...]) -> list[MoodSpan]:
    """Joins neighbours of one mood, and stretches that are too short for a mood of their own."""
    joined: list[MoodSpan] = []
    for span in spans:
        if joined and (joined[-1].mood == span.mood or span.duration_s <= 0):
            joined[-1] = replace(joined[-1], duration_s=joined[-1].duration_s + span.duration_s)
        elif span.duration_s > 0:
            joined.append(span)
    while len(joined) > 1 and min(span.duration_s for span in joined) < SHORTEST_S:
        index = min(range(len(joined)), key=lambda number: joined[number].duration_s)
        short = joined.pop(index)
        beside = [n for n in (index - 1, index) if 0 <= n < len(joined)]
        host = max(beside, key=lambda number: joined[number].duration_s)
        joined[host] = replace(joined[host], duration_s=joined[host].duration_s + short.duration_s)
        joined = merged(tuple(joined))
    return joined


def ring_out_s(duration_s: float) -> float:
    """Gives how long before the end of the film the last chord is struck."""
    return min(4.2, 0.4 * duration_s)


def sections_for(spans: list[MoodSpan], manners: dict[Mood, Manner]) -> list[Section]:
    """Divides every stretch into beats at its mood's tempo, and says what its bars sing."""
    total = sum(span.duration_s for span in spans)
    sections, begin = [], 0.0
    for number, span in enumerate(spans):
        last = number == len(spans) - 1
        length = span.duration_s - (ring_out_s(total) if last else 0.0)
        manner = manners[span.mood]
        beats = max(2, 2 * round(length * manner.bpm / 120))
        weights = [1.0] * beats
        if last and beats >= 8:
            weights[-4:] = [1.04, 1.1, 1.2, 1.32]
        scale = length / sum(weights)
        times = [begin]
        for weight in weights:
            times.append(times[-1] + weight * scale)
        bars = _form(math.ceil(beats / 4), manner.rest_bars, first=number == 0)
        sections.append(Section(manner=manner, times=tuple(times), bars=bars))
        begin += span.duration_s
    return sections


def _form(bars: int, rest: int, *, first: bool) -> tuple[int | None, ...]:
    """Gives the bars of the theme for a section of so many bars; the film's first has an intro."""
    intro = 0
    if first and bars >= 4:
        intro = 2 if bars >= 10 else 1
    form: list[int | None] = [None] * intro
    left = bars - intro
    while left > 8:
        form += _FORMS[8]
        pause = min(rest, left - 8)
        form += [None] * pause
        left -= 8 + pause
    return (*form, *(_FORMS[left] if left else ()))
