"""Judges the continuity of scenes: each shot's palette and light beside its neighbours'."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations
from statistics import median

from nightshoot.domain.review import Finding
from nightshoot.domain.storyboard import Shot
from nightshoot.domain.value import Value
from nightshoot.tools.measure.protocol import NotJudged
from nightshoot.tools.measure.scene.continuity import (
    ALLOWED,
    ONE_OF_MANY,
    ONE_OF_TWO,
    OTHER_WAY,
    USUAL,
    Colours,
    apart,
    colours_of,
    sees_something_else,
)
from nightshoot.tools.measure.scene.palette import Palette, palette_of
from nightshoot.tools.measure.scene.telling import told

__all__ = ["VERSION", "Palette", "SceneShot", "judge_scenes", "palette_of"]

VERSION = "3"
"""Changes whenever the same palettes would be judged otherwise; part of every review's key."""

_NEIGHBOURS = 6
"""How many neighbours a shot is compared with, the nearest in the order of the film: about what an
audience still has in mind, and enough that one of them is framed alike."""

_ENOUGH = 3
"""Of fewer neighbours it cannot be said what is usual among them: one that is off decides."""


class SceneShot(Value):
    """A shot before the judge of its scene."""

    shot: Shot
    palette: Palette
    """Of the take that the film would use."""


def judge_scenes(shots: Sequence[SceneShot]) -> Mapping[str, Finding | NotJudged]:
    """Gives the verdict on each shot's light and colour, by the shot's id.

    A shot is compared with shots of its scene that have its place, hour, weather and mood. It is
    the odd one out where it differs from several neighbours of which two agree, and by more than
    they do. Where only one is there, or none agree, the later shot is convicted, by a larger
    distance.

    Args:
        shots: in the order of the film.
    """
    return {
        one.shot.id: judge_shot(alike, place)
        for alike in to_look_alike(shots)
        for place, one in enumerate(alike)
    }


def to_look_alike(shots: Sequence[SceneShot]) -> Sequence[Sequence[SceneShot]]:
    """Gives the shots of one scene, place, hour, weather and mood together, in their order."""
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
    return tuple(scenes.values())


def judge_shot(alike: Sequence[SceneShot], place: int) -> Finding | NotJudged:
    """Gives the verdict on one of several shots that are to look alike.

    Args:
        alike: one group of `to_look_alike`.
        place: which of them.
    """
    if len(alike) == 1:
        return NotJudged("no other shot of the scene has this place, hour, weather and mood")
    order = sorted(range(len(alike)), key=lambda other: (abs(other - place), other))
    near = order[1 : _NEIGHBOURS + 1]
    scale = ONE_OF_MANY
    colours = {at: colours_of(alike[at].palette) for at in (place, *near)}
    allowed = _allowed([colours[other] for other in near])
    if not _agree([colours[other] for other in near]):
        scale = ONE_OF_TWO
        near = [other for other in near if other < place]
    if not near:
        return NotJudged("only later shots to compare with, and they are judged by this one")
    others = [colours[other] for other in near]
    if sees_something_else(alike[place].shot, [alike[other].shot for other in near]):
        allowed *= OTHER_WAY
    value = apart(colours[place], others) / allowed
    # A neighbour that is off itself must not be held up as the model.
    nearest = sorted(near, key=lambda other: apart(colours[place], [colours[other]]))[:2]
    models = [alike[other] for other in sorted(nearest)]
    note = told(
        alike[place].palette,
        [one.palette for one in models],
        [one.shot.number for one in models],
        bad=value > scale.threshold,
    )
    return scale.finding(value, note)


def _agree(shots: Sequence[Colours]) -> bool:
    """Whether two of the shots are alike, so that a third can be the odd one out."""
    # Two that are not quite alike are no model for a third.
    limit = ALLOWED * (1.0 if len(shots) < _ENOUGH else ONE_OF_TWO.threshold)
    return any(apart(one, [other]) <= limit for one, other in combinations(shots, 2))


def _allowed(neighbours: Sequence[Colours]) -> float:
    """Gives how far a shot may be from neighbours: at least as far as they are from each other."""
    if len(neighbours) < _ENOUGH:
        return ALLOWED
    own = [
        apart(one, [*neighbours[:place], *neighbours[place + 1 :]])
        for place, one in enumerate(neighbours)
    ]
    return max(ALLOWED, USUAL * median(own))
