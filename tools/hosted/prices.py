"""What OpenAI's models make and cost, read from data, and how a plan's size is fitted to them."""

from __future__ import annotations

import datetime as dt
import math
from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import Field

from nightshoot.domain.value import Value

_FILE = Path(__file__).parent / "prices.yaml"

_TOKENS_PER_REFERENCE = 6240
"""The most tokens that one reference picture counts. Source: OpenAI, image generation guide, cost
of input images at high fidelity: a portrait at its largest."""

_SQUARE = 1024 * 1024

Size = tuple[int, int]


class FreeSizes(Value):
    """The rules of a model that paints any size."""

    multiple: int = Field(ge=1)
    least_pixels: int
    most_pixels: int
    longest_side: int

    def near(self, width: int, height: int) -> Size:
        """Gives the smallest size of about this shape that covers it and keeps the rules."""
        scale = max(1.0, math.sqrt(self.least_pixels / (width * height)))
        scale = min(
            scale,
            math.sqrt(self.most_pixels / (width * height)),
            self.longest_side / max(width, height),
        )
        step = self.multiple
        up = tuple(math.ceil(side * scale / step) * step for side in (width, height))
        down = tuple(max(step, int(side * scale) // step * step) for side in (width, height))
        fits = up[0] * up[1] <= self.most_pixels and max(up) <= self.longest_side
        return (up[0], up[1]) if fits else (down[0], down[1])


class Rates(Value):
    """What a million tokens cost, in USD."""

    text_in: float = Field(ge=0)
    image_in: float = Field(ge=0)
    image_out: float = Field(ge=0)


class PictureModel(Value):
    """A model that paints."""

    source: tuple[str, ...]
    sizes: tuple[str, ...] = ()
    free: FreeSizes | None = None
    """Rules for any size; None: `sizes`, or the plan's own where there are none."""
    usd_at_1024: dict[str, float]
    """A square of 1024 pixels a side, by quality."""
    usd_per_million: Rates | None = None
    input_fidelity: bool = False
    """It is told to keep references' faces closely."""

    def size_for(self, width: int, height: int) -> Size:
        """Gives the size to ask for: the nearest shape, then the smallest that is large enough."""
        if self.free is not None:
            return self.free.near(width, height)
        return nearest_size(width, height, self.sizes)

    def most(self, size: Size, quality: str, *, words: int, references: int) -> float:
        """Gives the most that one picture costs, in USD.

        Args:
            size: that is asked for.
            quality: that is asked for.
            words: characters of the prompt; a token has at least one.
            references: how many pictures are sent.
        """
        painted = self.usd_at_1024[quality] * max(1.0, size[0] * size[1] / _SQUARE)
        rates = self.usd_per_million
        if rates is None:
            return painted
        read = words * rates.text_in + references * _TOKENS_PER_REFERENCE * rates.image_in
        return painted + read / 1e6


class VideoModel(Value):
    """A model that films."""

    source: tuple[str, ...]
    sizes: tuple[str, ...] = ()
    """Empty: the plan's own."""
    seconds: tuple[int, ...]
    usd_per_second: dict[str, float]
    """By size; the size "" is any."""

    def price(self, size: Size, seconds: int) -> float:
        """Gives what a clip costs, in USD."""
        by_size = self.usd_per_second
        return seconds * by_size.get(named(size), by_size.get("", max(by_size.values())))


class Prices(Value):
    """Everything that is known of OpenAI's models."""

    checked: dt.date
    pictures: dict[str, PictureModel]
    videos: dict[str, VideoModel]


@lru_cache(maxsize=1)
def prices() -> Prices:
    """Gives what ships."""
    return Prices.model_validate(yaml.safe_load(_FILE.read_text(encoding="utf-8")))


def named(size: Size) -> str:
    """Gives a size as `720x1280`."""
    return f"{size[0]}x{size[1]}"


def nearest_size(width: int, height: int, sizes: tuple[str, ...]) -> Size:
    """Gives the one of `720x1280` and the like to ask for; the plan's own where there are none."""
    if not sizes:
        return width, height

    def unlike(size: Size) -> tuple[float, bool, int]:
        shape = abs(math.log(size[0] / size[1] * height / width))
        area = size[0] * size[1]
        too_small = area < width * height
        return round(shape, 3), too_small, -area if too_small else area

    return min(((int(w), int(h)) for w, h in (size.split("x") for size in sizes)), key=unlike)
