"""People without names, and what a figure does where the text names nothing."""

from __future__ import annotations

import re

from nightshoot.domain.storyboard import Figure
from nightshoot.domain.vocabulary import Era, Facing, Gesture, Mood, Posture
from nightshoot.tools.writer.rehearsal.coverage import Draft, Task
from nightshoot.tools.writer.rehearsal.framing import mood_of
from nightshoot.tools.writer.rehearsal.roster import Doing

_MOOD_GESTURES = {
    Mood.FURIOUS: Gesture.POINT,
    Mood.MELANCHOLY: Gesture.LOOK_DOWN,
    Mood.HEROIC: Gesture.HANDS_BEHIND,
    Mood.ROMANTIC: Gesture.REACH,
    Mood.TENSE: Gesture.FOLD_ARMS,
}
_TWO = re.compile(r"两个人|两人|二人|两个|two (?:people|figures|small)")
_ONE = re.compile(r"一个人影|人影|一个人|背影|a figure|somebody|someone")
_NOBODY = re.compile(
    r"(?:没有?|不见|无)(?:一个|半个)?人影?|空无一人|无人\w*|\b(?:nobody|no one|not a soul)\b[^.,;]*"
    r"|\b(?:somebody|someone)\s+(?:was\s+)?(?:call\w*|knock\w*|laugh\w*|sang|singing|cried)\b",
    re.IGNORECASE,
)
"""Words for people who are not there, or who are heard and not seen."""


def unnamed(draft: Draft) -> list[Figure]:
    """Gives people without names whom the text shows."""
    text = _NOBODY.sub("", draft.beat.action)
    posture = draft.seen.doing.get("", Doing()).posture or Posture.STANDING
    if _TWO.search(text):
        return [
            Figure(posture=posture, facing=Facing.RIGHT, x=-0.15),
            Figure(posture=posture, facing=Facing.LEFT, x=0.2),
        ]
    return [Figure(posture=posture, x=-0.2)] if _ONE.search(text) else []


def gesture_of(draft: Draft, who: str, *, speaks: bool) -> Gesture:
    """Gives a gesture where the text names none: the speaker's from the words, else stillness."""
    mood = mood_of(draft)
    if speaks:
        said = draft.lines[0].text if draft.lines else ""
        if "？" in said or "?" in said:
            return _asking(draft, mood)
        return _MOOD_GESTURES.get(mood, Gesture.REST)
    if draft.task is Task.REACTION:
        return Gesture.LOOK_DOWN if mood in {Mood.MELANCHOLY, Mood.FURIOUS} else Gesture.REST
    if draft.task in {Task.PERSON, Task.CLOSING, Task.ESTABLISH} and draft.subject in {who, None}:
        return Gesture.HANDS_BEHIND if mood in {Mood.HEROIC, Mood.DESOLATE} else Gesture.REST
    return Gesture.REST


def _asking(draft: Draft, mood: Mood) -> Gesture:
    """Gives the hands of one who asks: an arm held out would cross the face of somebody near."""
    if mood is Mood.FURIOUS:
        return Gesture.POINT
    if len(draft.people) < 2:
        return Gesture.REACH
    return Gesture.CLASP if draft.scene.era is Era.ANCIENT else Gesture.REST
