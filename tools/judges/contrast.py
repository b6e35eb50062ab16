"""Asks whether a picture shows what was asked for rather than something like it.

A cosine of a picture and a prompt says little by itself: it lies near 0.25 for CLIP and near 0.1
for SigLIP whether the picture is right or not, and longer prompts have lower ones. So the prompt is
set against itself with one thing swapped: the place, the time of day, the weather, the number of
people. All else is equal, so that what is left is whether the model sees that one thing; and
its own scale turns the difference into a probability, whichever model it is.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.vocabulary import (
    Dressing,
    Setting,
    ShotSize,
    Term,
    TimeOfDay,
    Weather,
)
from nightshoot.tools.judges.figures import shown
from nightshoot.tools.judges.messages import Vector

_PLACES: Mapping[str, str] = {
    Setting.RIVER: "a broad river",
    Setting.SEA: "the sea",
    Setting.MOUNTAIN: "mountains",
    Setting.FOREST: "a forest",
    Setting.DESERT: "a desert of sand dunes",
    Setting.FIELD: "an open grassy field",
    Setting.VILLAGE: "a village",
    Setting.STREET: "a street",
    Setting.CITY: "a city",
    Setting.PALACE: "a palace hall",
    Setting.COURTYARD: "a courtyard garden",
    Setting.ROOM: "a room indoors",
    Setting.HEAVEN: "clouds and stars in the sky",
}
_TIMES: Mapping[str, str] = {
    TimeOfDay.DAWN: "dawn",
    TimeOfDay.DAY: "bright daylight",
    TimeOfDay.DUSK: "dusk",
    TimeOfDay.NIGHT: "night",
}
_WEATHERS: Mapping[str, str] = {
    Weather.CLEAR: "clear weather",
    Weather.CLOUDY: "an overcast sky",
    Weather.FOG: "thick fog",
    Weather.RAIN: "rain",
    Weather.STORM: "a thunderstorm",
    Weather.SNOW: "falling snow",
    Weather.WIND: "strong wind",
}
_PEOPLE: Mapping[str, str] = {
    "nobody": "an empty place with nobody in it",
    "one": "one person",
    "two": "two people",
    "group": "a group of people",
    "crowd": "a large crowd of people",
}
_ALIKE: tuple[frozenset[str], ...] = (
    frozenset({Setting.RIVER, Setting.SEA}),
    frozenset({Setting.MOUNTAIN, Setting.FOREST, Setting.FIELD}),
    frozenset({Setting.FIELD, Setting.DESERT}),
    frozenset({Setting.FIELD, Setting.VILLAGE}),
    frozenset({Setting.VILLAGE, Setting.STREET, Setting.CITY, Setting.COURTYARD}),
    frozenset({Setting.COURTYARD, Setting.PALACE}),
    frozenset({Setting.PALACE, Setting.ROOM}),
    frozenset({Setting.HEAVEN, Setting.MOUNTAIN}),
    frozenset({TimeOfDay.DAWN, TimeOfDay.DUSK}),
    frozenset({TimeOfDay.DAWN, TimeOfDay.DAY}),
    frozenset({TimeOfDay.DUSK, TimeOfDay.NIGHT}),
    frozenset({Weather.CLEAR, Weather.CLOUDY, Weather.WIND}),
    frozenset({Weather.CLOUDY, Weather.FOG}),
    frozenset({Weather.RAIN, Weather.STORM}),
    frozenset({"one", "two"}),
    frozenset({"two", "group"}),
    frozenset({"group", "crowd"}),
)
"""What a still picture may well be taken for: it is not held against one that it is the other."""

_SHOWS_PLACE = (ShotSize.EWS, ShotSize.WS, ShotSize.MWS, ShotSize.MS)
_SHOWS_PEOPLE = (ShotSize.WS, ShotSize.MWS, ShotSize.MS, ShotSize.MCU, ShotSize.CU)
"""In the widest framing people are specks; in the closest there is one detail."""

_NO_SKY = (Setting.ROOM, Setting.PALACE, Setting.HEAVEN)

_SAYS: Mapping[str, str] = {
    "time of day": "moonlit moonlight moon sunlight sunlit sun sunny starlight lamplight daylight",
    "weather": "foggy misty mists rainy rainfall stormy snowy snowfall snowing raining windy",
    "number of people": (
        "person people figure figures man men woman women boy girl nobody crowd crowds group one "
        "two three four five six couple alone"
    ),
}
"""Words that give an aspect away, besides those of its vocabulary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One thing that the picture is asked about."""

    aspect: str
    asked: str
    """In words: `a broad river`."""
    swaps: tuple[str, ...]
    """What it might be instead, in words."""
    rest: str
    """The prompt without the words of this aspect."""

    @property
    def texts(self) -> tuple[str, ...]:
        """What is set side by side, the asked one first; they differ in their first words only.

        First, as a prompt is longer than these models read, and its end is cut off.
        """
        return tuple(f"a picture of {words}. {self.rest}" for words in (self.asked, *self.swaps))


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """What came of a probe."""

    probe: Probe
    rival: str
    """The swap that fits best."""
    probability: float
    """Of what was asked for, against the rival alone: 0.5 is a tie."""
    worst: int
    """The picture that speaks most for the rival, from 0."""


def probes(plan: ShotPlan) -> tuple[Probe, ...]:
    """Gives what can be asked about a picture of this framing; none for an extreme close-up."""
    staging, size = plan.staging, plan.camera.size
    found: list[Probe] = []
    if size in _SHOWS_PLACE:
        found.append(_probe("place", staging.setting, _PLACES, plan, Setting))
        if staging.setting not in _NO_SKY:
            found.append(_probe("time of day", staging.time_of_day, _TIMES, plan, TimeOfDay))
            found.append(_probe("weather", staging.weather, _WEATHERS, plan, Weather))
    if size in _SHOWS_PEOPLE:
        found.append(_probe("number of people", _people(plan), _PEOPLE, plan, None))
    return tuple(found)


def margin(
    probe: Probe, texts: Sequence[Vector], pictures: Sequence[Vector], sharpness: float
) -> Margin:
    """Gives how well what was asked for stands against its best rival.

    Args:
        probe: what was asked.
        texts: the embeddings of `probe.texts`, of length 1.
        pictures: those of the pictures, of length 1; their log-odds are averaged.
        sharpness: what the model multiplies a cosine by.
    """
    odds = [
        [sharpness * (_cosine(texts[0], picture) - _cosine(swap, picture)) for picture in pictures]
        for swap in texts[1:]
    ]
    means = [sum(each) / len(each) for each in odds]
    rival = min(range(len(means)), key=means.__getitem__)
    return Margin(
        probe=probe,
        rival=probe.swaps[rival],
        probability=_logistic(means[rival]),
        worst=min(range(len(pictures)), key=odds[rival].__getitem__),
    )


def _probe(
    aspect: str,
    asked: str,
    phrases: Mapping[str, str],
    plan: ShotPlan,
    terms: type[Term] | None,
) -> Probe:
    swaps = tuple(
        phrase
        for key, phrase in phrases.items()
        if key != asked and not any({key, asked} <= group for group in _ALIKE)
    )
    return Probe(
        aspect=aspect, asked=phrases[asked], swaps=swaps, rest=_without(plan.prompt, aspect, terms)
    )


def _without(prompt: str, aspect: str, terms: type[Term] | None) -> str:
    """Takes the words of an aspect out of a prompt, so that it does not contradict a swap."""
    spelt = [spelling for term in terms or () for spelling in (term.value, *term.aliases)]
    ascii_only = [word for word in spelt if word.isascii()] + _SAYS.get(aspect, "").split()
    longest_first = sorted(ascii_only, key=len, reverse=True)
    pattern = r"\b(?:" + "|".join(map(re.escape, longest_first)) + r")\b"
    left = re.sub(pattern, "", prompt, flags=re.IGNORECASE)
    return re.sub(r"\s*,(?:\s*,)+", ",", re.sub(r"\s+", " ", left)).strip(" ,")


def _people(plan: ShotPlan) -> str:
    if Dressing.CROWD in plan.staging.dressing:
        return "crowd"
    return ("nobody", "one", "two")[len(shown(plan))] if len(shown(plan)) < 3 else "group"


def _cosine(one: Vector, two: Vector) -> float:
    return math.fsum(first * second for first, second in zip(one, two, strict=True))


def _logistic(odds: float) -> float:
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, odds))))
