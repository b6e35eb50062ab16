"""Whether the camera did what the board asks for.

`camera_motion` is CameraBench's word (arXiv 2504.15376); VBench++ calls it the same.
"""

from __future__ import annotations

import math

from nightshoot.domain.review import Direction, Finding
from nightshoot.domain.storyboard import Camera
from nightshoot.domain.vocabulary import CameraMove, MoveStrength
from nightshoot.tools.measure.camera_moves import Moves, may_be, possible_moves
from nightshoot.tools.measure.motion import Motion
from nightshoot.tools.measure.protocol import NotJudged, Scale
from nightshoot.tools.measure.shown import TakeShown

SHORTEST_S = 1.0
"""Shorter takes hold no whole span of tracking."""

REACH = {
    MoveStrength.GENTLE: (0.025, 0.13),
    MoveStrength.MEDIUM: (0.035, 0.23),
    MoveStrength.STRONG: (0.05, 0.38),
}
"""What a move of each strength usually measures, least and most: shares of the frame for ways,
logarithms for growth. Source: 2nd and 98th percentile over 780 takes of the multiplane camera, all
moves together but static, handheld, follow, orbit and roll, rounded outward."""

_LOOSE_REACH = frozenset(
    {
        CameraMove.STATIC,
        CameraMove.HANDHELD,
        CameraMove.FOLLOW,
        CameraMove.ORBIT,
        CameraMove.ROLL,
    }
)


class CameraMotion:
    """Compares what the camera seems to do with the board's move."""

    scale = Scale(id="camera_motion", unit="wrong moves", direction=Direction.AT_MOST, threshold=0)

    def __call__(self, shown: TakeShown) -> Finding | NotJudged:
        """Gives 0 where the board's move is among those that the picture can be, else 1.

        How far the camera goes is reported and not held against the take: strength is a matter of
        taste, and a move that is missing shows as static.
        """
        camera, footage = shown.plan.camera, shown.footage
        if camera.path:
            return NotJudged("the camera follows a path of its own")
        if len(footage.luma) < SHORTEST_S * footage.fps:
            return NotJudged(f"the take is shorter than {SHORTEST_S:g} s")
        motion = shown.motion
        if not motion.seen:
            return NotJudged("the picture has too little texture to track")
        if not motion.told:
            return NotJudged("what moves fills the picture, and hides what the camera does")
        right = may_be(camera.move, motion)
        return self.scale.finding(
            0 if right else 1, _note(camera, motion, right), frame=motion.fastest
        )


def _note(camera: Camera, motion: Motion, right: bool) -> str:
    moves = possible_moves(motion)
    asked = camera.move.label("en")
    if right:
        return f"The camera does what the board asks for ({asked}): {described(moves, motion)}." + (
            _strength(camera, motion)
        )
    return f"The camera {described(moves, motion)}, but the board asks for {_wish(camera)}."


_DOES = {
    CameraMove.STATIC: "stands still",
    CameraMove.PAN_LEFT: "pans left",
    CameraMove.PAN_RIGHT: "pans right",
    CameraMove.TILT_UP: "tilts up",
    CameraMove.TILT_DOWN: "tilts down",
    CameraMove.PUSH_IN: "pushes in",
    CameraMove.PULL_OUT: "pulls out",
    CameraMove.TRUCK_LEFT: "trucks left",
    CameraMove.TRUCK_RIGHT: "trucks right",
    CameraMove.PEDESTAL_UP: "rises",
    CameraMove.PEDESTAL_DOWN: "sinks",
    CameraMove.FOLLOW: "follows a subject",
    CameraMove.ORBIT: "orbits",
    CameraMove.CRANE: "cranes",
    CameraMove.ROLL: "rolls",
    CameraMove.HANDHELD: "sways like a hand",
    CameraMove.ZOOM_IN: "zooms in",
    CameraMove.ZOOM_OUT: "zooms out",
}

_WISHES = {
    CameraMove.STATIC: "a static camera: lock it off, and let only the subject move",
    CameraMove.PAN_LEFT: "pan left: turn the camera left, so that the picture slides right as one",
    CameraMove.PAN_RIGHT: "pan right: turn the camera right, so that the picture slides left as "
    "one",
    CameraMove.TILT_UP: "tilt up: turn the camera up, so that the picture slides down",
    CameraMove.TILT_DOWN: "tilt down: turn the camera down, so that the picture slides up",
    CameraMove.PUSH_IN: "push in: move the camera toward the subject, which grows, straight ahead",
    CameraMove.PULL_OUT: "pull out: move the camera back from the subject, which shrinks",
    CameraMove.TRUCK_LEFT: "truck left: move the camera itself left, near things pass faster",
    CameraMove.TRUCK_RIGHT: "truck right: move the camera itself right, near things pass faster",
    CameraMove.PEDESTAL_UP: "pedestal up: raise the camera without tilting it",
    CameraMove.PEDESTAL_DOWN: "pedestal down: lower the camera without tilting it",
    CameraMove.FOLLOW: "follow: keep the subject in place while the background passes behind it",
    CameraMove.ORBIT: "orbit: move the camera sideways around the subject, which stays in the "
    "middle",
    CameraMove.CRANE: "crane: raise the camera on an arm, over the scene",
    CameraMove.ROLL: "roll: turn the camera about its own axis, so that the horizon tilts",
    CameraMove.HANDHELD: "handheld: let the camera sway a little, all through the take",
    CameraMove.ZOOM_IN: "zoom in: make the whole picture grow evenly from its middle",
    CameraMove.ZOOM_OUT: "zoom out: make the whole picture shrink evenly toward its middle",
}
"""What the next take should be told; plain, as video models obey it."""


def _wish(camera: Camera) -> str:
    if camera.move is CameraMove.STATIC:
        return _WISHES[camera.move]
    return f"{camera.strength.label('en')} {_WISHES[camera.move]}"


def described(moves: Moves, motion: Motion) -> str:
    """Gives what the camera seems to do, with how far, as the end of "The camera ..."."""
    words = " or ".join(_DOES[move] for move in CameraMove if move in moves)
    far = _far(moves, motion)
    return f"{words} ({far})" if far else words


def _far(moves: Moves, motion: Motion) -> str:
    if moves == {CameraMove.STATIC}:
        return ""
    if CameraMove.HANDHELD in moves:
        return f"{motion.path_x + motion.path_y:.0%} of the frame to and fro"
    if CameraMove.ROLL in moves:
        return f"{abs(math.degrees(motion.roll)):.1f} degrees"
    parts = []
    if abs(motion.net_x) > 0.01:
        parts.append(f"{abs(motion.net_x):.0%} of the width")
    if abs(motion.net_y) > 0.01:
        parts.append(f"{abs(motion.net_y):.0%} of the height")
    if abs(motion.zoom) > 0.02:
        parts.append(f"the picture grows {math.exp(motion.zoom):.2f} times")
    return ", ".join(parts)


def _strength(camera: Camera, motion: Motion) -> str:
    if camera.move in _LOOSE_REACH:
        return ""
    least, most = REACH[camera.strength]
    reach = max(abs(motion.net_x), abs(motion.net_y), abs(motion.zoom))
    if reach < least:
        return f" It is weaker than {camera.strength.label('en')}."
    if reach > most:
        return f" It is stronger than {camera.strength.label('en')}."
    return ""
