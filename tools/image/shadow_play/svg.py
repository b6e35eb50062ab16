"""Writes layered SVG: a few helpers, and the form that the multiplane camera reads.

A painting is one `<svg>` whose user space is the frame in pixels: (0, 0) is the frame's top left
corner and (width, height) its bottom right one. The canvas goes beyond the frame by `OVERSCAN` of
its size on each side, so that the camera can move; the view box says so. Each direct child `<g>` of
the root is a *plane*, back to front, with

- `id`: unique in the painting;
- `data-depth`: 0.0 infinitely far (never moves with the camera), 1.0 the subject's plane, above 1.0
  nearer to the lens (moves more than the subject), at most 2.0;
- `data-motion`: what the plane does by itself, see `Motion`.

Gradients and filters lie in the root's `<defs>` and are shared by all planes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from xml.sax.saxutils import escape, quoteattr

OVERSCAN = 0.3
"""How far the canvas goes beyond the frame on each side, as a fraction of the frame's size."""


class Motion(StrEnum):
    """What a plane does by itself. Arguments follow the name, parted by spaces, in this order.

    All lengths are pixels of the frame, times are seconds, angles degrees.
    """

    STILL = "still"
    """Nothing."""
    DRIFT = "drift"
    """`drift vx`: slides sideways by `vx` a second and wraps around the canvas (mist, clouds)."""
    SCROLL = "scroll"
    """`scroll vx vy`: slides and wraps around the canvas both ways (rain, snow, petals, sparks)."""
    BOB = "bob"
    """`bob amplitude period`: rises and sinks with a slight roll (a boat and who sits in it)."""
    SWAY = "sway"
    """`sway degrees period x y`: swings about the point (x, y) (reeds, lanterns, an arm)."""
    BREATHE = "breathe"
    """`breathe amount period x y`: stretches up and down from (x, y) by `amount`, such as 0.006."""
    FLICKER = "flicker"
    """`flicker amount period`: its light comes and goes by `amount` of 1 (flames, glows, stars)."""
    SHIMMER = "shimmer"
    """`shimmer amplitude period`: its rows slide to and fro against each other (light on water)."""
    WAVE = "wave"
    """`wave amplitude period`: its columns rise and fall one after the other (banners, cloth)."""
    DART = "dart"
    """`dart vx vy`: crosses the picture in a line, starting where it stands (birds, a car)."""


SOFT = "-soft"
"""Ids of planes that are out of focus end so, perhaps with a number after it: they, and what lies
behind them, have nothing as fine as a pixel to show, and are drawn coarser and scaled up."""


def is_soft(id_: str) -> bool:
    """Says whether a plane of this id is out of focus as a whole."""
    return id_.rstrip("0123456789").removesuffix("-").endswith(SOFT)


@dataclass(frozen=True, slots=True)
class Plane:
    """A layer of the painting, drawn in frame pixels."""

    id: str
    depth: float
    body: str
    motion: str = "still"


def number(value: float) -> str:
    """Gives a number as short as two decimals allow, so that equal drawings are equal bytes."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def el(tag: str, body: str = "", /, **attributes: str | float) -> str:
    """Gives an element; underscores in attribute names become hyphens, numbers are shortened."""
    parts = [tag]
    for key, value in attributes.items():
        text = value if isinstance(value, str) else number(value)
        parts.append(f"{key.rstrip('_').replace('_', '-')}={quoteattr(text)}")
    head = " ".join(parts)
    return f"<{head}>{body}</{tag}>" if body else f"<{head}/>"


def text_of(text: str) -> str:
    """Gives text safe to stand between tags."""
    return escape(text)


def document(*, width: int, height: int, defs: str, planes: tuple[Plane, ...]) -> str:
    """Gives the whole painting as SVG text."""
    left, top = -OVERSCAN * width, -OVERSCAN * height
    wide, high = (1 + 2 * OVERSCAN) * width, (1 + 2 * OVERSCAN) * height
    groups = "\n".join(
        el(
            "g",
            plane.body or "<!-- -->",
            id=plane.id,
            data_depth=plane.depth,
            data_motion=plane.motion,
        )
        for plane in planes
    )
    box = " ".join(number(value) for value in (left, top, wide, high))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="{number(wide)}" height="{number(high)}" viewBox="{box}" '
        f'data-frame="{width} {height}">\n<defs>{defs}</defs>\n{groups}\n</svg>\n'
    )
