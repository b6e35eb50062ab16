"""Paints keyframes as shadow play: an SVG in planes, and its frame as a PNG."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path

from nightshoot.artifacts import Job
from nightshoot.domain.shot import Estimate, ShotPlan
from nightshoot.errors import BackendError
from nightshoot.tools.image.shadow_play.compose import compose
from nightshoot.tools.image.shadow_play.svg import is_soft
from nightshoot.tools.protocols import NO_FILES, Available, Capabilities, Painting, Progress

_BOX = re.compile(
    r'(<filter [^>]*filterUnits="userSpaceOnUse"[^>]*?) x="([^"]+)" y="([^"]+)" width="([^"]+)" '
    r'height="([^"]+)"'
)
_MARGIN = 64.0
"""Pixels around the frame that a filter still sees: more than three times the widest blur."""

COARSE = 3
"""How many times smaller what is out of focus is drawn. Source: the narrowest blur's standard
deviation is 5.8 pixels of 720, still 1.9 of these, and its cost goes with the area."""

_PLANE = re.compile(r'^<g id="([^"]+)" data-depth', re.MULTILINE)
_HEAD = re.compile(r'width="[^"]+" height="[^"]+" viewBox="[^"]+"')


class ShadowPlay:
    """The embedded painter: deterministic, offline, in a second of one core."""

    @property
    def name(self) -> str:
        """The name that options, documents and the log use."""
        return "shadow-play"

    @property
    def version(self) -> str:
        """Changes with every change of the pictures."""
        return "4"

    @property
    def capabilities(self) -> Capabilities:
        """What it can take: any even size; it gives layered SVG."""
        return Capabilities(
            licence="Apache-2.0",
            layers=True,
            ignores=frozenset({"prompt", "negative_prompt", "style", "controls", "last_frame"}),
        )

    def available(self) -> Available:
        """It works wherever the package is installed."""
        return Available(ready=True)

    def estimate(self, *, plan: ShotPlan) -> Estimate:
        """It costs nothing."""
        return Estimate()

    async def paint(
        self,
        *,
        plan: ShotPlan,
        scratch: Path,
        progress: Progress,
        files: Mapping[str, Path] = NO_FILES,
        job: Job | None = None,
    ) -> Painting:
        """Paints the keyframe of `plan` into `scratch`, as PNG and as layered SVG.

        Raises:
            BackendError: the drawing cannot be rasterised.
        """
        return await asyncio.to_thread(self._paint, plan, scratch, progress)

    def _paint(self, plan: ShotPlan, scratch: Path, progress: Progress) -> Painting:
        progress(0.0)
        layers, picture = scratch / "keyframe.svg", scratch / "keyframe.png"
        text = compose(plan)
        layers.write_text(text, encoding="utf-8")
        progress(0.3)
        picture.write_bytes(rasterised(text, width=plan.width, height=plan.height))
        progress(1.0)
        return Painting(picture=picture, layers=layers)


def rasterised(layers: str, *, width: int, height: int) -> bytes:
    """Gives the frame of a layered SVG, without the canvas around it, as RGB PNG.

    Raises:
        BackendError: the drawing cannot be rasterised.
    """
    import cv2
    import numpy as np
    import resvg_py
    from numpy.typing import NDArray

    def within(found: re.Match[str]) -> str:
        """Shrinks a filter to what the frame shows of it: its cost goes with its area."""
        x, y, wide, high = (float(found.group(k)) for k in (2, 3, 4, 5))
        left, top = max(x, -_MARGIN), max(y, -_MARGIN)
        right, bottom = min(x + wide, width + _MARGIN), min(y + high, height + _MARGIN)
        size = f'width="{max(1.0, right - left):.1f}" height="{max(1.0, bottom - top):.1f}"'
        return f'{found.group(1)} x="{left:.1f}" y="{top:.1f}" {size}'

    def drawn(text: str, times: int) -> NDArray[np.uint8]:
        wide, high = -(-width // times), -(-height // times)
        box = f'width="{wide}" height="{high}" viewBox="0 0 {wide * times} {high * times}"'
        data = resvg_py.svg_to_bytes(
            svg_string=_HEAD.sub(box, text, count=1), skip_system_fonts=True
        )
        pixels = cv2.imdecode(np.frombuffer(bytes(data), np.uint8), cv2.IMREAD_UNCHANGED)
        if pixels is None:
            raise BackendError("the painting cannot be rasterised: its pixels cannot be read")
        return pixels.astype(np.uint8, copy=False)

    soft, sharp = _parted(_BOX.sub(within, layers))
    try:
        front = drawn(sharp, 1)
        pixels = front[..., :3]
        if soft:
            small = drawn(soft, COARSE)[..., :3]
            size = (small.shape[1] * COARSE, small.shape[0] * COARSE)
            back = cv2.resize(small, size, interpolation=cv2.INTER_LINEAR)[:height, :width]
            weight = cv2.cvtColor(front[..., 3], cv2.COLOR_GRAY2BGR)
            pixels = np.asarray(
                cv2.add(
                    cv2.multiply(pixels, weight, scale=1 / 255),
                    cv2.multiply(back, cv2.bitwise_not(weight), scale=1 / 255),
                ),
                np.uint8,
            )
    except ValueError as error:
        raise BackendError(f"the painting cannot be rasterised: {error}") from error
    done, coded = cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 3])
    if not done:
        raise BackendError("the painting cannot be written as PNG")
    return coded.tobytes()


def _parted(layers: str) -> tuple[str, str]:
    """Parts a painting into what is out of focus, with all behind it, and the rest.

    The first is empty where all is sharp.
    """
    starts = list(_PLANE.finditer(layers))
    last = max((k for k, found in enumerate(starts) if is_soft(found.group(1))), default=-1)
    if last < 0:
        return "", layers
    begin, end = starts[0].start(), layers.rindex("</svg>")
    cut = starts[last + 1].start() if last + 1 < len(starts) else end
    return layers[:cut] + layers[end:], layers[:begin] + layers[cut:]
