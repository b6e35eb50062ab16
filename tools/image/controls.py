"""Control pictures for ControlNet, made from a shot's staging: depth and edges.

Both are drawn from the composition that the shadow play gives the same plan, without the critic's
note, which says nothing of where things stand. Deterministic.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.storyboard import ControlKind
from nightshoot.errors import BackendError, InputError
from nightshoot.tools.image.shadow_play.compose import compose, planes_of, view_of
from nightshoot.tools.image.shadow_play.framing import View
from nightshoot.tools.image.shadow_play.painter import rasterised
from nightshoot.tools.image.shadow_play.setups import tilted
from nightshoot.tools.image.shadow_play.svg import Motion, Plane

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

VERSION = "1"

CANNY_LOW, CANNY_HIGH = 100, 200
"""Thresholds of the gradient. Source: the defaults of the annotator that the edges' ControlNet was
published with (lllyasviel/ControlNet, gradio_canny2image.py)."""

_AIR = frozenset({Motion.SHIMMER, Motion.SCROLL, Motion.DRIFT, Motion.DART})
"""What planes of weather, reflections and birds do: they stand in no one place. Mist hides no edge,
and a painter that is held to the edges of rain would draw sticks."""

_LIGHT = frozenset({"stars", "fireflies", "place-light", "shafts"})
"""The ids of planes that are light alone. Lamps flicker too, but are things."""

_GROUP = re.compile(r'^<g id="([^"]+)" data-depth="[^"]+" data-motion="(\w+)', re.MULTILINE)

_FLOORS = ("bank", "ground", "place-floor", "place-ground", "place-hall", "place-street", "water")
"""How the ids of planes begin that lie on the ground: they come nearer towards the lower edge."""

_NEAREST = 1.6
"""Source: the planes of the shadow play end at 1.55."""

_FILTER = re.compile(r' filter="url\([^"]*\)"')
_SOLID = 128
"""The alpha from which a plane hides what lies behind it: half."""


def control_picture(plan: ShotPlan, kind: ControlKind, scratch: Path) -> Path:
    """Writes the control picture of a plan into `scratch`, at the plan's size.

    Returns:
        A PNG, RGB, 8 bits a channel, grey: depth, near is bright; or white edges on black.

    Raises:
        InputError: a pose cannot be made from the staging; it has to be given.
        BackendError: the composition cannot be drawn.
    """
    import cv2

    if kind is ControlKind.POSE:
        raise InputError(
            f"shot {plan.shot}: a pose cannot be made from the staging: give a picture of an "
            "OpenPose skeleton in the shot's controls (picture: ...) in storyboard.yaml"
        )
    plain = plan.model_copy(update={"note": ""})
    try:
        grey = depth_of(plain) if kind is ControlKind.DEPTH else edges_of(plain)
    except ValueError as error:
        raise BackendError(f"the control picture cannot be drawn: {error}") from error
    path = scratch / f"{kind.value}.png"
    done, coded = cv2.imencode(".png", cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR))
    if not done:
        raise BackendError("the control picture cannot be written as PNG")
    path.write_bytes(coded.tobytes())
    return path


def depth_of(plan: ShotPlan) -> NDArray[np.uint8]:
    """Gives how near everything is: `(height, width)` uint8, the sky 0 and the nearest 255.

    The values are inverse depth, as the estimators give it that the networks learnt from.

    A plane has one grey; what lies on the ground comes nearer from the horizon to the subject's
    feet and on, linearly in y, which is what inverse depth does on a floor.
    """
    import cv2
    import numpy as np

    view = view_of(plan)
    near = np.zeros((plan.height, plan.width), np.float32)
    for plane in tilted(plan, planes_of(plan)):
        if plane.body and plane.depth > 0 and _is_solid(plane.id, plane.motion):
            shape = _silhouette(plane, plan.width, plan.height)
            near = np.where(shape >= _SOLID, _nearness(plane, view), near)
    # An estimated depth map has no steps of one pixel, and the networks learnt from those.
    smooth = cv2.GaussianBlur(near, (0, 0), max(0.5, view.short / 720))
    return np.round(smooth * (255 / max(float(smooth.max()), 1e-6))).astype(np.uint8)


def edges_of(plan: ShotPlan) -> NDArray[np.uint8]:
    """Gives the edges of the shadow play's picture: `(height, width)` uint8, 0 or 255."""
    import cv2
    import numpy as np

    png = rasterised(_still(compose(plan)), width=plan.width, height=plan.height)
    grey = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)
    if grey is None:
        raise BackendError("the composition cannot be read as a picture")
    return cv2.Canny(grey, CANNY_LOW, CANNY_HIGH).astype(np.uint8, copy=False)


def _is_solid(id_: str, motion: str) -> bool:
    return motion.split(maxsplit=1)[0] not in _AIR and id_ not in _LIGHT


def _still(layers: str) -> str:
    """Gives a layered SVG without its planes of air and light."""
    found = list(_GROUP.finditer(layers))
    ends = [*(one.start() for one in found[1:]), layers.rindex("</svg>")]
    kept = [
        layers[one.start() : end]
        for one, end in zip(found, ends, strict=True)
        if _is_solid(one.group(1), one.group(2))
    ]
    return layers[: found[0].start()] + "".join(kept) + layers[ends[-1] :]


def _silhouette(plane: Plane, width: int, height: int) -> NDArray[np.uint8]:
    """Gives the alpha of a plane within the frame, in focus: `(height, width)` uint8."""
    import cv2
    import numpy as np
    import resvg_py

    text = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f"{_FILTER.sub('', plane.body)}</svg>"
    )
    data = resvg_py.svg_to_bytes(svg_string=text, skip_system_fonts=True)
    pixels = cv2.imdecode(np.frombuffer(bytes(data), np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None or pixels.shape != (height, width, 4):
        raise BackendError("the composition cannot be read as a picture")
    return pixels[..., 3].astype(np.uint8, copy=False)


def _nearness(plane: Plane, view: View) -> NDArray[np.float32]:
    """Gives how near a plane is at each row: `(height, 1)`, 1.0 the subject's plane."""
    import numpy as np

    rows = np.full((view.height, 1), plane.depth, np.float32)
    if plane.id.startswith(_FLOORS) and view.floor > view.horizon:
        y = np.arange(view.height, dtype=np.float32)[:, None]
        share = (y - view.horizon) / (view.floor - view.horizon)
        # Where the subject stands, the ground is as near as the subject.
        risen = plane.depth + (1 - plane.depth) * share
        rows = np.where(share > 0, risen, rows).astype(np.float32)
    return np.minimum(rows, _NEAREST)
