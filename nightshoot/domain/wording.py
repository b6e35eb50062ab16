"""What of a shot enters a request: no more than its answer depends on."""

from __future__ import annotations

from nightshoot.domain.shot import Cast
from nightshoot.domain.storyboard import Camera, Shot
from nightshoot.domain.vocabulary import ShotSize


def as_worded(shot: Shot) -> Shot:
    """Gives a shot as the prompt engineer is shown it: what is seen, and the person's note.

    Its number, its place in the story, its lines, length, transition and grade are left out, and
    so are the counter of takes and the control pictures: a shot that moves, or that is given other
    words to be heard, keeps its prompt, and so its keyframe.
    """
    return Shot(
        id=shot.id,
        number="",
        scene="",
        description=shot.description,
        camera=shot.camera,
        staging=shot.staging,
        note=shot.note,
    )


def as_worded_cast(person: Cast, shot: Shot) -> Cast:
    """Gives a person of a shot as the prompt engineer is shown them: by name only where needed.

    A name stands for a look where the description speaks of it; elsewhere another name changes no
    picture. Files are left out.
    """
    named = person.name if person.name in shot.description else ""
    return Cast(id=person.id, name=named, look=person.look)


def as_carded(shot: Shot) -> Shot:
    """Gives the shot beside a card as the card depends on it: its place, light, era and mood."""
    staging = shot.staging.model_copy(update={"figures": (), "dressing": (), "subject": None})
    return Shot(id="card", number="", scene="", camera=Camera(size=ShotSize.WS), staging=staging)
