"""Where a shot's people are in the picture, by its plan, and the same part of their reference.

A plan is a wish: a painter may stand somebody elsewhere. The regions are generous for that.
"""

from __future__ import annotations

from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.storyboard import Camera, Figure
from nightshoot.domain.vocabulary import CameraAngle, Setting, ShotSize
from nightshoot.tools.image.shadow_play.framing import View, view_for

Box = tuple[float, float, float, float]
"""Left, top, right and bottom as shares of the width and the height."""

_WIDE = (ShotSize.EWS, ShotSize.WS)
_SPREAD_WIDE, _SPREAD = 0.40, 0.30
"""How far from the middle x = 1 stands, as a share of the width. Source: the shadow play's own
placing, `nightshoot.tools.image.shadow_play.people`."""

_GIRTH = 0.42
"""Half of a region's width, as a share of the person's height: arms spread, and a robe."""

_HEADROOM = 0.08
"""What is added above and below, as a share of the person's height: a hat."""

_CLOSE_GIRTH = 0.16
"""Half of a region's width where only a head and shoulders are shown, likewise."""

_CLOSE = (ShotSize.MCU, ShotSize.CU, ShotSize.ECU)

REFERENCE = Camera(size=ShotSize.WS)
"""How a character's reference sheet is framed."""


def shown(plan: ShotPlan) -> tuple[Figure, ...]:
    """Gives the people who are to be seen: of a close framing, its subject alone."""
    figures = plan.staging.figures
    if plan.camera.size not in _CLOSE or not figures:
        return figures
    chosen = plan.staging.subject
    return (figures[chosen if chosen is not None and chosen < len(figures) else 0],)


def region(plan: ShotPlan, figure: Figure) -> Box:
    """Gives where a figure stands in the picture."""
    view = _view(plan)
    size = plan.camera.size
    spread = _SPREAD_WIDE if size in _WIDE else _SPREAD
    # A close framing puts its subject into the middle, wherever it stands in the scene.
    x = 0.5 if size in _CLOSE else 0.5 + spread * figure.x
    girth = (_CLOSE_GIRTH if size in _CLOSE else _GIRTH) * view.person / view.width
    return _clipped(
        (
            x - girth,
            (view.floor - (1 + _HEADROOM) * view.person) / view.height,
            x + girth,
            (view.floor + _HEADROOM * view.person) / view.height,
        )
    )


def reference_region(plan: ShotPlan) -> Box:
    """Gives the part of a reference sheet that shows as much of the person as the shot does.

    A face is compared with a face, and not with a whole robe.
    """
    view = _view(plan)
    seen = (min(view.height, view.floor) - max(0.0, view.floor - view.person)) / view.person
    # The sheet has its own shape; shares of its height are the same in any.
    sheet = view_for(
        size=REFERENCE.size,
        angle=CameraAngle.EYE,
        width=plan.height,
        height=plan.height,
        setting=Setting.ROOM,
    )
    top = sheet.floor - (1 + _HEADROOM) * sheet.person
    seen_px = (min(1.0, seen) + 2 * _HEADROOM) * sheet.person
    return _clipped((0.15, top / sheet.height, 0.85, (top + seen_px) / sheet.height))


def _view(plan: ShotPlan) -> View:
    return view_for(
        size=plan.camera.size,
        angle=plan.camera.angle,
        width=plan.width,
        height=plan.height,
        setting=plan.staging.setting,
    )


def _clipped(box: Box) -> Box:
    left, top, right, bottom = (min(1.0, max(0.0, round(side, 4))) for side in box)
    return left, top, max(right, left + 0.01), max(bottom, top + 0.01)
