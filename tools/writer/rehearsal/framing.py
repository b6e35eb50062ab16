"""Frames shots one after another: size, angle and move, each by what the shot is for.

Source: the grammar is the trade's (Arijon 1976, Grammar of the Film Language; Katz 1991, Film
Directing Shot by Shot): no equal framing of one figure in a row, a move has a motive, a low
camera gives power and a high one takes it.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field

from nightshoot.domain.storyboard import Camera
from nightshoot.domain.vocabulary import (
    CameraAngle,
    CameraMove,
    Gesture,
    Mood,
    MoveStrength,
    Posture,
    ShotSize,
)
from nightshoot.tools.writer.rehearsal.coverage import Draft, Task, shows_boat
from nightshoot.tools.writer.rehearsal.lexicon import term, words

_SIZES: dict[Task, tuple[ShotSize, ...]] = {
    Task.HOOK: (ShotSize.WS, ShotSize.EWS, ShotSize.MCU),
    Task.ESTABLISH: (ShotSize.WS, ShotSize.EWS, ShotSize.MWS),
    Task.VIEW: (ShotSize.WS, ShotSize.EWS, ShotSize.MWS),
    Task.PERSON: (ShotSize.MS, ShotSize.MCU, ShotSize.CU, ShotSize.MWS),
    Task.GROUP: (ShotSize.MS, ShotSize.MWS, ShotSize.WS),
    Task.DIALOGUE: (ShotSize.MCU, ShotSize.CU, ShotSize.MS),
    Task.REACTION: (ShotSize.CU, ShotSize.MCU, ShotSize.ECU),
    Task.DETAIL: (ShotSize.CU, ShotSize.ECU, ShotSize.MCU),
    Task.CLOSING: (ShotSize.EWS, ShotSize.WS),
}
_MOVES: dict[Task, tuple[CameraMove, ...]] = {
    Task.HOOK: (CameraMove.PUSH_IN, CameraMove.CRANE, CameraMove.TILT_DOWN),
    Task.ESTABLISH: (
        CameraMove.PAN_RIGHT,
        CameraMove.CRANE,
        CameraMove.TRUCK_RIGHT,
        CameraMove.PUSH_IN,
    ),
    Task.VIEW: (
        CameraMove.TRUCK_LEFT,
        CameraMove.PAN_LEFT,
        CameraMove.TILT_UP,
        CameraMove.PULL_OUT,
        CameraMove.PEDESTAL_UP,
    ),
    Task.PERSON: (
        CameraMove.PUSH_IN,
        CameraMove.STATIC,
        CameraMove.TRUCK_RIGHT,
        CameraMove.ORBIT,
    ),
    Task.GROUP: (CameraMove.TRUCK_RIGHT, CameraMove.ORBIT, CameraMove.STATIC, CameraMove.PUSH_IN),
    Task.DIALOGUE: (CameraMove.STATIC, CameraMove.PUSH_IN),
    Task.REACTION: (CameraMove.PUSH_IN, CameraMove.STATIC),
    Task.DETAIL: (CameraMove.PUSH_IN, CameraMove.STATIC, CameraMove.TILT_DOWN),
    Task.CLOSING: (CameraMove.PULL_OUT, CameraMove.CRANE),
}
_CLOSE = frozenset({ShotSize.MCU, ShotSize.CU, ShotSize.ECU})
_PLACE = frozenset({ShotSize.EWS, ShotSize.WS})
"""Sizes in which the place has been seen: what follows comes nearer."""
_UNDER_WAY = frozenset({Posture.WALKING, Posture.RUNNING, Posture.RIDING})
_MOST_CLOSE = 2
"""After so many close pictures in a row the camera steps back, so that the place is not lost."""
_SMALL_IN_IT = re.compile(
    r"空无一人|空阔|小小|\b(?:small|enormous|alone at|nobody far)\b", re.IGNORECASE
)
"""What is seen is how small somebody is in a place."""
_NEVER_ALONE = (ShotSize.MS, ShotSize.MCU, ShotSize.CU, ShotSize.ECU)


@dataclass(slots=True)
class Framer:
    """Frames the shots of a film in order; remembers those before."""

    rng: random.Random
    sizes: list[ShotSize] = field(default_factory=list)
    subjects: list[str | None] = field(default_factory=list)
    groups: list[tuple[str, ...]] = field(default_factory=list)
    moves: list[CameraMove] = field(default_factory=list)
    angles: list[CameraAngle] = field(default_factory=list)
    spoken: list[bool] = field(default_factory=list)
    steadily: bool = False
    """The talk that goes on comes nearer line by line; else it steps back before its last."""

    def frame(self, draft: Draft) -> Camera:
        """Gives the camera of the next shot."""
        size = self._size(draft)
        move = self._move(draft, size)
        angle = self._angle(draft, size)
        camera = Camera(size=size, angle=angle, move=move, strength=strength(draft, size, move))
        self.remember(camera, draft)
        return camera

    @property
    def _talk(self) -> int:
        """Counts the speaking shots just before."""
        count = 0
        pause = 0
        for spoken in reversed(self.spoken):
            pause = 0 if spoken else pause + 1
            if pause > 1:
                break
            count += spoken
        return count

    def remember(self, camera: Camera, draft: Draft) -> None:
        """Takes note of a shot that somebody else framed."""
        self.sizes.append(camera.size)
        self.subjects.append(draft.subject)
        self.groups.append(draft.people)
        self.spoken.append(draft.task is Task.DIALOGUE)
        self.moves.append(camera.move)
        self.angles.append(camera.angle)

    def _size(self, draft: Draft) -> ShotSize:
        wished = self._wished(draft)
        posture = _posture(draft)
        if draft.task is Task.PERSON and posture in _UNDER_WAY:
            wished = [ShotSize.MWS, ShotSize.WS, ShotSize.MS]
        if not draft.people and draft.task is Task.DETAIL:
            wished = [ShotSize.CU, ShotSize.ECU]
        elif not draft.people:
            wished = [size for size in wished if size not in _NEVER_ALONE] or list(
                _SIZES[Task.VIEW]
            )
        last = self.sizes[-1] if self.sizes else None
        reverse = (
            draft.task is Task.DIALOGUE
            and bool(self.subjects)
            and self.subjects[-1] != draft.subject
        )
        if draft.task is Task.DIALOGUE and self._talk:
            last = last if not reverse else None
        if len(self.sizes) >= _MOST_CLOSE and all(
            one in _CLOSE for one in self.sizes[-_MOST_CLOSE:]
        ):
            wished = [size for size in wished if size not in _CLOSE] or [ShotSize.MS, ShotSize.MWS]
        return next((size for size in wished if size is not last), wished[0])

    def _wished(self, draft: Draft) -> list[ShotSize]:
        """Gives the sizes that a shot's task asks for, the most fitting first."""
        wished = list(_SIZES[draft.task])
        if draft.task in {Task.PERSON, Task.GROUP, Task.VIEW}:
            turn = self.rng.randrange(2)
            wished = wished[turn:] + wished[:turn]
        if draft.task is Task.HOOK and draft.subject is not None:
            wished = [ShotSize.WS, ShotSize.MWS]
            wished = wished[:: self.rng.choice((1, -1))]
            if _SMALL_IN_IT.search(draft.beat.action):
                wished = [ShotSize.EWS]
        if draft.task is Task.ESTABLISH and self.sizes and self.sizes[-1] in _PLACE:
            wished = [ShotSize.MWS, ShotSize.MS] if draft.people else [ShotSize.EWS, ShotSize.WS]
        if draft.task is Task.DIALOGUE and mood_of(draft) in {Mood.FURIOUS, Mood.TENSE}:
            wished = [ShotSize.CU, ShotSize.MCU, ShotSize.ECU]
        if draft.task is Task.DIALOGUE:
            wished = self._talking(draft, wished)
        if draft.task is Task.GROUP and shows_boat(draft.scene.place):
            wished = [ShotSize.WS, ShotSize.MWS]
        return wished

    def _talking(self, draft: Draft, wished: list[ShotSize]) -> list[ShotSize]:
        """Opens a talk on both people, then comes nearer, and steps back when it goes on."""
        pair = len(draft.people) > 1
        if self._talk == 0 and pair and shows_boat(draft.scene.place):
            return [ShotSize.WS, ShotSize.MWS]
        if self._talk == 0 and pair:
            return [ShotSize.MWS, ShotSize.MS, ShotSize.WS]
        turn = self._talk % 4
        if self._talk <= 1:
            self.steadily = bool(self.rng.randrange(2))
        nearer = [ShotSize.MCU, ShotSize.CU, ShotSize.MS if pair else ShotSize.MCU]
        if self.steadily and pair:
            nearer = [ShotSize.MS, ShotSize.MCU, ShotSize.CU]
        return [*nearer[(turn - 1) % 3 :], *nearer[: (turn - 1) % 3], *wished]

    def _move(self, draft: Draft, size: ShotSize) -> CameraMove:
        told = words("move").first(draft.beat.action)
        if told:
            return term(CameraMove, told)
        wished = [*self._motivated(draft, size), *self._rotated(_MOVES[draft.task])]
        twice = len(self.moves) > 1 and self.moves[-1] is self.moves[-2]
        banned = {self.moves[-1]} if twice else set()
        if draft.task not in {Task.DIALOGUE, Task.PERSON} and self.moves:
            banned.add(self.moves[-1])
        return next((move for move in wished if move not in banned), CameraMove.STATIC)

    def _rotated(self, moves: tuple[CameraMove, ...]) -> list[CameraMove]:
        turn = self.rng.randrange(len(moves)) if moves[0] is not CameraMove.PULL_OUT else 0
        return [*moves[turn:], *moves[:turn]]

    @staticmethod
    def _motivated(draft: Draft, size: ShotSize) -> list[CameraMove]:
        """Gives the moves that what happens asks for."""
        if draft.task in {Task.CLOSING, Task.ESTABLISH, Task.HOOK, Task.VIEW}:
            return []
        posture, mood = _posture(draft), mood_of(draft)
        gesture = _gesture(draft)
        found = []
        if posture in {Posture.WALKING, Posture.RIDING, Posture.ROWING}:
            found.append(CameraMove.FOLLOW)
        if posture is Posture.RUNNING:
            found += [CameraMove.HANDHELD, CameraMove.FOLLOW]
        if gesture is Gesture.LOOK_UP and size.tightness < 0.8:
            found.append(CameraMove.TILT_UP)
        if gesture is Gesture.STRIKE or (mood is Mood.TENSE and draft.task is not Task.DIALOGUE):
            found.append(CameraMove.HANDHELD)
        if mood is Mood.HEROIC and draft.task is Task.PERSON:
            found += [CameraMove.PEDESTAL_UP, CameraMove.ORBIT]
        if mood is Mood.MYSTERIOUS and draft.task is not Task.DIALOGUE:
            found.append(CameraMove.ORBIT)
        if mood in {Mood.DESOLATE, Mood.MELANCHOLY} and draft.task is Task.PERSON:
            found += [CameraMove.STATIC, CameraMove.PULL_OUT]
        return found

    def _angle(self, draft: Draft, size: ShotSize) -> CameraAngle:
        mood, posture = mood_of(draft), _posture(draft)
        wide = size.tightness <= 0.2
        lately = self.angles[-2:]
        wished = CameraAngle.EYE
        if mood is Mood.HEROIC and draft.task is not Task.CLOSING:
            wished = CameraAngle.LOW
        elif (
            posture in {Posture.KNEELING, Posture.LYING, Posture.BOWING}
            or (mood in {Mood.DESOLATE, Mood.MELANCHOLY} and wide)
            or (draft.task is Task.CLOSING and size is ShotSize.EWS and mood is not Mood.TENSE)
        ):
            wished = CameraAngle.HIGH
        elif mood in {Mood.TENSE, Mood.FURIOUS} and draft.task in {Task.PERSON, Task.REACTION}:
            wished = CameraAngle.DUTCH if CameraAngle.DUTCH not in self.angles[-6:] else wished
        elif mood is Mood.FURIOUS and draft.task is Task.DIALOGUE:
            wished = CameraAngle.LOW
        return CameraAngle.EYE if lately.count(wished) == 2 else wished


def strength(draft: Draft, size: ShotSize, move: CameraMove) -> MoveStrength:
    """Gives how far the camera goes: little when near or calm, far when the story runs."""
    if _posture(draft) is Posture.RUNNING or (move is CameraMove.CRANE and size.tightness < 0.2):
        return MoveStrength.STRONG
    calm = mood_of(draft) in {Mood.SERENE, Mood.MELANCHOLY, Mood.WARM, Mood.ROMANTIC}
    if size.tightness >= 0.6 or calm:
        return MoveStrength.GENTLE
    return MoveStrength.MEDIUM


def mood_of(draft: Draft) -> Mood:
    """Gives the mood of a shot: its beat's, else its scene's."""
    return draft.beat.mood or draft.scene.mood


def _posture(draft: Draft) -> Posture | None:
    doing = draft.seen.doing.get(draft.subject or "")
    return doing.posture if doing else None


def _gesture(draft: Draft) -> Gesture | None:
    doing = draft.seen.doing.get(draft.subject or "")
    return doing.gesture if doing else None
