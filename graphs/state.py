"""The states of the graphs: references and scalars, nothing that grows with every step."""

from __future__ import annotations

from typing import Annotated, TypedDict


def merged(old: dict[str, str], new: dict[str, str]) -> dict[str, str]:
    """Joins two maps; running a finished step again changes nothing."""
    return {**old, **new}


class ShotState(TypedDict, total=False):
    """The state of one shot's loop. Values are digests of documents in the store."""

    shot: str
    then: str
    """What comes next: `keyframe`, `take` or `end`."""
    order: str
    """The plan of the take that comes next; none yet: the first one's is made."""
    ended: str
    """Why the loop ends, once that is known."""
    takes: Annotated[dict[str, str], merged]
    """Each take so far, judged, by its number."""


class FilmState(TypedDict, total=False):
    """The state of the film's graph. Values are digests of documents in the store."""

    concept: str
    screenplay: str
    storyboard: str
    shots: Annotated[dict[str, str], merged]
    """Each shot's outcome by the shot's id; an empty text for one that waits at the gate."""
    cut: str
    film: str
