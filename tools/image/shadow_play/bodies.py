"""Postures: where the joints of a body are, and how cloth falls from its waist.

Units and axes are those of `strokes`: 100 units a standing adult, facing right.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from nightshoot.domain.vocabulary import Posture
from nightshoot.tools.image.shadow_play.strokes import (
    Point,
    Warp,
    bezier,
    curve,
    lerp,
    points,
    turned,
)

HEAD = 14.4
"""A head's height: a seventh of the body, which puppets and fashion plates share.

Source: Loomis, Figure Drawing for All It's Worth (1943), the 7 to 7 1/2 head figure.
"""

CHAIR = 27.0
"""How high a chair's seat lies above the floor."""


@dataclass(frozen=True, slots=True)
class Surface:
    """Cloth that hangs between a front edge and a back edge, down to a hem."""

    front: tuple[Point, ...]
    back: tuple[Point, ...]
    hem: tuple[Point, ...] = ()
    """Bezier controls from the foot of the front edge to that of the back edge; empty: straight."""

    def at(self, t: float, s: float) -> Point:
        """Gives the point at `t` (0 front, 1 back) and `s` (0 waist, 1 hem)."""
        flow = lerp(bezier(self.front, s), bezier(self.back, s), t)
        if not self.hem:
            return flow
        foot = lerp(self.front[-1], self.back[-1], t)
        edge = bezier(self.hem, t)
        share = s**3
        return (flow[0] + share * (edge[0] - foot[0]), flow[1] + share * (edge[1] - foot[1]))

    def outline(self, until: float = 1.0) -> str:
        """Gives the outline, cut off at `s` = `until`."""
        shares = [until * i / 6 for i in range(7)]
        across = [i / 8 for i in range(9)]
        return (
            curve([self.at(0.0, s) for s in shares])
            + " "
            + curve([self.at(t, until) for t in across], start=False)
            + " "
            + curve([self.at(1.0, s) for s in reversed(shares)], start=False)
            + " Z"
        )

    def fold(self, t: float, wide: float, start: float = 0.0, until: float = 1.0) -> str:
        """Gives a wedge of shade that runs down the cloth and widens to `wide` of its breadth."""
        shares = [start + (until - start) * i / 4 for i in range(5)]
        down = [self.at(t, s) for s in shares]
        up = [self.at(t + wide * i / 4, s) for i, s in enumerate(shares)]
        return curve(down) + " L" + curve(up[::-1])[1:] + " Z"

    def along(self, t: float, start: float = 0.0, until: float = 1.0) -> str:
        """Gives a line that runs down the cloth."""
        return curve([self.at(t, start + (until - start) * i / 4) for i in range(5)])

    def across(self, s: float, start: float = 0.03, until: float = 0.97) -> str:
        """Gives a line across the cloth, as a band of its pattern runs."""
        return curve([self.at(start + (until - start) * i / 8, s) for i in range(9)])

    def changed(self, change: Warp) -> Surface:
        """Gives the surface with its points changed."""
        return Surface(
            tuple(map(change, self.front)),
            tuple(map(change, self.back)),
            tuple(map(change, self.hem)),
        )


def _surface(front: str, back: str, hem: str = "") -> Surface:
    return Surface(points(front), points(back), points(hem))


def _even(front: str, hem: str) -> Surface:
    """A surface seen from before: the left edge mirrors the right one."""
    edge = points(front)
    return Surface(edge, tuple((-x, y) for x, y in edge), points(hem))


@dataclass(frozen=True, slots=True)
class Leg:
    """A leg's joints; the foot points along `turn` degrees (0 ahead, 90 straight down)."""

    hip: Point
    knee: Point
    ankle: Point
    turn: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """Where a body's joints are."""

    waist: Point
    lean: float
    """Degrees that the trunk leans forward about the waist."""
    near: Leg
    far: Leg
    robe: Surface
    """How long cloth hangs from the waist."""
    frontal: bool = False
    away: bool = False
    down: bool = False
    """Lies on the ground: drawn standing, then laid on its back."""
    low: bool = False
    """Sits on the floor or kneels: short cloth hides the legs."""
    chair: bool = False
    """Sits on something with its legs hanging."""
    head_tilt: float = 0.0
    stoop: float = 0.0
    neck_more: float = 0.0
    """How much longer the neck is than from afar."""
    squash: float = 1.0
    """How much of the trunk's length is left where it leans towards the camera."""

    def upper(self, point: Point) -> Point:
        """Gives where a point of the trunk (relative to the waist, upright) comes to lie."""
        point = (point[0], point[1] * self.squash)
        share = min(1.0, max(0.0, (2.0 - point[1]) / 6.0))
        bent = turned(point, self.lean * share)
        hunch = self.stoop * max(0.0, -point[1] / 30.0) ** 1.5
        return (self.waist[0] + bent[0] + hunch, self.waist[1] + bent[1] + 0.35 * hunch)

    @property
    def head(self) -> Point:
        """The centre of the head."""
        return self.upper((0.0 if self.frontal else 2.0, -32.8 - self.neck_more))

    def turn(self, nod: float) -> float:
        """Gives how far the head is turned down, in degrees, when it nods by `nod` of its own."""
        return 0.0 if self.frontal else self.head_tilt + 0.62 * self.lean + nod

    @property
    def neck(self) -> Point:
        """The root of the neck."""
        return self.upper((0.0, -23.0))

    @property
    def shoulders(self) -> tuple[Point, Point]:
        """The near and the far shoulder; from before, the right and the left of the picture."""
        if self.frontal:
            return self.upper((7.6, -19.4)), self.upper((-7.6, -19.4))
        return self.upper((-0.6, -20.0)), self.upper((3.0, -20.0))


_STAND = _surface(
    "6.8,-61 7.6,-50 9,-40 10,-28 11,-16 12.5,-7 14.5,-1.6",
    "-6.8,-61 -7.6,-52 -9.2,-44 -10.4,-32 -12,-20 -14,-8 -18,-1.2",
    "14.5,-1.6 12,-0.2 9,0.2 6,-0.3 0,-1.4 -6,0.5 -11,0.1 -14,-0.1 -16,-0.5 -18,-1.2",
)
_WALK = _surface(
    "8.6,-61 10,-48 13.5,-37 15.5,-25 17.5,-15 19.5,-8 21,-3.4",
    "-5,-61 -6.5,-53 -8.5,-48 -11,-38 -14,-26 -18,-13 -26,-4.4",
    "21,-3.4 17,-1.6 13,-2.6 9,-4 4,-6 0,-5.2 -6,-3 -12,-0.6 -19,-2 -26,-4.4",
)
_RUN = _surface(
    "11,-58 15,-51 22,-46 24.5,-38 26.5,-30 24.5,-24 26,-16",
    "-3,-60 -5,-53 -9,-47 -14,-40 -21,-31 -30,-25 -41,-23",
    "26,-16 20,-13 15,-16 9,-17 2,-18 -6,-14 -14,-14 -22,-13 -33,-17 -41,-23",
)
_SIT = _surface(
    "5.6,-15 8,-13.4 12,-13.6 16.5,-12 21.5,-10.5 26,-6 27,-1.2",
    "-7.4,-15 -8.4,-12.4 -10,-10.4 -12.4,-8.4 -15.4,-6 -19.4,-3.4 -21,-0.8",
    "27,-1.2 18,0.6 10,0.1 3,0.2 -5,0.4 -14,0.5 -21,-0.8",
)
_KNEEL = _surface(
    "5,-23 7,-19 11.5,-18 15.5,-14.5 19.5,-11 21,-5 20,-0.8",
    "-8.6,-23 -9.4,-18 -11,-14 -14.5,-10.4 -18.5,-7 -23,-5 -27,-1",
    "20,-0.8 12,0.4 4,0.1 -4,0.2 -12,0.3 -20,0.5 -27,-1",
)
_RIDE = _surface(
    "6,-14 9,-11 12.5,-6.5 14.5,0.5 16,7 15.5,14 14,20",
    "-7.4,-14 -9,-8 -11,-3 -11,3 -10,9 -5,13 -1,17.5",
    "14,20 11,21.8 3,20.4 -1,17.5",
)
_F_STAND = _even(
    "6.9,-61 8,-48 10,-35 11.5,-22 12.5,-12 14,-5 16,-1.4",
    "16,-1.4 11,0.5 5,-0.8 0,-0.6 -5,-0.8 -11,0.5 -16,-1.4",
)
_F_STRIDE = Surface(
    points("6.9,-61 8.4,-48 10.5,-35 12.5,-22 14,-12 16.5,-7 19,-4"),
    points("-6.9,-61 -8,-48 -10,-35 -11.5,-22 -12.5,-12 -14,-5 -16,-1.4"),
    points("19,-4 12,-1.5 6,-5 0,-3.6 -5,-2 -11,0.5 -16,-1.4"),
)
_F_SIT = _even(
    "6.8,-15 9,-12.6 14,-12.4 19,-10 24,-7.6 27.5,-4.5 27,-1",
    "27,-1 18,1 9,-0.6 0,-0.4 -9,-0.6 -18,1 -27,-1",
)
_F_KNEEL = _even(
    "6.8,-23 8.4,-18 11.5,-14 14,-9 16,-5.4 17.5,-3 18,-0.8",
    "18,-0.8 12,0.6 6,-0.4 0,-0.2 -6,-0.4 -12,0.6 -18,-0.8",
)
_F_RIDE = _even(
    "6.8,-14 11,-10 16,-3 17.5,5 18.5,11 17.5,16 16,20",
    "16,20 11,21 8,7 0,3 -8,7 -11,21 -16,20",
)
_CHAIR = _surface(
    "5.6,-15 8,-12.6 14,-12.4 21,-11.4 27.4,-10.4 27.6,-3 27,7",
    "-7.4,-15 -9,-10 -10.4,-5 -9,-0.4 -2,1 9,0.6 16.5,7",
)
_F_CHAIR = _even("6.6,-15 9,-10 11,-6 11.5,-1 12,2 12,5 11.6,8", "11.6,8 6,9 -6,9 -11.6,8")


_UPRIGHT = Pose(
    waist=(0.0, -60.0),
    lean=0.0,
    near=Leg((-0.8, -53.0), (0.2, -28.5), (-2.6, -4.0)),
    far=Leg((1.2, -53.0), (3.4, -28.5), (3.4, -4.0)),
    robe=_STAND,
)
_STRIDING = replace(
    _UPRIGHT,
    waist=(1.8, -60.0),
    lean=4.0,
    near=Leg((1.6, -53.0), (8.8, -29.5), (13.4, -5.0), -12.0),
    far=Leg((2.0, -53.0), (0.5, -28.0), (-13.4, -8.4), 42.0),
    robe=_WALK,
)

_SIDE: dict[Posture, Pose] = {
    Posture.WALKING: _STRIDING,
    Posture.RUNNING: replace(
        _STRIDING,
        waist=(4.0, -58.5),
        lean=15.0,
        near=Leg((2.6, -52.0), (20.0, -39.5), (15.6, -18.0), 24.0),
        far=Leg((3.6, -52.0), (-5.0, -27.5), (-22.0, -12.4), 62.0),
        robe=_RUN,
        head_tilt=-8.0,
    ),
    Posture.BOWING: replace(_UPRIGHT, waist=(-4.0, -59.0), lean=46.0, head_tilt=8.0),
    Posture.ROWING: replace(
        _STRIDING, lean=13.0, far=Leg((2.0, -53.0), (-2.0, -28.0), (-11.0, -4.0))
    ),
    Posture.SITTING: replace(
        _UPRIGHT,
        waist=(-1.0, -14.0),
        near=Leg((-1.0, -7.0), (20.0, -7.0), (3.0, -3.0), 10.0),
        far=Leg((0.0, -7.0), (21.0, -9.0), (10.0, -3.0), 10.0),
        robe=_SIT,
        low=True,
    ),
    Posture.KNEELING: replace(
        _UPRIGHT,
        waist=(-2.0, -22.0),
        near=Leg((-3.0, -15.0), (14.0, -4.4), (-14.0, -3.0), 160.0),
        far=Leg((-2.0, -15.0), (15.6, -4.4), (-12.0, -3.0), 160.0),
        robe=_KNEEL,
        low=True,
    ),
    Posture.RIDING: replace(
        _UPRIGHT,
        waist=(-0.6, -13.0),
        near=Leg((0.0, -6.0), (12.0, 7.0), (6.0, 26.0), -8.0),
        far=Leg((0.0, -6.0), (12.0, 7.0), (6.0, 26.0), -8.0),
        robe=_RIDE,
    ),
    Posture.LYING: replace(_UPRIGHT, down=True, robe=_STAND.changed(lambda p: (p[0] * 0.72, p[1]))),
}
"""Postures seen from the side; who is not here stands."""

_UPRIGHT_FRONT = Pose(
    waist=(0.0, -60.0),
    lean=0.0,
    near=Leg((4.0, -53.0), (5.0, -28.0), (5.6, -4.0), 60.0),
    far=Leg((-4.0, -53.0), (-5.0, -28.0), (-5.6, -4.0), 120.0),
    robe=_F_STAND,
    frontal=True,
)

_FROM_BEFORE: dict[Posture, Pose] = {
    Posture.BOWING: replace(_UPRIGHT_FRONT, waist=(0.0, -59.0), squash=0.66),
    Posture.SITTING: replace(
        _UPRIGHT_FRONT,
        waist=(0.0, -14.0),
        near=Leg((4.0, -7.0), (20.0, -6.0), (2.0, -3.0), 150.0),
        far=Leg((-4.0, -7.0), (-20.0, -6.0), (-2.0, -3.0), 30.0),
        robe=_F_SIT,
        low=True,
    ),
    Posture.KNEELING: replace(
        _UPRIGHT_FRONT,
        waist=(0.0, -22.0),
        near=Leg((4.0, -15.0), (9.0, -5.0), (8.0, -3.0), 90.0),
        far=Leg((-4.0, -15.0), (-9.0, -5.0), (-8.0, -3.0), 90.0),
        robe=_F_KNEEL,
        low=True,
    ),
    Posture.RIDING: replace(
        _UPRIGHT_FRONT,
        waist=(0.0, -13.0),
        near=Leg((5.0, -6.0), (15.0, 4.0), (15.6, 25.0), 70.0),
        far=Leg((-5.0, -6.0), (-15.0, 4.0), (-15.6, 25.0), 110.0),
        robe=_F_RIDE,
    ),
    **{
        posture: replace(
            _UPRIGHT_FRONT,
            near=Leg((4.0, -53.0), (6.4, -28.0 - lift / 2), (6.8, -4.0 - lift), 64.0),
            robe=_F_STRIDE,
        )
        for posture, lift in (
            (Posture.WALKING, 4.0),
            (Posture.RUNNING, 9.0),
            (Posture.ROWING, 4.0),
        )
    },
}
"""Postures seen from before or behind."""

_CHAIR_SIDE = replace(
    _UPRIGHT,
    waist=(-1.0, -14.0),
    near=Leg((-1.6, -6.4), (22.0, -6.6), (20.6, 22.4)),
    far=Leg((-0.4, -6.4), (23.6, -6.6), (25.6, 22.4)),
    robe=_CHAIR,
    chair=True,
)
_CHAIR_FRONT = replace(
    _UPRIGHT_FRONT,
    waist=(0.0, -14.0),
    near=Leg((4.6, -7.0), (7.4, -1.0), (7.6, 22.0), 66.0),
    far=Leg((-4.6, -7.0), (-7.4, -1.0), (-7.6, 22.0), 114.0),
    robe=_F_CHAIR,
    chair=True,
)


def pose_of(
    posture: Posture, *, frontal: bool, away: bool = False, chair: bool = False, stoop: float = 0.0
) -> Pose:
    """Gives a posture's joints.

    Args:
        posture: what the body does.
        frontal: seen from before or behind rather than from the side; nobody lies so.
        away: seen from behind.
        chair: whoever sits has a chair's height below and legs that hang, and is not on the floor.
        stoop: how far age bends the back, in units at the head.
    """
    seated = chair and posture is Posture.SITTING
    if posture is Posture.LYING or not frontal:
        side = _CHAIR_SIDE if seated else _SIDE.get(posture, _UPRIGHT)
        return replace(side, stoop=stoop)
    front = _CHAIR_FRONT if seated else _FROM_BEFORE.get(posture, _UPRIGHT_FRONT)
    return replace(front, away=away)
