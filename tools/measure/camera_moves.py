"""Which camera moves a picture's motion can be: a set, as a picture cannot tell them all apart.

| the picture | can be |
|---|---|
| stands | static |
| stands but for some planes sideways | follow, orbit, static (people, fog) |
| near planes to one side, far ones to the other | orbit, follow |
| goes sideways as one | pan, truck |
| goes sideways by depth | truck, follow; pan with it where rain or fog hides what depth does |
| goes sideways and grows a little | orbit with those above; push in, zoom in where it hardly goes |
| goes up or down as one | tilt, pedestal |
| goes up or down by depth | pedestal |
| goes down as the camera rises, and grows | crane with those above |
| grows, shrinks | push in and zoom in, pull out and zoom out |
| turns | roll |
| sways to and fro, both ways | handheld |
| does any of this too little to be called a move | static with those above |

Left and right, up and down, in and out are never in one set. CameraBench calls these moves
`static`, `pan-left`, `tilt-up`, `dolly-in`, `truck-left`, `pedestal-up`, `arc`, `roll-cw`,
`zoom-in`, `tail-tracking` and so on (arXiv 2504.15376); a dolly is a push here.

Source of all bounds: takes of the multiplane camera, 12 scenes of 3 s and 5 s, every move at every
strength (624 takes at 270x480); see docs/critic.md for what they give on other scenes. Shares of
the frame's width and height, and logarithms of growth.
"""

from __future__ import annotations

from collections.abc import Mapping

from nightshoot.domain.vocabulary import CameraMove
from nightshoot.tools.measure.motion import Motion

SIDEWAYS = 0.012
"""The picture's way sideways from which the camera moved: the gentlest truck of two seconds goes
0.025, a fixed camera on water, fog or people 0.003."""

UPWARD = 0.008
"""The same along the height: the gentlest pedestal goes 0.02, a fixed camera in the rain 0.002."""

GROWTH = 0.018
"""The gentlest orbit grows by 0.015 to 0.05, the gentlest push by 0.04; a truck by 0.003."""

ORBITED = 0.075
"""The most that an orbit grows the picture by: twice what its nearest planes do in six seconds."""

TURN = 0.015
"""Radians. The gentlest roll turns by 0.022 in two seconds, a hand by 0.006."""

SWAY = 0.006
"""Path along each axis. A fixed camera in the rain has 0.001 along x, the gentlest hand 0.02."""

FLAT = 0.25
"""How much of its way the middle half of the points may differ by in a pan or a tilt: they have
0.05 to 0.15, and walks by depth 0.1 (all is far away) to 1.5."""

STANDING = 0.2
"""The share of points that stand, behind moving people, fog or cars, before a fixed camera. Source:
measured, fixed cameras have 0.27 (fog) to 0.93, and 0.53 and 0.71 on real footage; the gentlest
moves have 0.00 to 0.09, but a follow, which holds its subject, up to 0.24."""

_PARTIAL = 0.012
"""How far a tenth of the points must go, all to one side, to be a plane that moves by itself."""

_PARTIAL_GROWING = 0.01
"""The same where the picture grows, too, as people and fog do not make it: an orbit of two seconds
has 0.011."""

_ASIDE = 0.3
"""How far aside a push goes for its growth where near things lie to one side: up to 0.24."""

Moves = frozenset[CameraMove]

_IN: Moves = frozenset({CameraMove.PUSH_IN, CameraMove.ZOOM_IN})
_OUT: Moves = frozenset({CameraMove.PULL_OUT, CameraMove.ZOOM_OUT})
_STANDING: Moves = frozenset({CameraMove.STATIC})
_TRUCKS: Moves = frozenset({CameraMove.TRUCK_LEFT, CameraMove.TRUCK_RIGHT})
_RISES: Moves = frozenset({CameraMove.PEDESTAL_UP, CameraMove.PEDESTAL_DOWN})

LOOSE: Mapping[CameraMove, Moves] = {
    # A subject that walks off is followed inward, one that comes is led; a flat painting has no
    # plane to hold.
    CameraMove.FOLLOW: _TRUCKS | {CameraMove.PUSH_IN, CameraMove.PULL_OUT},
    # Around a subject that fills the frame, an orbit is a truck.
    CameraMove.ORBIT: _TRUCKS,
    # The Chinese word, 升降, is for both ways.
    CameraMove.CRANE: _RISES,
}
"""Moves whose name says little about the picture, and what else may pass for them."""


def possible_moves(motion: Motion) -> Moves:
    """Gives the moves that a motion can be; never empty. Deterministic."""
    moves = _moves(motion)
    return moves | _STANDING if _is_slight(motion) and CameraMove.HANDHELD not in moves else moves


def may_be(asked: CameraMove, motion: Motion) -> bool:
    """Says whether a motion passes for the move that was asked for."""
    moves = possible_moves(motion)
    if asked is CameraMove.HANDHELD:
        # A hand that also walks is still a hand.
        return asked in moves or _trembles(motion)
    if asked is CameraMove.STATIC and motion.standing > STANDING:
        return True
    return asked in moves or bool(moves & LOOSE.get(asked, frozenset()))


def _moves(motion: Motion) -> Moves:
    x, y, grown = abs(motion.net_x), abs(motion.net_y), abs(motion.zoom)
    if _sways(motion):
        return frozenset({CameraMove.HANDHELD})
    if _turns(motion):
        return frozenset({CameraMove.ROLL})
    if y > UPWARD and y > x and y > 0.6 * grown:
        return _upward(motion)
    if x > SIDEWAYS and x > 0.7 * grown:
        return _sideways(motion)
    if grown > GROWTH:
        return _deeper(motion)
    return _nearly_still(motion)


def _sways(motion: Motion) -> bool:
    """To and fro along both axes: water goes along one, and a move does not come back."""
    less, more = sorted((motion.path_x, motion.path_y))
    back_x = abs(motion.net_x) < 0.7 * motion.path_x
    back_y = abs(motion.net_y) < 0.7 * motion.path_y
    steady = abs(motion.zoom) < 0.05 and abs(motion.roll) < 0.03
    return less > SWAY and less > 0.25 * more and back_x and back_y and steady


def _trembles(motion: Motion) -> bool:
    back_x = motion.path_x - abs(motion.net_x)
    back_y = motion.path_y - abs(motion.net_y)
    return min(back_x, back_y) > SWAY / 2 and max(back_x, back_y) > SWAY


def _turns(motion: Motion) -> bool:
    others = (
        abs(motion.net_x),
        abs(motion.net_y),
        abs(motion.zoom),
        *(abs(motion.spread_x[place]) for place in (2, 4)),
        *(abs(motion.spread_y[place]) for place in (2, 4)),
    )
    return abs(motion.roll) > TURN and abs(motion.roll) > 0.6 * max(others)


def _upward(motion: Motion) -> Moves:
    way, across, along = abs(motion.net_y), motion.spread_x, motion.spread_y
    rises = motion.net_y > 0
    hidden = across[5] - across[1] > 0.5 * way
    moves = {CameraMove.PEDESTAL_UP if rises else CameraMove.PEDESTAL_DOWN}
    if along[4] - along[2] < FLAT * way or hidden:
        moves.add(CameraMove.TILT_UP if rises else CameraMove.TILT_DOWN)
    if rises and (motion.zoom > 0.008 or hidden):
        moves.add(CameraMove.CRANE)
    return frozenset(moves)


def _sideways(motion: Motion) -> Moves:
    way, along, across = abs(motion.net_x), motion.spread_x, motion.spread_y
    to_right = motion.net_x < 0
    moves = {CameraMove.TRUCK_RIGHT if to_right else CameraMove.TRUCK_LEFT}
    flat = along[4] - along[2] < FLAT * way
    if flat or _is_hidden(motion, across):
        moves.add(CameraMove.PAN_RIGHT if to_right else CameraMove.PAN_LEFT)
    if not flat:
        moves.add(CameraMove.FOLLOW)
    if motion.zoom > 0.01:
        moves.add(CameraMove.ORBIT)
    return frozenset(moves)


def _is_hidden(motion: Motion, across: tuple[float, ...]) -> bool:
    """Whether what drifts by itself hides the depth of a sideways move.

    The camera moves nothing across its way, nothing backward, and little more than twice as far as
    most.
    """
    way = motion.net_x
    ends = motion.spread_x[0] / way, motion.spread_x[-1] / way
    drifts = across[5] - across[1] > 0.5 * abs(way) and abs(way) > 0.03
    return drifts or min(ends) < -0.25 or max(ends) > 2.3


def _deeper(motion: Motion) -> Moves:
    if motion.zoom < 0:
        return _OUT
    straight = abs(motion.net_x) < 0.003 and not _is_partial(motion, _PARTIAL_GROWING)
    if motion.zoom > ORBITED or straight:
        return _IN
    orbit = frozenset({CameraMove.ORBIT})
    return orbit | _IN if abs(motion.net_x) < max(SIDEWAYS, _ASIDE * motion.zoom) else orbit


def _nearly_still(motion: Motion) -> Moves:
    x = abs(motion.net_x)
    truck = CameraMove.TRUCK_RIGHT if motion.net_x < 0 else CameraMove.TRUCK_LEFT
    if _is_partial(motion):
        also = truck if x > 0.008 else CameraMove.STATIC
        return frozenset({CameraMove.FOLLOW, CameraMove.ORBIT, also})
    moves = frozenset({CameraMove.FOLLOW, truck}) if x > 0.006 else _STANDING
    return moves | {CameraMove.FOLLOW, CameraMove.ORBIT} if _parts(motion) else moves


def _is_partial(motion: Motion, least: float = _PARTIAL) -> bool:
    """Whether some planes go to one side while most stand."""
    less, more = sorted((abs(motion.spread_x[1]), abs(motion.spread_x[5])))
    return more > least and less < 0.5 * more


def _parts(motion: Motion) -> bool:
    """Whether near planes go to one side and far ones to the other, and next to nothing stands.

    So goes a picture whose subject is held in the middle of an orbit. Before a fixed camera people
    and clouds may pass both ways, too, but walls and ground stand.
    """
    near, far = motion.spread_x[1], motion.spread_x[5]
    return near * far < 0 and min(abs(near), abs(far)) > _PARTIAL and motion.standing < STANDING


def _is_slight(motion: Motion) -> bool:
    """Whether nobody would call it a move: less than the gentlest of any take."""
    return (
        abs(motion.net_x) < 0.02
        and abs(motion.net_y) < 0.012
        and abs(motion.zoom) < 0.03
        and abs(motion.roll) < TURN
    )
