"""Places people and things before the camera, the same way through a scene."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from nightshoot.domain.screenplay import Character, Scene, Screenplay
from nightshoot.domain.storyboard import Figure, Staging
from nightshoot.domain.vocabulary import (
    Dressing,
    Era,
    Facing,
    Gesture,
    HeldProp,
    Posture,
    Setting,
    ShotSize,
)
from nightshoot.tools.writer.rehearsal.absent import without_others_boats
from nightshoot.tools.writer.rehearsal.coverage import Draft, Task
from nightshoot.tools.writer.rehearsal.extras import gesture_of, unnamed
from nightshoot.tools.writer.rehearsal.framing import mood_of
from nightshoot.tools.writer.rehearsal.furnishing import USUAL
from nightshoot.tools.writer.rehearsal.lexicon import words
from nightshoot.tools.writer.rehearsal.reading import Place, read_dressing
from nightshoot.tools.writer.rehearsal.roster import Doing

_PASSING = frozenset(
    {Dressing.BIRDS, Dressing.CROWD, Dressing.FLEET, Dressing.BANNERS, Dressing.FIRE}
)
"""What comes and goes; everything else stays where it is through a scene."""
_ON_A_BOAT = frozenset({Posture.SITTING, Posture.STANDING, Posture.ROWING})
_MOVING = frozenset({Posture.WALKING, Posture.RUNNING, Posture.BOWING, Posture.KNEELING})
_AWAY = re.compile(
    r"背影|走远|远去|转身离|走向|背对|walks? (?:away|out|into)|from behind|their backs?",
    re.IGNORECASE,
)
_GAZES = re.compile(
    r"望着(?:远处|大海|窗外|天)|眺望|远眺|\b(?:looks? out|gazes|"
    r"looks? up at the (?:sky|mountain|summit)|into the distance|at the night sky)\b",
    re.IGNORECASE,
)
"""Who looks into the place is seen from behind, once a scene: we see what they see."""
_TOWARD = re.compile(r"迎面|走来|面对镜头|正面|toward (?:us|the camera)|faces us", re.IGNORECASE)
_ASHORE = re.compile(
    r"岸上|沙滩上|码头上|on the (?:beach|shore|pier|dock|quay|sand)", re.IGNORECASE
)
_NO_BOAT = re.compile(
    r"等不到船|等船|没有船|\bwait\w* for (?:a|the) (?:boat|ferry|ship)", re.IGNORECASE
)
_TURNS = re.compile(
    r"转身(?!看|望|面对|抱|对|向)|背过身|turn(?:s|ed)? (?:away|(?:her|his) back)",
    re.IGNORECASE,
)
_ARMED = ("swordsman", "swordswoman", "general", "soldier", "assassin", "senior")
"""The ids of those who fight with a blade."""


@dataclass(slots=True)
class Blocking:
    """Where everybody is in one scene."""

    scene: Scene
    cast: Sequence[Character]
    boat: bool
    standing: tuple[Dressing, ...] = ()
    sides: dict[str, int] = field(default_factory=dict)
    """-1 or 1: the side of the frame that is a character's through the film."""
    doing: dict[str, Doing] = field(default_factory=dict)

    before_mobiles: bool = False
    """In these years nobody carries a telephone."""
    turned: set[tuple[str, str]] = field(default_factory=set)
    """Who has turned away in which beat: the back is seen once."""
    ashore: bool = False
    """The people of a scene on the water have not gone aboard."""
    group: tuple[ShotSize, tuple[str, ...]] | None = None
    """The size and the people of the last picture of a group, which the next turns around."""
    picture: tuple[object, ...] = ()
    """The people of the last picture as they were, and its size."""

    def stage(self, draft: Draft, size: ShotSize) -> Staging:
        """Gives the staging of the next shot of the scene."""
        scene = self.scene
        people = self._shown(draft, size)
        afloat = self._afloat(draft)
        figures = [self._figure(one, draft, people) for one in people]
        figures = self._varied(figures, size)
        figures += unnamed(draft) if not figures else []
        if afloat and figures:
            figures = [_aboard(figure) for figure in figures]
        subject = people.index(draft.subject) if draft.subject in people else None
        if subject is None and people and size.tightness >= 0.5:
            subject = 0
        if draft.task is Task.GROUP and size.tightness <= 0.5:
            subject = None
            if self.group == (size, people):
                figures.reverse()
            self.group = (size, people) if self.group != (size, people) else None
        return Staging(
            setting=scene.setting,
            era=scene.era,
            time_of_day=scene.time_of_day,
            weather=scene.weather,
            mood=mood_of(draft),
            figures=tuple(figures[:6]),
            dressing=self._dressing(draft, mounted=afloat and bool(figures)),
            subject=subject,
        )

    def _varied(self, figures: list[Figure], size: ShotSize) -> list[Figure]:
        """Gives somebody else something to do where two pictures in a row would be the same."""
        look = (size, *((f.character, f.posture, f.gesture, f.facing) for f in figures))
        if look == self.picture and len(figures) > 1:
            last = figures[-1]
            old = self.scene.era is Era.ANCIENT and last.holding in {None, HeldProp.CUP}
            gesture = Gesture.RAISE if old else Gesture.REACH
            holding = HeldProp.CUP if old else last.holding
            if last.gesture is Gesture.REST:
                figures[-1] = last.model_copy(update={"gesture": gesture, "holding": holding})
        self.picture = look
        return figures

    def _afloat(self, draft: Draft) -> bool:
        """Whether the people are in the boat now: they may begin on the shore."""
        if not self.boat:
            return False
        values = {hit.value for hit in words("dressing").hits(draft.text)}
        rows = words("posture").first(draft.text) == Posture.ROWING
        if _NO_BOAT.search(draft.text):
            self.ashore = True
        elif Dressing.BOAT in values or rows:
            self.ashore = False
        elif _ASHORE.search(draft.text):
            self.ashore = True
        return not self.ashore

    def _shown(self, draft: Draft, size: ShotSize) -> tuple[str, ...]:
        """Gives who is in the frame, in the order of the cast."""
        people = draft.people
        if draft.task is Task.DETAIL and draft.subject:
            people = (draft.subject,)
        order = {person.id: index for index, person in enumerate(self.cast)}
        known = [one for one in dict.fromkeys(people) if one in order]
        return tuple(sorted(known, key=lambda one: order[one])[:6])

    def _figure(self, who: str, draft: Draft, people: tuple[str, ...]) -> Figure:
        now = draft.seen.doing.get(who, Doing())
        last = self.doing.get(who, Doing())
        speaks = draft.task is Task.DIALOGUE and draft.subject == who
        posture = now.posture or last.posture or self._at_ease()
        kept = posture if posture not in _MOVING else None
        self.doing[who] = Doing(posture=kept, holding=now.holding or last.holding)
        gesture = now.gesture or gesture_of(draft, who, speaks=speaks)
        mount = Dressing.HORSE if posture is Posture.RIDING else None
        if mount and self.scene.setting in {Setting.ROOM, Setting.PALACE}:
            mount, posture = None, Posture.STANDING
        return Figure(
            character=who,
            posture=posture,
            gesture=gesture,
            holding=self._holding(who, now.holding or last.holding, gesture),
            facing=self._facing(who, draft, people),
            x=self._x(who, people),
            mount=mount,
        )

    def _holding(self, who: str, told: HeldProp | None, gesture: Gesture) -> HeldProp | None:
        """Gives what is in the hand: what is told of, or what the gesture needs."""
        if told is HeldProp.PHONE and self.before_mobiles:
            return None
        old = self.scene.era is Era.ANCIENT
        if told is None and old and gesture is Gesture.RAISE:
            return HeldProp.CUP
        if told is None and old and gesture is Gesture.STRIKE and who.startswith(_ARMED):
            return HeldProp.SWORD
        return told

    def _at_ease(self) -> Posture:
        indoors = self.scene.setting is Setting.ROOM and Dressing.TABLE in self.standing
        return Posture.SITTING if (self.boat and not self.ashore) or indoors else Posture.STANDING

    def _facing(self, who: str, draft: Draft, people: tuple[str, ...]) -> Facing:
        """Gives the side that a figure looks to; it keeps to its side of the line of talk."""
        talk = draft.task in {Task.DIALOGUE, Task.REACTION}
        alone = len(people) == 1
        turn = (who, draft.beat.id)
        if (
            not talk
            and draft.subject in {who, None}
            and _TURNS.search(draft.beat.action)
            and turn not in self.turned
        ):
            self.turned.add(turn)
            return Facing.AWAY
        if not talk and alone and draft.task is Task.CLOSING and _AWAY.search(draft.beat.action):
            return Facing.AWAY
        gaze = (who, "gaze")
        if not talk and alone and gaze not in self.turned and _GAZES.search(draft.beat.action):
            self.turned.add(gaze)
            return Facing.AWAY
        if not talk and alone and _TOWARD.search(draft.beat.action):
            return Facing.TOWARD
        return Facing.RIGHT if self._side(who) < 0 else Facing.LEFT

    def _side(self, who: str) -> int:
        if who not in self.sides:
            left = list(self.sides.values()).count(-1)
            self.sides[who] = -1 if left * 2 <= len(self.sides) else 1
        return self.sides[who]

    def _x(self, who: str, people: tuple[str, ...]) -> float:
        if len(people) == 1:
            return 0.22 * self._side(who)
        same = [one for one in people if self._side(one) == self._side(who)]
        return self._side(who) * (0.42, 0.78, 0.12)[min(same.index(who), 2)]

    def _dressing(self, draft: Draft, *, mounted: bool) -> tuple[Dressing, ...]:
        passing = [
            one for one in read_dressing(draft.text, _place(self.scene)) if one not in self.standing
        ]
        found = [*self.standing, *passing]
        if mounted or Dressing.FLEET in found:
            found = [one for one in found if one is not Dressing.BOAT]
        return tuple(found[:8])


def block(
    scene: Scene,
    cast: Sequence[Character],
    *,
    boat: bool,
    seed: int,
    sides: dict[str, int],
    before_mobiles: bool = False,
) -> Blocking:
    """Gives the blocking of a scene: what stands there from its first shot to its last."""
    place = _place(scene)
    text = " ".join((scene.place, *(beat.action for beat in scene.beats)))
    named = [one for one in read_dressing(text, place) if one not in _PASSING][:5]
    rng = random.Random(f"{seed}:{scene.place}:{scene.setting}")
    usual = list(USUAL.get((scene.setting, scene.era), ()))
    rng.shuffle(usual)
    room = max(0, 3 - len(named))
    standing = [*named, *(one for one in usual if one not in named)][: len(named) + room]
    return Blocking(
        scene=scene,
        cast=cast,
        boat=boat,
        standing=tuple(standing),
        sides=sides,
        before_mobiles=before_mobiles,
    )


def film_sides(screenplay: Screenplay) -> dict[str, int]:
    """Gives each character a side of the line of talk for the whole film: -1 left, 1 right.

    People who share a scene are spread over both sides, so that they face each other.
    """
    order = [person.id for person in screenplay.characters]
    sides: dict[str, int] = {}
    for scene in screenplay.scenes:
        here = {one for beat in scene.beats for one in beat.present}
        here |= {line.speaker for beat in scene.beats for line in beat.lines}
        for one in (one for one in order if one in here and one not in sides):
            balance = sum(sides.get(other, 0) for other in here)
            sides[one] = 1 if balance < 0 else -1
    return sides


def _place(scene: Scene) -> Place:
    return Place(
        setting=scene.setting, era=scene.era, time_of_day=scene.time_of_day, weather=scene.weather
    )


def on_boat(scene: Scene) -> bool:
    """Whether the people of a scene are in a boat."""
    if scene.setting not in {Setting.RIVER, Setting.SEA, Setting.HEAVEN}:
        return False
    if any(hit.value == Dressing.BOAT for hit in words("dressing").hits(scene.place)):
        return True
    text = " ".join(
        (*(b.action for b in scene.beats), *(n.text for b in scene.beats for n in b.lines))
    )
    values = {hit.value for hit in words("dressing").hits(without_others_boats(text))}
    return Dressing.BOAT in values and Dressing.FLEET not in values


def _aboard(figure: Figure) -> Figure:
    posture = figure.posture if figure.posture in _ON_A_BOAT else Posture.SITTING
    behind = figure.gesture is Gesture.HANDS_BEHIND and posture is not Posture.STANDING
    gesture = Gesture.REST if behind else figure.gesture
    return figure.model_copy(
        update={"mount": Dressing.BOAT, "posture": posture, "gesture": gesture}
    )
