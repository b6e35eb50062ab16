"""Judges the continuity of scenes: each shot's palette and light beside its neighbours'."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from nightshoot.domain.review import Finding
from nightshoot.domain.storyboard import Shot
from nightshoot.domain.value import Value
from nightshoot.tools.measure.protocol import NotJudged
from nightshoot.tools.measure.scene.continuity import (
    COLOUR,
    LIGHT,
    ONE_OF_MANY,
    ONE_OF_TWO,
    allowance,
    apart,
)
from nightshoot.tools.measure.scene.palette import Palette, palette_of
from nightshoot.tools.measure.scene.telling import told

__all__ = ["VERSION", "Palette", "SceneShot", "judge_scenes", "palette_of"]

VERSION = "1"
"""Changes whenever the same palettes would be judged otherwise; part of every review's key."""

_NEIGHBOURS = 6
"""How many neighbours a shot is compared with, the nearest in the order of the film: about what an
audience still has in mind, and enough that one of them is framed alike."""


class SceneShot(Value):
    """A shot before the judge of its scene."""

    shot: Shot
    palette: Palette
    """Of the take that the film would use."""


def judge_scenes(shots: Sequence[SceneShot]) -> Mapping[str, Finding | NotJudged]:
    """Gives the verdict on each shot's light and colour, by the shot's id.

    A shot is compared with shots of its scene that have its place, hour, weather and mood. It is
    the odd one out where it differs from each of several neighbours of which two agree. Where only
    one is there, or none agree, the later shot is convicted, by a larger distance. A close framing
    has other colours than a wide one, and a camera that looks down sees no sky: such pairs may
    differ more.

    Args:
        shots: in the order of the film.
    """
    scenes: dict[object, list[SceneShot]] = defaultdict(list)
    for one in shots:
        staging = one.shot.staging
        scenes[
            one.shot.scene,
            staging.setting,
            staging.era,
            staging.time_of_day,
            staging.weather,
            staging.mood,
        ].append(one)
    return {
        one.shot.id: verdict
        for alike in scenes.values()
        for one, verdict in zip(alike, _judged(alike), strict=True)
    }


def _judged(alike: Sequence[SceneShot]) -> Iterator[Finding | NotJudged]:
    for place, one in enumerate(alike):
        if len(alike) == 1:
            yield NotJudged("no other shot of the scene has this place, hour, weather and mood")
            continue
        order = sorted(range(len(alike)), key=lambda other: (abs(other - place), other))
        near = order[1 : _NEIGHBOURS + 1]
        scale = ONE_OF_MANY
        if not _agree([alike[other] for other in near]):
            scale = ONE_OF_TWO
            near = [other for other in near if other < place]
        if not near:
            yield NotJudged("only later shots to compare with, and they are judged by this one")
            continue
        neighbours = [alike[other] for other in near]
        value = min(_distance(one, other) for other in neighbours)
        yield scale.finding(value, told(*_words(one, neighbours), bad=value > scale.threshold))


def _agree(shots: Sequence[SceneShot]) -> bool:
    """Whether two of the shots are alike, so that a third can be the odd one out."""
    return any(_distance(*pair) <= ONE_OF_MANY.threshold for pair in combinations(shots, 2))


def _distance(one: SceneShot, other: SceneShot) -> float:
    """Gives how far apart two shots are, in multiples of what their framings allow."""
    colour, light = apart(one.palette, other.palette)
    allowed = allowance(one.shot.camera, other.shot.camera)
    return max(colour / COLOUR, light / LIGHT) / allowed


def _words(
    one: SceneShot, neighbours: Sequence[SceneShot]
) -> tuple[Palette, tuple[Palette, ...], tuple[str, ...]]:
    """Gives the palette, and those of the nearest neighbours with their numbers."""
    # A neighbour that is off itself must not be held up as the model.
    nearest = sorted(neighbours, key=lambda other: _distance(one, other))[:2]
    kept = [other for other in neighbours if other in nearest]
    return (
        one.palette,
        tuple(other.palette for other in kept),
        tuple(other.shot.number for other in kept),
    )
