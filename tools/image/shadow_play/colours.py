"""Mixing colours as the eye does, in OKLab.

Source: Björn Ottosson, "A perceptual color space for image processing", 2020,
https://bottosson.github.io/posts/oklab/ (the matrices below).
"""

from __future__ import annotations

import math

Lab = tuple[float, float, float]


def _to_linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _from_linear(channel: float) -> float:
    value = min(1.0, max(0.0, channel))
    return value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055


def _lab(colour: str) -> Lab:
    r, g, b = (_to_linear(int(colour[i : i + 2], 16) / 255.0) for i in (1, 3, 5))
    l_ = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    m_ = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    s_ = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (
        0.2104542553 * l_ + 0.7936177850 * m_ - 0.0040720468 * s_,
        1.9779984951 * l_ - 2.4285922050 * m_ + 0.4505937099 * s_,
        0.0259040371 * l_ + 0.7827717662 * m_ - 0.8086757660 * s_,
    )


def _hex(lab: Lab) -> str:
    lightness, a, b = lab
    l_ = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    m_ = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    s_ = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    channels = (
        4.0767416621 * l_ - 3.3077115913 * m_ + 0.2309699292 * s_,
        -1.2684380046 * l_ + 2.6097574011 * m_ - 0.3413193965 * s_,
        -0.0041960863 * l_ - 0.7034186147 * m_ + 1.7076147010 * s_,
    )
    return "#" + "".join(f"{round(_from_linear(channel) * 255):02x}" for channel in channels)


def mix(first: str, second: str, share: float) -> str:
    """Gives `first` with `share` (0 to 1) of `second` in it."""
    one, other = _lab(first), _lab(second)
    blended = [a + (b - a) * share for a, b in zip(one, other, strict=True)]
    return _hex((blended[0], blended[1], blended[2]))


def tinted(colour: str, tint: str, share: float) -> str:
    """Gives the colour with `share` of the tint's hue and strength, as light as it was."""
    (lightness, a, b), (_, ta, tb) = _lab(colour), _lab(tint)
    return _hex((lightness, a + (ta - a) * share, b + (tb - b) * share))


def shade(colour: str, factor: float) -> str:
    """Gives the colour darker (factor below 1) or lighter, its tint kept in proportion."""
    lightness, a, b = _lab(colour)
    keep = min(1.0, factor)
    return _hex((min(1.0, lightness * factor), a * keep, b * keep))


def grey(colour: str, share: float) -> str:
    """Gives the colour with `share` of its tint taken out."""
    lightness, a, b = _lab(colour)
    return _hex((lightness, a * (1.0 - share), b * (1.0 - share)))


def turn(colour: str, degrees: float) -> str:
    """Gives the colour with its hue turned."""
    lightness, a, b = _lab(colour)
    angle = math.radians(degrees)
    cosine, sine = math.cos(angle), math.sin(angle)
    return _hex((lightness, a * cosine - b * sine, a * sine + b * cosine))


def lightness(colour: str) -> float:
    """Gives how light the colour looks, from 0 (black) to 1 (white)."""
    return _lab(colour)[0]
