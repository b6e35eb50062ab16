"""Chooses how shots give way to each other, by what lies between them in the story."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nightshoot.domain.vocabulary import Posture, Transition
from nightshoot.tools.writer.rehearsal.coverage import Draft, Task

_GOES_ON = frozenset({Posture.WALKING, Posture.RUNNING, Posture.RIDING, Posture.ROWING})
_LATER = re.compile(
    r"后来|多年|年后|天后|渐渐|慢慢|很久|良久|一夜|整夜|天亮|天快亮|天光|雪停|雨停|酒过|那夜|从此|"
    r"\b(?:later|after that|for a long time|by the third|years|all night|at last|morning came|"
    r"then the sun|at dawn|by morning|ever since)\b",
    re.IGNORECASE,
)
"""Time passes before what is said."""
_APART = 3
"""At least so many shots from one soft transition of a scene to the next."""


def transitions(drafts: Sequence[Draft]) -> list[Transition]:
    """Gives the transition out of each shot; the film itself ends in black."""
    found: list[Transition] = []
    hard = 0
    for index, draft in enumerate(drafts):
        following = drafts[index + 1] if index + 1 < len(drafts) else None
        given = _between(draft, following)
        if given is Transition.CUT and following is not None and hard + 1 >= _APART:
            given = _soft(draft, following, last=index + 2 == len(drafts))
        hard = hard + 1 if given is Transition.CUT else 0
        found.append(given)
    return found


def _between(draft: Draft, following: Draft | None) -> Transition:
    """Gives what a change of scene or one motion asks for."""
    if following is None:
        return Transition.DIP_TO_BLACK
    same_motion = _motion(draft) is not None and _motion(draft) == _motion(following)
    if draft.scene.id == following.scene.id:
        return Transition.MATCH if same_motion else Transition.CUT
    acts = bool(draft.scene.title or following.scene.title)
    if acts and draft.scene.title != following.scene.title:
        return Transition.DIP_TO_BLACK
    return Transition.MATCH if same_motion else Transition.DISSOLVE


def _soft(draft: Draft, following: Draft, *, last: bool) -> Transition:
    """Gives a dissolve where time passes within a scene: into the end, out of a silent view."""
    talk = {draft.task, following.task} <= {Task.DIALOGUE, Task.REACTION}
    if talk:
        return Transition.CUT
    passes = following.beat.id != draft.beat.id and _LATER.search(following.text) is not None
    rests = not draft.lines and draft.task in {Task.VIEW, Task.CLOSING, Task.GROUP}
    view = not draft.people and following.beat.id != draft.beat.id
    talked = draft.task in {Task.DIALOGUE, Task.REACTION} and following.task is not Task.DIALOGUE
    soft = last or passes or rests or view or talked
    return Transition.DISSOLVE if soft else Transition.CUT


def _motion(draft: Draft) -> tuple[str, Posture] | None:
    """Gives who moves and how, where the shot shows somebody under way."""
    doing = draft.seen.doing.get(draft.subject or "")
    if doing is None or doing.posture not in _GOES_ON or draft.subject is None:
        return None
    return draft.subject, doing.posture
