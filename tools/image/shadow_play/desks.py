"""Tables that belong to who sits at them: before the lap rather than somewhere in the room."""

from __future__ import annotations

from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.vocabulary import Facing, Posture, ShotSize
from nightshoot.tools.image.shadow_play.arranging import arranged, side_of
from nightshoot.tools.image.shadow_play.dressing import Desk
from nightshoot.tools.image.shadow_play.figures import seat_height
from nightshoot.tools.image.shadow_play.framing import View

_SIZES = (ShotSize.WS, ShotSize.MWS, ShotSize.MS)

_SEATED = (Posture.SITTING, Posture.KNEELING)

_LOW = 0.44
"""How large a table is at which people sit on the floor, against one for chairs: 0.24 of an adult
high, which is under the elbows of who sits there."""

_AHEAD = {True: 0.50, False: 0.48}
"""How far a table's middle lies before who sits on a chair, or on the floor, in adults' heights."""


def desk_of(plan: ShotPlan, view: View) -> Desk | None:
    """Gives where the table of the people who sit on land stands, or None where nobody needs it."""
    ashore = [figure for figure in plan.staging.figures if figure.mount is None]
    if plan.camera.size not in _SIZES or not any(f.posture in _SEATED for f in ashore):
        return None
    if len(ashore) < len(plan.staging.figures):
        return None
    tall, floor, spots = arranged(plan, ashore, view)
    sitting = [
        (figure, x)
        for figure, x in zip(ashore, spots, strict=True)
        if figure.posture in _SEATED and figure.facing is not Facing.AWAY
    ]
    if not sitting:
        return None
    figure, x = sitting[0]
    look = plan.look_of(figure.character)
    chair = seat_height(figure=figure, look=look, era=plan.staging.era) > 0.0
    if len(sitting) > 1:
        x = (x + sitting[1][1]) / 2
    else:
        x += side_of(figure) * _AHEAD[chair] * tall
    return Desk(x=x, y=floor + 0.012 * view.height, scale=tall * (1.0 if chair else _LOW))
