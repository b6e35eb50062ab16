"""Where people stand or sit in the frame: their height, the floor, and each one's x."""

from __future__ import annotations

from collections.abc import Sequence

from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.storyboard import Figure
from nightshoot.domain.vocabulary import Dressing, Facing, Gesture, Posture, ShotSize
from nightshoot.tools.image.shadow_play.figures import seat_height, stature
from nightshoot.tools.image.shadow_play.framing import View

_SIDES = {Facing.LEFT: -1.0, Facing.RIGHT: 1.0}


WIDE = (
    Gesture.RAISE,
    Gesture.REACH,
    Gesture.POINT,
    Gesture.WAVE,
    Gesture.STRIKE,
    Gesture.PLAY,
    Gesture.READ,
)
"""Gestures that need room before the face."""


_PAIR, _APART, _PAIR_FLOOR = 1.14, 0.26, 0.795
"""Two who sit in an upright frame: an adult's height and how far each head is from the middle, in
frame widths, and where the floor lies, in frame heights: captions take what is below."""


SEATED = (Posture.SITTING, Posture.KNEELING)


CROWNS = {
    Posture.SITTING: 0.54,
    Posture.KNEELING: 0.62,
    Posture.LYING: 0.24,
    Posture.BOWING: 0.86,
}
"""How high the crown is above the ground or the seat, as a fraction of who stands upright."""


def side_of(figure: Figure) -> float:
    """Gives where a figure looks: -1 left, 1 right, 0 toward the lens or away from it."""
    return _SIDES.get(figure.facing, 0.0)


def subject_of(plan: ShotPlan) -> Figure | None:
    """Gives the figure that a close framing shows, or None for a picture of the place."""
    figures = plan.staging.figures
    if not figures:
        return None
    index = plan.staging.subject
    return figures[index if index is not None else 0]


def arranged(
    plan: ShotPlan, figures: Sequence[Figure], view: View
) -> tuple[float, float, tuple[float, ...]]:
    """Gives an adult's height, the floor's y and each one's x for people who are not in a boat."""
    tall, floor = view.person, view.floor
    if len(figures) > 1 and plan.camera.size in (ShotSize.MWS, ShotSize.MS):
        tall = max(0.72 * tall, min(tall, 1.55 * view.width))
        floor -= view.person - tall
    if plan.camera.size in (ShotSize.MWS, ShotSize.MS):
        tall, floor = _lifted(plan, figures, tall, floor)
    room = 0.80 * view.width
    gap = 0.40 * tall if plan.camera.size in (ShotSize.EWS, ShotSize.WS) else 0.36 * tall
    if any(figure.posture in SEATED for figure in figures):
        if len(figures) == 2 and plan.camera.size in (ShotSize.MWS, ShotSize.MS):
            # Both heads stay well inside an upright frame: less of it is filled, and they sit low.
            less = min(1.0, _PAIR * view.width / tall)
            if less < 1.0:
                return less * tall, min(floor, _PAIR_FLOOR * view.height), _paired(figures, view)
        gap = 0.64 * tall  # knees and skirts reach far forward
    if any(figure.mount is Dressing.HORSE for figure in figures):
        tall = min(tall, 0.70 * view.width) if view.floor < view.height else tall
        gap = max(gap, 0.85 * tall)
    if len(figures) > 1 and gap * (len(figures) - 1) > room:
        fit = room / (gap * (len(figures) - 1))
        if plan.camera.size in (ShotSize.EWS, ShotSize.WS):
            tall *= max(0.62, fit)
        gap *= fit
    spots = _spots(plan, figures, view, gap)
    if len(figures) == 1 and plan.camera.size is ShotSize.MS and view.width < view.height:
        figure = figures[0]
        if figure.gesture in (*WIDE, Gesture.WRITE):  # room for the hands
            spots = (spots[0] - 0.11 * view.width * side_of(figure),)
    return tall, floor, spots


def _paired(figures: Sequence[Figure], view: View) -> tuple[float, ...]:
    """Gives the x of two who sit in an upright frame, on the sides that they are staged on."""
    ends = ((0.5 - _APART) * view.width, (0.5 + _APART) * view.width)
    return ends if figures[0].x <= figures[1].x else ends[::-1]


def crown_of(plan: ShotPlan, figure: Figure) -> float:
    """Gives how high a figure's crown is above the ground, as a fraction of an adult's height."""
    look = plan.look_of(figure.character)
    if figure.mount is Dressing.HORSE or figure.posture is Posture.RIDING:
        return 1.1
    seat = seat_height(figure=figure, look=look, era=plan.staging.era)
    return seat + CROWNS.get(figure.posture, 1.0) * stature(look)


def _lifted(
    plan: ShotPlan, figures: Sequence[Figure], tall: float, floor: float
) -> tuple[float, float]:
    """Brings the highest head to the line where a standing adult's would be.

    Who sits, kneels or is a child is framed from nearer, not left below the frame's edge.
    """
    high = max(crown_of(plan, figure) for figure in figures)
    if high >= 0.97:
        return tall, floor
    crown = floor - tall
    tall *= min(1.22, 0.94 / high)
    return tall, crown + high * tall


def _spots(plan: ShotPlan, figures: Sequence[Figure], view: View, gap: float) -> tuple[float, ...]:
    """Gives each figure's x: as staged, but never closer to its neighbour than `gap`."""
    spread = 0.40 if plan.camera.size in (ShotSize.EWS, ShotSize.WS) else 0.30
    wished = [view.width * (0.5 + spread * figure.x) for figure in figures]
    order = sorted(range(len(figures)), key=lambda i: (wished[i], i))
    placed = [wished[i] for i in order]
    for i in range(1, len(placed)):
        placed[i] = max(placed[i], placed[i - 1] + gap)
    middle = (placed[0] + placed[-1]) / 2
    hoped = (min(wished) + max(wished)) / 2
    shift = hoped - middle
    half = (placed[-1] - placed[0]) / 2
    margin = min(0.5 * view.width, half + 0.12 * view.width)
    centre = min(max(middle + shift, margin), view.width - margin)
    if plan.staging.subject is not None and plan.camera.size in (ShotSize.MWS, ShotSize.MS):
        star = subject_of(plan)
        at = next((k for k, i in enumerate(order) if figures[i] is star), None)
        if at is not None:
            centre -= 0.22 * (centre + placed[at] - middle - view.width / 2)
    spots = [0.0] * len(figures)
    for k, i in enumerate(order):
        spots[i] = placed[k] - middle + centre
    return tuple(spots)
