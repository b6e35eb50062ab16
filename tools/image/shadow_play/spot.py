"""Where a single thing stands, and the small coordinate system that it is drawn in.

Things are drawn about the point on the ground under their middle, y upward negative, with a
standing adult 100 units tall, so that their paths read in hundredths of an adult.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from nightshoot.domain.vocabulary import Dressing, Era
from nightshoot.tools.image.shadow_play.framing import View
from nightshoot.tools.image.shadow_play.palette import Palette
from nightshoot.tools.image.shadow_play.roofs import Paint, paint
from nightshoot.tools.image.shadow_play.site import channels, halo, mix, oval, use
from nightshoot.tools.image.shadow_play.svg import Plane, el
from nightshoot.tools.image.shadow_play.svg import number as n


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A thing's place, size, colours and choices."""

    item: Dressing
    palette: Palette
    view: View
    x: float
    y: float
    scale: float
    seed: int
    era: Era
    behind: bool

    @property
    def modern(self) -> bool:
        """Whether the story lives today."""
        return self.era is Era.MODERN

    @property
    def rng(self) -> Random:
        """A fresh source of choices, always the same."""
        return Random(f"{self.item.value}/{self.seed}")

    @property
    def nearness(self) -> float:
        """Its size against the people's, at most 1."""
        return max(0.05, min(1.0, self.scale / self.view.person))

    @property
    def depth(self) -> float:
        """Its place in the multiplane stack."""
        return min(0.98, max(0.3, 0.22 + 0.78 * self.nearness)) if self.behind else 1.06

    @property
    def ink(self) -> str:
        """Its silhouette: paler the farther it stands."""
        return mix(
            self.palette.middle, mix(self.palette.ink, self.palette.near, 0.25), self.nearness
        )

    @property
    def soft(self) -> str:
        """Lines carved into the silhouette."""
        return mix(self.ink, self.palette.horizon, 0.26)

    @property
    def rim(self) -> str:
        """The edge that the light catches."""
        return mix(self.ink, self.palette.rim, 0.62)

    @property
    def gold(self) -> str:
        """Gilding and brass."""
        return mix(self.ink, mix(self.palette.glow, self.palette.light, 0.3), 0.66)

    @property
    def lit(self) -> float:
        """How far lamps are lit: the palette's own sky says how dark it is."""
        red, green, blue = channels(self.palette.sky_top)
        bright = (0.299 * red + 0.587 * green + 0.114 * blue) / 255
        return max(0.25, min(1.0, 1.35 - 2.1 * bright))

    @property
    def hue(self) -> Paint:
        """Its colours for roofs and storeys."""
        return paint(self.palette, self.ink, lit=self.lit)

    def id(self, name: str) -> str:
        """An id for a gradient, which no other thing uses."""
        return f"thing-{self.item.value}-{self.seed}-{round(self.x)}-{round(self.y)}-{name}"

    def plane(self, body: str, *, name: str = "body", motion: str = "still") -> Plane:
        """Sets a drawing in hundredths of an adult into the frame."""
        place = f"translate({n(self.x)} {n(self.y)}) scale({self.scale / 100:.4f})"
        return Plane(self.id(name), self.depth, el("g", body, transform=place), motion)

    def light(
        self, x: float, y: float, r: float, *, name: str = "halo", strength: float = 0.6
    ) -> str:
        """The halo of a flame or a lamp."""
        key = self.id(name)
        colour = mix(self.palette.glow, self.palette.light, 0.15)
        return halo(key, colour, strength * (0.5 + 0.5 * self.lit)) + oval(x, y, r, r, use(key))

    def shade(self, half: float) -> str:
        """The shadow on the ground that makes a thing stand."""
        return oval(0, 0, half, half * 0.07 + 2, self.palette.ink, opacity=0.32)
