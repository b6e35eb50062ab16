"""Opinion: what a model with eyes says of a keyframe or a take, by a fixed rubric."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum

from pydantic import Field

from nightshoot.domain.review import Direction, Finding
from nightshoot.domain.value import Value


class LookedAt(StrEnum):
    """What is looked at."""

    KEYFRAME = "keyframe"
    TAKE = "take"


class Aspect(StrEnum):
    """One question of the rubric. Directions of the camera are not among them: measures find those.

    Source: the best of nineteen vision models finds artefacts of generated video at 47.5 of 100
    where people reach 87.7 (Artifact-Bench, arXiv 2605.18984), and such models confuse pan with
    truck and left with right (CameraBench, arXiv 2504.15376).
    """

    PEOPLE = "people"
    """How many there are, and what they look like."""
    ANATOMY = "anatomy"
    """Limbs, faces, hands."""
    ACTION = "action"
    """Posture, gesture, props."""
    PLACE = "place"
    """Place, era, time of day, weather."""
    FRAMING = "framing"
    """The size of the shot and the camera's height."""
    ARTEFACTS = "artefacts"
    """What melts or repeats; letters, watermarks, borders."""
    MOTION = "motion"
    """Over the frames: plausible motion; people stay themselves, things keep their shape."""


_OF_ONE_PICTURE = tuple(aspect for aspect in Aspect if aspect is not Aspect.MOTION)

RUBRIC: Mapping[LookedAt, tuple[Aspect, ...]] = {
    LookedAt.KEYFRAME: _OF_ONE_PICTURE,
    LookedAt.TAKE: (*_OF_ONE_PICTURE, Aspect.MOTION),
}
"""The aspects that an opinion gives a mark for, each once, in the order of the prompt."""

LEAST_MARK = 3
"""The lowest mark that passes. Source: the rubric's own words (`prompts/critic/look.*.md`): a 3 is
seen at a second look and does no harm to the story, a 2 is seen by every viewer."""

_NOTHING = frozenset({"", "-", "none", "n/a", "no", "nothing", "无", "没有", "不需要", "无需修改"})


class Mark(Value):
    """The verdict on one aspect; the evidence stands first, to be looked for before judging."""

    aspect: Aspect
    evidence: str
    """What is seen, and in which picture."""
    picture: int | None = None
    """The number of the picture that shows it best, from 1; needed where the mark is bad."""
    mark: int = Field(ge=1, le=5)
    """5 as asked, 4 a trifle, 3 seen at a second look, 2 seen by every viewer, 1 unusable."""
    fix: str = ""
    """One concrete change for the next take; empty where the mark is good."""


class Opinion(Value):
    """What a model with eyes saw, then what it thinks of it."""

    seen: str
    """The pictures in plain words, before anything is compared with what was asked for."""
    marks: tuple[Mark, ...]

    def findings(self, frames: Sequence[int | None]) -> tuple[Finding, ...]:
        """Gives the marks as findings, in the order of the rubric.

        Args:
            frames: which frame each picture shows, in order; None for a reference.
        """
        ranked = sorted(self.marks, key=lambda one: list(Aspect).index(one.aspect))
        return tuple(_finding(one, frames) for one in ranked)


def opinion_violations(
    opinion: Opinion, subject: LookedAt, frames: Sequence[int | None]
) -> tuple[str, ...]:
    """Says where an opinion departs from the rubric: what is missing, doubled or without grounds.

    Args:
        opinion: the answer.
        subject: what was looked at.
        frames: which frame each picture shows, in order; None for a reference.
    """
    asked, given = RUBRIC[subject], Counter(one.aspect for one in opinion.marks)
    broken = [] if opinion.seen.strip() else ["`seen` is empty: say what the pictures show."]
    for aspect in Aspect:
        wanted = int(aspect in asked)
        if given[aspect] != wanted:
            broken.append(f"The aspect {aspect} has {given[aspect]} marks; give {wanted}.")
    for one in opinion.marks:
        broken += _faults(one, frames)
    return tuple(broken)


def _faults(one: Mark, frames: Sequence[int | None]) -> list[str]:
    found = []
    if one.evidence.strip().casefold() in _NOTHING:
        found.append(f"{one.aspect}: the evidence is empty; say what is seen, in which picture.")
    if one.picture is not None and not 1 <= one.picture <= len(frames):
        found.append(
            f"{one.aspect}: there is no picture {one.picture}; the numbers are 1 to {len(frames)}."
        )
    elif one.mark < LEAST_MARK and (one.picture is None or frames[one.picture - 1] is None):
        numbers = ", ".join(str(at) for at, frame in enumerate(frames, 1) if frame is not None)
        found.append(f"{one.aspect}: name the picture that convicts, one of {numbers}.")
    if one.mark < LEAST_MARK and one.fix.strip().casefold() in _NOTHING:
        found.append(f"{one.aspect}: a mark of {one.mark} needs a fix: one concrete change.")
    return found


def _finding(one: Mark, frames: Sequence[int | None]) -> Finding:
    said = (one.evidence, one.fix if one.mark < LEAST_MARK else "")
    at = None if one.picture is None else frames[one.picture - 1]
    return Finding(
        measure=f"opinion.{one.aspect}",
        value=one.mark,
        unit="marks of 5",
        threshold=LEAST_MARK,
        direction=Direction.AT_LEAST,
        note=" ".join(part.strip() for part in said if part.strip()),
        frame=at,
    )
